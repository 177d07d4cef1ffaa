package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.StreamingConfig;
import io.dstream.event.RateInfo;
import io.dstream.input.BackpressureSettings;
import io.dstream.receiver.Receiver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How fast a receiver may store. */
class ReceiverRateTest {

    /** The ticker, the thread that cuts blocks, and the receiver that waits for a permit. */
    private static final int THREADS_AT_REST = 3;

    private static final BackpressureSettings ON =
            BackpressureSettings.defaults().withEnabled(true);

    private final CountingReceiver receiver = new CountingReceiver();
    private TestStreamingContext test = new TestStreamingContext();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aReceiverStoresNoMoreThanItsMaximum() throws Exception {
        use(config -> config.withReceiver(config.receiver().withMaxRate(10)));
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        test.context().start();
        for (int step = 1; step <= 25; step++) {
            receiver.awaitStored(step);
            assertThat(receiver.stored).hasValue(step);
            test.clock().advance(Duration.ofMillis(100));
        }
        receiver.awaitStored(26);
        test.runBatch();
        assertThat(output.batches().stream().mapToInt(List::size).sum()).isBetween(26, 31);
        assertThat(test.context().info().rates()).containsExactly(new RateInfo("default", "receiver-0", 10));
    }

    @Test
    void everyReceiverHasAMaximumOfItsOwn() throws Exception {
        use(config -> config.withReceiver(config.receiver().withMaxRate(10)));
        CountingReceiver other = new CountingReceiver();
        test.output(test.context()
                .union(test.context().receiverStream(receiver), test.context().receiverStream(other)));
        test.context().start();
        for (int step = 1; step <= 5; step++) {
            receiver.awaitStored(step);
            other.awaitStored(step);
            test.clock().advance(Duration.ofMillis(100));
        }
        assertThat(receiver.stored.get() + other.stored.get()).isBetween(10, 12);
    }

    @Test
    void theInitialRateHoldsFromTheFirstRecordOnAndThenThatOfTheBatches() throws Exception {
        use(config -> config.withBackpressure(ON.withInitialRate(10).withMinRate(1)));
        test.context().receiverStream(receiver).foreachRDD(rdd -> {
            rdd.count();
            test.clock().advance(Duration.ofMillis(100));
        });
        test.context().start();
        for (Instant end : List.of(Instant.ofEpochMilli(900), Instant.ofEpochMilli(1_900))) {
            while (test.clock().now().isBefore(end)) {
                awaitTenASecond();
                test.clock().advance(Duration.ofMillis(100));
            }
            awaitTenASecond();
            test.runBatch(); // nine to twelve records in 100 ms
        }
        assertThat(limit()).isBetween(90L, 120L);
        int before = receiver.stored.get();
        test.clock().advance(Duration.ofMillis(100)); // in which the limit is seen
        receiver.awaitStored(before + 1);
        test.clock().advance(Duration.ofMillis(500));
        receiver.awaitStored(before + 30);
    }

    @Test
    void aStopLetsGoOfAReceiverThatWaitsForAPermitAndLosesNothing() throws Exception {
        use(config -> config.withReceiver(config.receiver().withMaxRate(1)));
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        test.context().start();
        test.clock().awaitWaiting(THREADS_AT_REST);
        test.context().stop();
        assertThat(receiver.interrupted).hasValue(0);
        assertThat(output.batches().stream().mapToInt(List::size).sum()).isEqualTo(receiver.stored.get());
    }

    private void awaitTenASecond() {
        receiver.awaitStored((int) (test.clock().now().toEpochMilli() / 100) + 1);
        assertThat(limit()).isEqualTo(10);
    }

    private long limit() {
        return test.context().info().rates().get(0).recordsPerSecond();
    }

    private void use(UnaryOperator<StreamingConfig> change) {
        test.close();
        test = new TestStreamingContext(change);
    }

    /** Stores numbers as fast as it may. */
    private static final class CountingReceiver extends Receiver<Integer> {

        private final AtomicInteger stored = new AtomicInteger();
        private final AtomicInteger interrupted = new AtomicInteger();

        void awaitStored(int count) {
            while (stored.get() < count) {
                Thread.onSpinWait();
            }
        }

        @Override
        protected void onStart() {
            try {
                while (!isStopped()) {
                    store(stored.get());
                    stored.incrementAndGet();
                }
            } catch (InterruptedException interruption) {
                interrupted.incrementAndGet();
            }
        }

        @Override
        protected void onStop() {}
    }
}
