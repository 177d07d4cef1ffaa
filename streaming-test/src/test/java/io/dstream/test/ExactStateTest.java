package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What goes on from batch to batch counts every row once, whatever outputs ask for and however often they fail.
 *
 * <p>Every batch has the words a, b and c, in two partitions.
 */
class ExactStateTest {

    private static final int WINDOW_LENGTH = 5;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final List<String> WORDS = List.of("a", "b", "c");

    private final PrintStream standardOutput = System.out;

    @BeforeEach
    void printNowhere() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    }

    @AfterEach
    void printAgain() {
        System.setOut(standardOutput);
    }

    @ParameterizedTest
    @EnumSource(Counting.class)
    void nothingIsLostInFiftyBatchesThatNobodyLooksAt(Counting counting) {
        for (Looking looking : Looking.values()) {
            try (TestStreamingContext test = new TestStreamingContext()) {
                TestInput<String> words = test.input();
                PairDStream<String, Long> counts = counting.of(ones(words.stream()), SECOND);
                looking.at(counts);
                TestOutput<Pair<String, Long>> last = new TestOutput<>(test.context());
                counts.foreachRDD((rdd, time) -> {
                    if (time.getEpochSecond() == 50) {
                        last.put(time, rdd.collect());
                    }
                });
                for (int batch = 1; batch <= 50; batch++) {
                    words.push(WORDS);
                    test.runBatch();
                }
                assertCounts(last.last(), counting.after(50));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Counting.class)
    void aBatchWhoseSecondOutputFailsTwiceCountsOnceAndItsFirstOutputRunsOnce(Counting counting) throws Exception {
        Recorder recorder = new Recorder();
        Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
        Queue<Instant> first = new ConcurrentLinkedQueue<>();
        Map<Instant, Integer> failures = new ConcurrentHashMap<>();
        Map<Instant, List<Pair<String, Long>>> second = new ConcurrentHashMap<>();
        try (StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withParallelism(2)
                .withBatchInterval(Duration.ofMillis(1))
                .withFailure(Failures.attempts(3))
                .withObserver(recorder))) {
            PairDStream<String, Long> counts = counting.of(ones(context.queueStream(queue)), Duration.ofMillis(1));
            counts.foreachRDD((rdd, time) -> {
                rdd.count();
                first.add(time);
            });
            counts.foreachRDD((rdd, time) -> {
                second.put(time, rdd.collect());
                if (failures.merge(time, 1, Integer::sum) <= 2) {
                    throw new IllegalStateException("again");
                }
            });
            IntStream.range(0, 10).forEach(batch -> queue.add(context.parallelize(WORDS)));
            context.start();
            for (int batch = 1; batch <= 10; batch++) {
                Instant time = recorder.awaitBatch().batchTime();
                assertThat(failures).containsEntry(time, 3);
                assertThat(first).containsOnlyOnce(time);
                assertCounts(second.get(time), counting.after(batch));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Counting.class)
    void aBatchThatIsSkippedForItsSecondOutputDoesNotCount(Counting counting) {
        try (TestStreamingContext test =
                new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1)))) {
            TestInput<String> words = test.input();
            PairDStream<String, Long> counts = counting.of(ones(words.stream()), SECOND);
            TestOutput<Pair<String, Long>> first = test.output(counts);
            counts.foreachRDD((rdd, time) -> {
                if (time.getEpochSecond() > 1 && time.getEpochSecond() < 5) {
                    throw new IllegalStateException("poison");
                }
            });
            for (int batch = 1; batch <= 5; batch++) {
                words.push(WORDS);
                assertThat(Batches.runEither(test).status())
                        .isEqualTo(batch == 1 || batch == 5 ? Status.COMMITTED : Status.SKIPPED);
                assertCounts(first.at(Instant.ofEpochSecond(batch)).orElseThrow(), batch == 1 ? 1 : 2);
            }
        }
    }

    private static PairDStream<String, Long> ones(DStream<String> words) {
        return words.mapToPair(word -> Pair.of(word, 1L));
    }

    private static void assertCounts(List<Pair<String, Long>> counts, long expected) {
        assertThat(counts)
                .containsExactlyInAnyOrderElementsOf(
                        WORDS.stream().map(word -> Pair.of(word, expected)).toList());
    }

    /** Operators that count words: all there were, or those in a window. */
    private enum Counting {
        UPDATE_STATE_BY_KEY,
        MAP_WITH_STATE,
        STATE_SNAPSHOTS,
        WINDOW,
        REDUCED_WINDOW,
        REDUCED_WINDOW_WITH_INVERSE;

        PairDStream<String, Long> of(PairDStream<String, Long> ones, Duration batchInterval) {
            Duration length = batchInterval.multipliedBy(WINDOW_LENGTH);
            return switch (this) {
                case UPDATE_STATE_BY_KEY ->
                    ones.updateStateByKey((values, state) -> Optional.of(state.orElse(0L) + values.size()));
                case MAP_WITH_STATE ->
                    ones.mapWithState(StateSpec.function(Counting::count)).mapToPair(pair -> pair);
                case STATE_SNAPSHOTS ->
                    ones.mapWithState(StateSpec.function(Counting::count)).stateSnapshots();
                case WINDOW -> ones.window(length).reduceByKey(Long::sum);
                case REDUCED_WINDOW -> ones.reduceByKeyAndWindow(Long::sum, length);
                case REDUCED_WINDOW_WITH_INVERSE ->
                    ones.reduceByKeyAndWindow(Long::sum, (sum, gone) -> sum - gone, length, batchInterval);
            };
        }

        /** What a word counts after so many batches. */
        long after(int batches) {
            return switch (this) {
                case UPDATE_STATE_BY_KEY, MAP_WITH_STATE, STATE_SNAPSHOTS -> batches;
                default -> Math.min(batches, WINDOW_LENGTH);
            };
        }

        private static Pair<String, Long> count(String word, Optional<Long> one, State<Long> state) {
            state.update(state.getOption().orElse(0L) + one.orElseThrow());
            return Pair.of(word, state.get());
        }
    }

    /** Outputs that look at little or nothing. */
    private enum Looking {
        AT_NOTHING,
        AT_THE_FIRST_ROW,
        AT_NOTHING_OF_EVERY_SECOND_BATCH,
        AT_THE_FIRST_ROW_OF_EVERY_THIRD_BATCH;

        void at(PairDStream<String, Long> counts) {
            switch (this) {
                case AT_NOTHING -> counts.foreachRDD(rdd -> {});
                case AT_THE_FIRST_ROW -> counts.print(1);
                case AT_NOTHING_OF_EVERY_SECOND_BATCH ->
                    counts.window(SECOND, SECOND.multipliedBy(2)).foreachRDD(rdd -> {});
                case AT_THE_FIRST_ROW_OF_EVERY_THIRD_BATCH ->
                    counts.window(SECOND, SECOND.multipliedBy(3)).print(1);
            }
        }
    }
}
