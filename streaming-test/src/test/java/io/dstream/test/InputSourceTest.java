package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo;
import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.output.SinkConflictException;
import io.dstream.rdd.InputPartition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a pipeline asks of an input, and when. */
class InputSourceTest {

    private TestStreamingContext test = new TestStreamingContext();
    private final LoggingSource source = new LoggingSource();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aSourceIsStartedStoppedAndClosedInEveryRun() {
        test.context().inputStream(source).foreachRDD(rdd -> {});
        test.runBatch();
        test.context().stop();
        test.runBatch();
        test.context().stop();
        assertThat(source.calls)
                .containsExactly(
                        "start",
                        "allocate 1",
                        "read 1",
                        "commit 1",
                        "release 1",
                        "stop",
                        "close",
                        "start",
                        "allocate 2",
                        "read 2",
                        "commit 2",
                        "release 2",
                        "stop",
                        "close");
    }

    @Test
    void aBatchInWhichNoOutputIsDueIsReleasedToo() {
        test.context()
                .inputStream(source)
                .window(Duration.ofSeconds(1), Duration.ofSeconds(2))
                .foreachRDD(rdd -> {});
        test.runBatch();
        assertThat(source.calls).contains("commit 1", "release 1");
    }

    @Test
    void aFailedBatchIsNotCommittedAndASkippedOneIs() {
        test.context().inputStream(source).foreachRDD(rdd -> {
            throw new IllegalStateException("poison");
        });
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.FAILED);
        assertThat(source.calls).doesNotContain("commit 1", "release 1");
        LoggingSource skipped = new LoggingSource();
        use(new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1))));
        test.context().inputStream(skipped).foreachRDD(rdd -> {
            throw new IllegalStateException("poison");
        });
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        assertThat(skipped.calls).contains("commit 1", "release 1");
    }

    @Test
    void oneThatIsSomebodyElsesByNowHaltsThePipelineAfterItsBatch() throws Exception {
        Recorder recorder = new Recorder();
        use(new TestStreamingContext(config -> config.withObserver(recorder)));
        source.conflict = new SinkConflictException("another instance has it");
        test.context().inputStream(source).foreachRDD(rdd -> {});
        test.context().start();
        test.clock().advance(Duration.ofSeconds(1));
        assertThat(recorder.awaitBatch().status()).isEqualTo(Status.COMMITTED);
        assertThat(recorder.awaitState(PipelineInfo.State.FAILED).problem()).isSameAs(source.conflict);
        test.context().stop();
        assertThat(source.calls).containsExactly("start", "allocate 1", "read 1", "commit 1", "release 1", "close");
    }

    @Test
    void aSourceThatFeedsNoOutputIsNotStarted() {
        test.context().inputStream(source).map(x -> x);
        test.output(test.input().stream());
        test.runBatch();
        test.context().stop();
        assertThat(source.calls).isEmpty();
    }

    @Test
    void aSourceWithoutRecordsGivesABatchWithoutPartitions() {
        TestOutput<Integer> output = test.output(test.context().inputStream(source));
        List<Integer> partitions = new CopyOnWriteArrayList<>();
        test.context().inputStream(new LoggingSource()).foreachRDD(rdd -> partitions.add(rdd.getNumPartitions()));
        test.runBatch();
        assertThat(output.last()).isEmpty();
        assertThat(partitions).containsExactly(0);
    }

    @Test
    void aSourceThatReturnsNullFailsTheBatchAndIsNamed() {
        source.partitions = null;
        test.output(test.context().inputStream(source));
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason())
                .contains("'logging-0'")
                .contains("returned null; return an empty list instead");
    }

    @Test
    void aSourceThatAllocatesNullFailsTheBatchAndIsNamed() {
        source.allocation = null;
        test.output(test.context().inputStream(source));
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason())
                .contains("'logging-0'")
                .contains("returned null; return an Allocation of 0 records instead");
    }

    private void use(TestStreamingContext other) {
        test.close();
        test = other;
    }

    /** Writes down what it is asked for, with the second of the batch. */
    private static final class LoggingSource implements InputSource<Integer> {

        private final List<String> calls = new CopyOnWriteArrayList<>();
        private volatile @Nullable List<InputPartition<Integer>> partitions = List.of();

        private volatile @Nullable Allocation allocation = new Allocation(0, "");
        private volatile @Nullable SinkConflictException conflict;

        @Override
        public String kind() {
            return "logging";
        }

        @Override
        public void start(InputContext context) {
            calls.add("start");
        }

        @Override
        @SuppressWarnings("NullAway") // a source that does what it must not
        public Allocation allocate(Instant batchTime) {
            calls.add("allocate " + batchTime.getEpochSecond());
            return allocation;
        }

        @Override
        public List<InputPartition<Integer>> read(Instant batchTime) {
            calls.add("read " + batchTime.getEpochSecond());
            return partitions;
        }

        @Override
        public void commit(Instant batchTime) {
            calls.add("commit " + batchTime.getEpochSecond());
            if (conflict != null) {
                throw conflict;
            }
        }

        @Override
        public void release(Instant upTo) {
            calls.add("release " + upTo.getEpochSecond());
        }

        @Override
        public void stop() {
            calls.add("stop");
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }
}
