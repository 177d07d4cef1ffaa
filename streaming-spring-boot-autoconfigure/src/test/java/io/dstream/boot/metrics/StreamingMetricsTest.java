package io.dstream.boot.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.boot.SteppedContext;
import io.dstream.event.PipelineInfo.State;
import io.dstream.function.VoidFunction;
import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.input.RateController;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import io.dstream.receiver.Receiver;
import io.dstream.receiver.ReceiverSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.search.MeterNotFoundException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Meters count what happens, from the first batch on. */
class StreamingMetricsTest {

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicReference<StreamingContext> root = new AtomicReference<>();
    private final StreamingMetrics metrics = new StreamingMetrics(registry, root::get);

    @Test
    void everyBatchAndRecordIsCountedFromTheFirstOn() throws Exception {
        try (SteppedContext test = new SteppedContext(Policy.STOP, metrics)) {
            test.stream().foreachRDD(rdd -> rdd.count());
            test.push("a", "b", "c");
            test.runBatch();
            test.push("d");
            test.runBatch();
            test.runBatch();
        }
        assertThat(registry.get("streaming.batch")
                        .tags("pipeline", "default", "outcome", "committed")
                        .timer()
                        .count())
                .isEqualTo(3);
        assertThat(registry.get("streaming.records.received")
                        .tags("pipeline", "default", "input", "queue-0")
                        .counter()
                        .count())
                .isEqualTo(4);
        for (String delay : List.of("scheduling.delay", "processing.time", "total.delay")) {
            assertThat(registry.get("streaming.batch." + delay)
                            .tags("pipeline", "default")
                            .timer()
                            .count())
                    .as(delay)
                    .isEqualTo(3);
        }
    }

    @Test
    void delaysAreThoseOfTheBatch() throws Exception {
        try (SteppedContext test = new SteppedContext(Policy.STOP, metrics)) {
            test.stream().foreachRDD(rdd -> test.clock().advance(Duration.ofMillis(250)));
            test.runBatch();
        }
        assertThat(millisIn("streaming.batch")).isEqualTo(250);
        assertThat(millisIn("streaming.batch.scheduling.delay")).isZero();
        assertThat(millisIn("streaming.batch.processing.time")).isEqualTo(250);
        assertThat(millisIn("streaming.batch.total.delay")).isEqualTo(250);
    }

    @Test
    void skippedBatchesAreCountedApart() throws Exception {
        try (SteppedContext test = new SteppedContext(Policy.SKIP, metrics)) {
            test.stream().foreachRDD(rdd -> {
                throw new IllegalStateException("no");
            });
            test.runBatch();
        }
        assertThat(registry.get("streaming.batch")
                        .tags("outcome", "skipped")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aFailedBatchIsCountedApartAndNothingWaitsAfterwards() throws Exception {
        try (SteppedContext test = new SteppedContext(Policy.STOP, metrics)) {
            test.stream().foreachRDD(rdd -> {
                throw new IllegalStateException("no");
            });
            root.set(test.context());
            test.runBatch();
            await().until(() -> test.context().info().state() == State.FAILED);
        }
        assertThat(registry.get("streaming.batch")
                        .tags("outcome", "failed")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("streaming.batches.waiting").gauge().value()).isZero();
    }

    @Test
    void batchesThatWaitAreCountedUntilTheyAreCutOff() {
        CountDownLatch never = new CountDownLatch(1);
        try (StreamingContext context = start(rdd -> never.await())) {
            awaitMeters().until(() -> gauge("streaming.batches.waiting", "pipeline", "default") >= 3);
            context.stop(false, Duration.ZERO);
            assertThat(gauge("streaming.batches.waiting", "pipeline", "default"))
                    .isZero();
        }
    }

    @Test
    void receiversAreToldToBeActiveOrNotAndTheirRestartsCounted() {
        String[] tags = {"pipeline", "default", "input", "receiver-0"};
        try (StreamingContext context = start(RDD::count)) {
            awaitMeters()
                    .until(() -> registry.get("streaming.receiver.restarts")
                                    .tags(tags)
                                    .counter()
                                    .count()
                            == 2);
            awaitMeters().until(() -> gauge("streaming.receiver.active", tags) == 1);
            context.stop();
            assertThat(gauge("streaming.receiver.active", tags)).isZero();
        }
    }

    @Test
    void theRateLimitOfAnInputIsThatOfTheMomentAndAbsentIfThereIsNone() throws Exception {
        try (SteppedContext test = new SteppedContext(Policy.STOP, metrics)) {
            root.set(test.context());
            LimitedSource limited = new LimitedSource();
            test.context().inputStream(limited).foreachRDD(RDD::count);
            test.stream().foreachRDD(RDD::count);
            test.runBatch();
            assertThat(gauge("streaming.rate.limit", "pipeline", "default", "input", "limited-0"))
                    .isEqualTo(70);
            limited.limitTo(60);
            assertThat(gauge("streaming.rate.limit", "pipeline", "default", "input", "limited-0"))
                    .isEqualTo(60);
            assertThat(registry.find("streaming.rate.limit").gauges()).hasSize(1);
        }
    }

    @Test
    void theSizeOfTheWriteAheadLogIsThatOfItsFiles(@TempDir Path directory) {
        StreamingConfig config = StreamingConfig.defaults()
                .withBatchInterval(Duration.ofMillis(10))
                .withCheckpointDirectory(directory)
                .withWriteAheadLog(true)
                .withObserver(metrics);
        try (StreamingContext context = new StreamingContext(config)) {
            root.set(context);
            Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
            context.queueStream(queue).foreachRDD(RDD::count);
            context.start();
            assertThat(gauge("streaming.write.ahead.log.bytes", "pipeline", "default"))
                    .isZero();
            queue.add(context.parallelize(List.of("x".repeat(10_000))));
            awaitMeters().until(() -> gauge("streaming.write.ahead.log.bytes", "pipeline", "default") > 10_000);
        }
    }

    @Test
    void everyMeterHasTheDocumentedTypeTagsAndDescription() {
        try (StreamingContext context = start(RDD::count)) {
            for (StreamingMeter documented : StreamingMeter.values()) {
                if (documented.getName().startsWith("streaming.kafka.")) {
                    continue; // those of streams of Kafka topics, which there are not here
                }
                Meter.Id made = awaitMeters()
                        .until(() -> registry.get(documented.getName()).meter(), meter -> true)
                        .getId();
                assertThat(made.getDescription()).isEqualTo(documented.description());
                assertThat(made.getType()).isEqualTo(documented.getType());
                assertThat(made.getTags().stream().map(Tag::getKey))
                        .containsExactlyInAnyOrderElementsOf(Arrays.stream(documented.getKeyNames())
                                .map(KeyName::asString)
                                .toList());
            }
            context.stop();
        }
    }

    /** Starts a pipeline of a receiver that fails twice. */
    private StreamingContext start(VoidFunction<RDD<String>> output) {
        StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withBatchInterval(Duration.ofMillis(10))
                .withReceiver(ReceiverSettings.defaults()
                        .withBlockInterval(Duration.ofMillis(10))
                        .withRestartDelay(Duration.ofMillis(10)))
                .withObserver(metrics));
        root.set(context);
        context.receiverStream(new FailingReceiver()).foreachRDD(output);
        context.inputStream(new LimitedSource()).foreachRDD(rdd -> {});
        context.start();
        return context;
    }

    private static ConditionFactory awaitMeters() {
        return await().ignoreException(MeterNotFoundException.class);
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private double millisIn(String timer) {
        return registry.get(timer).timer().totalTime(TimeUnit.MILLISECONDS);
    }

    /** Takes in nothing, and no more than 70 records per second of it. */
    private static final class LimitedSource implements InputSource<String> {

        private final AtomicReference<RateController> rate = new AtomicReference<>();

        void limitTo(long recordsPerSecond) {
            rate.get().follow(recordsPerSecond);
        }

        @Override
        public String kind() {
            return "limited";
        }

        @Override
        public void start(InputContext context) {
            rate.set(context.rate());
            limitTo(70);
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

    /** Fails twice, then goes on. */
    private static final class FailingReceiver extends Receiver<String> {

        private int starts;

        @Override
        protected void onStart() {
            starts++;
            if (starts <= 2) {
                throw new IllegalStateException("start " + starts);
            }
        }

        @Override
        protected void onStop() {}
    }
}
