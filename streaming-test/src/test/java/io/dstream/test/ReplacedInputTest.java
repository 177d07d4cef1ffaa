package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.DStream;
import io.dstream.StreamingContext;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An input of the kit has the partitions that the source it replaces would have. */
class ReplacedInputTest {

    private final TestStreamingContext test = new TestStreamingContext();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void anEmptyBatchOfASocketHasNoPartitions() {
        assertPartitions(streams -> streams.socketTextStream("server.invalid", 9999), List.of());
    }

    @Test
    void anEmptyBatchOfAReceiverHasNoPartitions() {
        assertPartitions(streams -> streams.receiverStream(new TestReceiver<>()), List.of());
    }

    @Test
    void anEmptyBatchOfFilesHasNoPartitions(@TempDir Path directory) {
        assertPartitions(streams -> streams.textFileStream(directory.toString()), List.of());
    }

    @Test
    void anEmptyBatchOfAQueueHasOnePartition() {
        assertPartitions(streams -> streams.queueStream(new ConcurrentLinkedQueue<>()), List.of(List.of()));
    }

    @Test
    void anEmptyBatchOfAQueueHasItsDefaultRdd() {
        assertPartitions(
                streams -> streams.queueStream(
                        new ConcurrentLinkedQueue<>(), true, streams.parallelize(List.of("usual"), 1)),
                List.of(List.of("usual")));
    }

    @Test
    void anEmptyBatchOfAQueueWithoutADefaultRddHasNoPartitions() {
        assertPartitions(streams -> streams.queueStream(new ConcurrentLinkedQueue<>(), true, null), List.of());
    }

    @Test
    void aBlockOfAReceiverIsNeverWithoutRows() {
        test.context()
                .receiverStream(new TestReceiver<String>())
                .named("in")
                .glom()
                .print();
        TestInput<String> input = test.input("in");
        TestOutput<List<String>> partitions = test.output("print-0");
        input.push("a");
        test.runBatch();
        assertThat(partitions.last()).containsExactly(List.of("a"));
    }

    private void assertPartitions(Function<StreamingContext, DStream<String>> source, List<List<String>> whenEmpty) {
        source.apply(test.context()).named("in").glom().print();
        TestInput<String> input = test.input("in");
        TestOutput<List<String>> partitions = test.output("print-0");
        test.runBatch();
        assertThat(partitions.last()).isEqualTo(whenEmpty);
        input.push("a", "b");
        test.runBatch();
        assertThat(partitions.last()).containsExactly(List.of("a"), List.of("b"));
    }
}
