package io.dstream.boot.actuate.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.boot.SteppedContext;
import io.dstream.boot.actuate.endpoint.BatchDescriptor.InputDescriptor;
import io.dstream.boot.actuate.endpoint.BatchDescriptor.OutputDescriptor;
import io.dstream.boot.actuate.endpoint.PipelineDescriptor.RateDescriptor;
import io.dstream.boot.actuate.endpoint.PipelineDescriptor.ReceiverDescriptor;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo.State;
import io.dstream.event.ReceiverInfo;
import io.dstream.input.Allocation;
import io.dstream.input.FileStreamOptions;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.rdd.InputPartition;
import io.dstream.receiver.Receiver;
import io.dstream.scheduler.FailureSettings.Policy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the endpoint tells of pipelines and batches. */
class StreamingEndpointTest {

    private final SteppedContext test = new SteppedContext(Policy.STOP);
    private final StreamingEndpoint endpoint = new StreamingEndpoint(test.context());

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aPipelineThatWasNotStartedHasNoBatches() {
        test.stream().foreachRDD(rdd -> rdd.count());
        assertThat(endpoint.pipeline("default"))
                .isEqualTo(new PipelineDescriptor(
                        "default", State.INITIALIZED, 1000, 0, null, List.of(), List.of(), List.of()));
    }

    @Test
    void aBatchIsToldWithItsDelaysInMilliseconds() throws Exception {
        test.stream().foreachRDD(rdd -> test.clock().advance(Duration.ofMillis(250)));
        test.push("a", "b");
        test.runBatch();
        assertThat(endpoint.batch("default", "batches", 1000))
                .isEqualTo(new BatchDescriptor(
                        1000,
                        Status.COMMITTED,
                        2,
                        List.of(new InputDescriptor("queue-0", 2, "")),
                        0.0,
                        250.0,
                        250.0,
                        List.of(new OutputDescriptor("foreachRDD-0", 250.0, null)),
                        null));
    }

    @Test
    void aReceiverIsToldWithItsClassAndState() throws Exception {
        SilentReceiver receiver = new SilentReceiver();
        test.context().receiverStream(receiver).foreachRDD(rdd -> rdd.count());
        test.runBatch();
        receiver.started.await();
        assertThat(endpoint.pipeline("default").receivers())
                .containsExactly(new ReceiverDescriptor(
                        "receiver-0", "SilentReceiver", ReceiverInfo.State.STARTED, true, 0, 0, 0, null, null));
    }

    @Test
    void theFilesOfABatchAreToldAndThatThereIsNoDirectory(@TempDir Path directory) throws Exception {
        FileStreamOptions all =
                FileStreamOptions.defaults().withNewFilesOnly(false).withSettleDelay(Duration.ZERO);
        Path file = Files.writeString(directory.resolve("a"), "1\n2\n3");
        test.context().textFileStream(directory.toString(), all).foreachRDD(rdd -> rdd.count());
        test.context().textFileStream("/no/such").foreachRDD(rdd -> rdd.count());
        test.runBatch();
        assertThat(endpoint.batch("default", "batches", 1000).inputs())
                .containsExactly(
                        new InputDescriptor("file-0", 3, file.toString()),
                        new InputDescriptor("file-1", 0, "there is no directory '/no/such'"));
    }

    @Test
    void anInputWhoseRateIsLimitedIsToldWithItsLimit() throws Exception {
        test.context().inputStream(new LimitedSource()).foreachRDD(rdd -> rdd.count());
        test.runBatch();
        assertThat(endpoint.pipeline("default").rates()).containsExactly(new RateDescriptor("limited-0", 70));
    }

    @Test
    void theListOfPipelinesHasTenBatchesOfEachAndAPipelineAHundred() throws Exception {
        test.stream().foreachRDD(rdd -> rdd.count());
        for (int i = 0; i < 120; i++) {
            test.runBatch();
        }
        assertThat(endpoint.pipelines().pipelines())
                .singleElement()
                .satisfies(pipeline -> assertThat(pipeline.batches()).hasSize(10));
        assertThat(endpoint.pipeline("default").batches()).hasSize(100);
    }

    @Test
    void whatIsNotKnownIsNull() throws Exception {
        test.stream().foreachRDD(rdd -> rdd.count());
        test.runBatch();
        assertThat(endpoint.pipeline("orders")).isNull();
        assertThat(endpoint.batch("orders", "batches", 1000)).isNull();
        assertThat(endpoint.batch("default", "records", 1000)).isNull();
        assertThat(endpoint.batch("default", "batches", 1001)).isNull();
    }

    /** Stores nothing. */
    private static final class SilentReceiver extends Receiver<String> {

        private final CountDownLatch started = new CountDownLatch(1);

        @Override
        protected void onStart() {
            started.countDown();
        }

        @Override
        protected void onStop() {}
    }

    /** Takes in nothing, and no more than 70 records per second of it. */
    private static final class LimitedSource implements InputSource<String> {

        @Override
        public String kind() {
            return "limited";
        }

        @Override
        public void start(InputContext context) {
            context.rate().follow(70);
        }

        @Override
        public Allocation allocate(Instant batchTime) {
            return new Allocation(0, "");
        }

        @Override
        public List<InputPartition<String>> read(Instant batchTime) {
            return List.of();
        }
    }
}
