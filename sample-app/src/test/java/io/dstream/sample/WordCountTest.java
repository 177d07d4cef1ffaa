package io.dstream.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.rdd.Pair;
import io.dstream.test.StreamingExtension;
import io.dstream.test.TestInput;
import io.dstream.test.TestOutput;
import io.dstream.test.TestStreamingContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pipeline without Spring, batch by batch. */
@ExtendWith(StreamingExtension.class)
class WordCountTest {

    private final TestStreamingContext test;
    private final TestInput<String> lines;
    private final TestOutput<Pair<String, Integer>> counts;

    WordCountTest(TestStreamingContext test) {
        this.test = test;
        new WordCount(new LineSource("localhost", 9999)).define(test.context());
        lines = test.input("socket-0"); // in place of the socket
        counts = test.output("print-0"); // what is printed
    }

    @Test
    void wordsAreCountedBatchByBatch() {
        lines.push("The cat saw the dog.", "", "Don't, said the cat");
        test.runBatch();
        assertThat(counts.last())
                .containsExactlyInAnyOrder(
                        Pair.of("the", 3),
                        Pair.of("cat", 2),
                        Pair.of("saw", 1),
                        Pair.of("dog", 1),
                        Pair.of("don't", 1),
                        Pair.of("said", 1));
    }

    @Test
    void everyBatchIsCountedForItself() {
        lines.pushBatches(List.of("cat", "cat"), List.of(), List.of("cat"));
        test.runUntilEmpty();
        assertThat(counts.batches()).containsExactly(List.of(Pair.of("cat", 2)), List.of(), List.of(Pair.of("cat", 1)));
    }
}
