package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.event.BatchInfo;
import io.dstream.event.RateInfo;
import io.dstream.event.StreamingListener;
import io.dstream.input.Allocation;
import io.dstream.input.BackpressureSettings;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.input.RateController;
import io.dstream.rdd.InputPartition;
import io.dstream.scheduler.FailureSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rate of an input that could give any number of records follows the batches. */
class BackpressureTest {

    private static final BackpressureSettings ON =
            BackpressureSettings.defaults().withEnabled(true).withInitialRate(50);

    private final List<RateInfo> told = new CopyOnWriteArrayList<>();
    private final List<List<RateInfo>> ratesAtEnds = new CopyOnWriteArrayList<>();
    private TestStreamingContext test = context(FailureSettings.defaults(), settings -> settings);

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void theInitialRateHoldsUntilTwoBatchesHaveShownHowFastRecordsAreProcessed() {
        TestOutput<Integer> output =
                test.output(test.context().inputStream(new EndlessSource(RateController.UNLIMITED)));
        processRecordsIn(Duration.ofMillis(5));
        test.runBatches(3);
        assertThat(output.batches().stream().map(List::size)).containsExactly(50, 50, 200);
        assertThat(told.stream().map(RateInfo::recordsPerSecond)).containsExactly(50L, 200L, 400L);
        assertThat(test.context().info().rates()).containsExactly(new RateInfo("default", "endless-0", 400));
    }

    @Test
    void theNewLimitIsThereWhenTheEndOfTheBatchIsTold() {
        test.output(test.context().inputStream(new EndlessSource(RateController.UNLIMITED)));
        processRecordsIn(Duration.ofMillis(5));
        test.runBatches(2);
        assertThat(ratesAtEnds.stream().flatMap(List::stream).map(RateInfo::recordsPerSecond))
                .containsExactly(50L, 200L);
    }

    @Test
    void aSourceMayAllowLessThanTheBatchesCouldProcess() {
        TestOutput<Integer> output = test.output(test.context().inputStream(new EndlessSource(40)));
        processRecordsIn(Duration.ofMillis(5));
        test.runBatches(3);
        assertThat(output.batches()).allMatch(batch -> batch.size() == 40);
    }

    @Test
    void withoutBackpressureNothingIsLimited() {
        use(context(FailureSettings.defaults(), settings -> settings.withEnabled(false)));
        TestOutput<Integer> output =
                test.output(test.context().inputStream(new EndlessSource(RateController.UNLIMITED)));
        processRecordsIn(Duration.ofMillis(5));
        test.runBatches(2);
        assertThat(output.batches()).allMatch(batch -> batch.size() == 1_000);
        assertThat(test.context().info().rates()).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void aBatchThatWasGivenUpTellsNothing() {
        use(context(Failures.skipAfter(1), settings -> settings));
        AtomicInteger batches = new AtomicInteger();
        test.context().inputStream(new EndlessSource(RateController.UNLIMITED)).foreachRDD(rdd -> {
            test.clock().advance(Duration.ofMillis(10 * rdd.count()));
            if (batches.incrementAndGet() == 2) {
                throw new IllegalStateException("poison");
            }
        });
        test.runBatch();
        test.runFailingBatch();
        assertThat(told).containsExactly(new RateInfo("default", "endless-0", 50));
    }

    /** Lets every record take its time, but no batch longer than a hundred of them, so that it ends before the next tick. */
    private void processRecordsIn(Duration time) {
        test.context().stream("endless-0")
                .foreachRDD(rdd -> test.clock().advance(time.multipliedBy(Math.min(100, rdd.count()))));
    }

    private void use(TestStreamingContext other) {
        test.close();
        test = other;
    }

    private TestStreamingContext context(FailureSettings failure, UnaryOperator<BackpressureSettings> change) {
        return new TestStreamingContext(config -> config.withFailure(failure)
                .withBackpressure(change.apply(ON))
                .withMaxRecordsPerBatch(1_000)
                .withObserver(new StreamingListener() {
                    @Override
                    public void onRateLimitChanged(RateInfo rate) {
                        told.add(rate);
                    }

                    @Override
                    public void onBatchCompleted(BatchInfo batch) {
                        ratesAtEnds.add(test.context().info().rates());
                    }
                }));
    }

    /** Has records without end and gives as many as it may. */
    private static final class EndlessSource implements InputSource<Integer> {

        private final long maxRate;
        private final Map<Instant, Integer> allocated = new ConcurrentHashMap<>();
        private @Nullable InputContext context;

        EndlessSource(long maxRate) {
            this.maxRate = maxRate;
        }

        @Override
        public String kind() {
            return "endless";
        }

        @Override
        public void start(InputContext newContext) {
            context = newContext;
            newContext.rate().follow(maxRate);
        }

        @Override
        public Allocation allocate(Instant batchTime) {
            InputContext current = Objects.requireNonNull(context);
            int records = (int) Math.min(current.rate().limitPerBatch(), current.maxRecordsPerBatch());
            allocated.put(batchTime, records);
            return new Allocation(records, "");
        }

        @Override
        public List<InputPartition<Integer>> read(Instant batchTime) {
            return List.of(InputPartition.of(
                    new ArrayList<>(Collections.nCopies(Objects.requireNonNull(allocated.get(batchTime)), 1))));
        }
    }
}
