package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.PairDStream;
import io.dstream.event.BatchInfo;
import io.dstream.rdd.Pair;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordCountTest {

    @Test
    void wordsAreCountedBatchByBatch() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            TestInput<String> lines = test.input();
            TestOutput<Pair<String, Integer>> counts = test.output(wordCounts(lines));
            lines.push("to be or", "not to be");
            test.runBatch();
            assertThat(counts.last())
                    .containsExactlyInAnyOrder(Pair.of("to", 2), Pair.of("be", 2), Pair.of("or", 1), Pair.of("not", 1));
            lines.push("be");
            test.runBatch();
            assertThat(counts.last()).containsExactly(Pair.of("be", 1));
        }
    }

    @Test
    void anEmptyBatchHasNoCountsAndEndsLikeAnyOther() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            TestOutput<Pair<String, Integer>> counts = test.output(wordCounts(test.input()));
            BatchInfo batch = test.runBatch();
            assertThat(batch.status()).isEqualTo(BatchInfo.Status.COMMITTED);
            assertThat(batch.numRecords()).isZero();
            assertThat(counts.batches()).containsExactly(List.of());
        }
    }

    @Test
    void batchTimesAreContiguousAndAligned() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            test.output(wordCounts(test.input()));
            assertThat(test.runBatches(3))
                    .extracting(batch -> batch.batchTime().toEpochMilli())
                    .containsExactly(1000L, 2000L, 3000L);
        }
    }

    @Test
    void thereIsOneResultPerKeyWhateverTheParallelism() {
        for (int parallelism = 1; parallelism <= 4; parallelism++) {
            int threads = parallelism;
            try (TestStreamingContext test = new TestStreamingContext(config -> config.withParallelism(threads))) {
                TestInput<String> lines = test.input();
                TestOutput<Pair<String, Integer>> counts = test.output(wordCounts(lines));
                lines.push("a b a", "c a", "b", "a");
                lines.push("a a");
                test.runBatch();
                assertThat(counts.last()).containsExactlyInAnyOrder(Pair.of("a", 6), Pair.of("b", 2), Pair.of("c", 1));
            }
        }
    }

    private static PairDStream<String, Integer> wordCounts(TestInput<String> lines) {
        return lines.stream()
                .flatMap(WordCountTest::split)
                .mapToPair(word -> Pair.of(word, 1))
                .reduceByKey(Integer::sum);
    }

    private static Iterator<String> split(String line) {
        return Arrays.asList(line.split(" ")).iterator();
    }
}
