package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.InputDStream;
import io.dstream.StreamingContext;
import io.dstream.input.InputSource;
import io.dstream.input.QueueSource;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What connectors make of a context beside sources. */
class ConnectorStreamTest {

    @Test
    void aStreamOfAConnectorIsAStreamThatCanDoMore() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
            NumberedStream stream = new NumberedStream(test.context(), new QueueSource<>(queue, true));
            TestOutput<Integer> lengths = test.output(stream.named("lines").map(String::length));
            queue.add(test.context().parallelize(List.of("four")));
            test.runBatch();
            assertThat(lengths.last()).containsExactly(4);
            assertThat(stream.number()).isEqualTo(42);
            assertThat(test.context().inputs()).containsExactly("lines");
        }
    }

    @Test
    void partitionsOfAConnectorAreAnRddThatLivesAsLongAsTheContext() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            RDD<String> rdd = test.context()
                    .inputRDD("letters", List.of(InputPartition.of(List.of("a", "b")), InputPartition.of(List.of())));
            assertThat(rdd.glom().collect()).containsExactly(List.of("a", "b"), List.of());
            assertThat(rdd.name()).contains("letters");
        }
    }

    private static final class NumberedStream extends InputDStream<String> {

        NumberedStream(StreamingContext context, InputSource<String> source) {
            super(context, source);
        }

        int number() {
            return 42;
        }
    }
}
