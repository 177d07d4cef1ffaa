package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.PipelineInfo;
import io.dstream.event.ReceiverInfo;
import io.dstream.rdd.RDD;
import io.dstream.receiver.Receiver;
import io.dstream.receiver.ReceiverSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiverTest {

    /** The ticker and the thread that cuts blocks. */
    private static final int THREADS_AT_REST = 2;

    private final Recorder recorder = new Recorder();
    private final TestReceiver<Integer> receiver = new TestReceiver<>();
    private TestStreamingContext test = new TestStreamingContext(config -> config.withObserver(recorder));

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void whatIsStoredBeforeATickIsInItsBatch() throws Exception {
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        test.context().start();
        receiver.awaitStarted();
        receiver.put(1);
        receiver.put(2);
        test.runBatch();
        receiver.put(3);
        test.runBatch();
        test.runBatch();
        assertThat(output.batches()).containsExactly(List.of(1, 2), List.of(3), List.of());
    }

    @Test
    void aBatchHasNoMoreRecordsThanItMayAndTheRestFollowsInOrder() throws Exception {
        use(config -> config.withMaxRecordsPerBatch(4));
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        test.context().start();
        receiver.awaitStarted();
        for (int i = 0; i < 4; i++) {
            receiver.put(i);
        }
        test.clock().advance(Duration.ofMillis(200));
        receiver.put(4); // waits until the block before is cut
        receiver.put(5);
        test.clock().advance(Duration.ofMillis(800));
        test.runBatches(2);
        assertThat(output.batches().stream().flatMap(List::stream)).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(output.batches()).allMatch(batch -> batch.size() <= 4);
    }

    @Test
    void aGracefulStopCountsEveryRecordThatStoreAccepted() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<Integer> counted = new CopyOnWriteArrayList<>();
            CountingReceiver counting = new CountingReceiver(1000);
            try (StreamingContext context = new StreamingContext(realTime())) {
                context.receiverStream(counting).foreachRDD((RDD<Integer> rdd) -> counted.addAll(rdd.collect()));
                context.start();
                counting.reached.await();
                context.stop();
            }
            assertThat(counted).hasSize(counting.accepted.get());
            for (int i = 0; i < counted.size(); i++) {
                assertThat(counted.get(i)).isEqualTo(i);
            }
        }
    }

    @Test
    void aReceiverThatWaitsForRoomIsLetGoByAGracefulStopAndLosesNothing() throws Exception {
        use(config -> config.withMaxRecordsPerBatch(4));
        CountingReceiver counting = new CountingReceiver(4);
        TestOutput<Integer> output = test.output(test.context().receiverStream(counting));
        test.context().start();
        counting.reached.await(); // the clock stands still, so no block is cut, and the fifth record finds no room
        test.context().stop();
        assertThat(counting.interrupted).isFalse();
        assertThat(output.batches().stream().mapToInt(List::size).sum()).isEqualTo(counting.accepted.get());
    }

    @Test
    void aRestartOfTheContextLeavesNoLoopOfTheReceiverBehind() throws Exception {
        AtomicInteger loops = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (StreamingContext context = new StreamingContext(realTime().withObserver(recorder))) {
            context.receiverStream(new Receiver<Integer>() {
                        @Override
                        protected void onStart() throws InterruptedException {
                            most.accumulateAndGet(loops.incrementAndGet(), Math::max);
                            try {
                                while (!isStopped()) {
                                    store(1);
                                }
                            } finally {
                                loops.decrementAndGet();
                            }
                        }

                        @Override
                        protected void onStop() {}
                    })
                    .foreachRDD(rdd -> {});
            for (int round = 0; round < 5; round++) {
                context.start();
                recorder.awaitBatch();
                context.stop(false, Duration.ZERO);
            }
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void aBatchThatHangsBoundsWhatTheReceiverMayStoreHoweverManyTicksPass() throws Exception {
        use(config -> config.withMaxRecordsPerBatch(10));
        CountingReceiver counting = new CountingReceiver(10);
        CountDownLatch hanging = new CountDownLatch(1);
        test.context().receiverStream(counting).foreachRDD(rdd -> hanging.await());
        test.context().start();
        counting.reached.await();
        for (int tick = 0; tick < 500 && counting.accepted.get() <= 40; tick++) {
            test.clock().awaitWaiting(1); // the ticker; the thread that cuts blocks waits for room
            test.clock().advance(Duration.ofSeconds(1));
        }
        assertThat(counting.accepted.get()).isLessThanOrEqualTo(40);
        hanging.countDown();
    }

    @Test
    void anInterruptThatTheReceiverMeetsIsAFailureLikeAnyOther() throws Exception {
        AtomicInteger starts = new AtomicInteger();
        try (StreamingContext context = new StreamingContext(realTime()
                .withReceiver(ReceiverSettings.defaults()
                        .withBlockInterval(Duration.ofMillis(5))
                        .withRestartDelay(Duration.ofMillis(1)))
                .withObserver(recorder))) {
            context.receiverStream(new Receiver<Integer>() {
                        @Override
                        protected void onStart() throws InterruptedException {
                            if (starts.incrementAndGet() == 1) {
                                throw new InterruptedException("by somebody");
                            }
                        }

                        @Override
                        protected void onStop() {}
                    })
                    .foreachRDD(rdd -> {});
            context.start();
            ReceiverInfo again = recorder.await(ReceiverInfo.class, info -> info.restarts() == 1 && info.active());
            assertThat(again.lastError()).contains("by somebody");
        }
    }

    @Test
    void aReceiverThatFailsIsStartedAgainAfterGrowingDelays() throws Exception {
        use(config -> config.withBatchInterval(Duration.ofHours(1)));
        AtomicInteger starts = new AtomicInteger();
        test.context().receiverStream(new FailingReceiver(starts, 3)).foreachRDD(rdd -> {});
        test.context().start();
        for (int failures = 1; failures <= 3; failures++) {
            ReceiverInfo info = recorder.await(ReceiverInfo.class, receiver -> receiver.lastError() != null);
            assertThat(info.lastError()).isEqualTo("The receiver failed: start " + failures);
            recorder.await(ReceiverInfo.class, receiver -> !receiver.active());
            test.clock().awaitWaiting(THREADS_AT_REST + 1);
            Duration delay = Duration.ofSeconds(1L << failures);
            test.clock().advance(delay.minusMillis(1));
            assertThat(starts).hasValue(failures);
            test.clock().advance(Duration.ofMillis(1));
            recorder.await(ReceiverInfo.class, ReceiverInfo::active);
        }
        ReceiverInfo info = test.context().info().receivers().get(0);
        assertThat(info.active()).isTrue();
        assertThat(info.restarts()).isEqualTo(3);
        assertThat(info.input()).isEqualTo("failing-0");
        assertThat(info.lastError()).contains("start 3");
        assertThat(info.lastErrorTime()).isEqualTo(Instant.ofEpochSecond(2 + 4));
    }

    @Test
    void anAskedRestartHappensOnceHoweverOftenItIsAskedFor() throws Exception {
        use(config -> config.withBatchInterval(Duration.ofHours(1)));
        test.output(test.context().receiverStream(receiver));
        test.context().start();
        receiver.awaitStarted();
        receiver.restartBecause("first", null);
        receiver.restartBecause("second", null);
        assertThat(recorder.await(ReceiverInfo.class, info -> info.lastError() != null)
                        .lastError())
                .isEqualTo("first");
        test.clock().awaitWaiting(THREADS_AT_REST + 1);
        test.clock().advance(Duration.ofSeconds(2));
        recorder.await(ReceiverInfo.class, info -> info.active() && info.restarts() == 1);
        assertThat(test.context().info().receivers().get(0).lastError()).isEqualTo("first");
    }

    @Test
    void aReceiverThatFailsToStopIsStartedAgainAllTheSame() throws Exception {
        use(config -> config.withBatchInterval(Duration.ofHours(1)));
        CountDownLatch starts = new CountDownLatch(2);
        test.context()
                .receiverStream(new Receiver<Integer>() {
                    @Override
                    protected void onStart() {
                        starts.countDown();
                        if (starts.getCount() == 1) {
                            restart("once more", null);
                        }
                    }

                    @Override
                    protected void onStop() {
                        throw new IllegalStateException("will not stop");
                    }
                })
                .foreachRDD(rdd -> {});
        test.context().start();
        test.clock().awaitWaiting(THREADS_AT_REST + 1);
        test.clock().advance(Duration.ofSeconds(2));
        starts.await();
    }

    @Test
    void whatIsStoredBetweenTwoStartsOfAReceiverIsKept() throws Exception {
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        test.context().start();
        receiver.awaitStarted();
        receiver.restartBecause("between", null);
        recorder.await(ReceiverInfo.class, info -> !info.active());
        receiver.put(1);
        test.runBatch();
        assertThat(output.last()).containsExactly(1);
    }

    @Test
    void aReceiverThatStopsItselfStaysStoppedAndThePipelineGoesOn() throws Exception {
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        test.context().start();
        receiver.awaitStarted();
        receiver.put(1);
        receiver.stopForGood();
        recorder.await(ReceiverInfo.class, info -> !info.active());
        test.runBatch();
        test.runBatches(10);
        assertThat(output.batches().get(0)).containsExactly(1);
        assertThat(test.context().info().receivers()).noneMatch(ReceiverInfo::active);
        assertThat(test.context().info().state()).isEqualTo(PipelineInfo.State.ACTIVE);
    }

    @Test
    void aReportedErrorIsVisibleAndTheReceiverGoesOn() throws Exception {
        test.output(test.context().receiverStream(receiver));
        test.context().start();
        receiver.awaitStarted();
        receiver.report("odd record");
        assertThat(recorder.await(ReceiverInfo.class, info -> info.lastError() != null))
                .satisfies(info -> assertThat(info.active()).isTrue())
                .satisfies(info -> assertThat(info.lastError()).isEqualTo("odd record"));
    }

    @Test
    void aReceiverThatFailsToStopDoesNotHoldUpTheStop() throws Exception {
        AtomicBoolean asked = new AtomicBoolean();
        CountDownLatch started = new CountDownLatch(1);
        test.context()
                .receiverStream(new Receiver<Integer>() {
                    @Override
                    protected void onStart() {
                        started.countDown();
                    }

                    @Override
                    protected void onStop() {
                        asked.set(true);
                        throw new IllegalStateException("will not stop");
                    }
                })
                .foreachRDD(rdd -> {});
        test.context().start();
        started.await();
        test.context().stop();
        assertThat(asked).isTrue();
        assertThat(test.context().info().state()).isEqualTo(PipelineInfo.State.STOPPED);
        assertThat(recorder.log()).contains("receiver error");
    }

    @Test
    void aReceiverThatIsNotStartedRefusesRecordsAndSaysWhy() {
        assertThatIllegalStateException()
                .isThrownBy(() -> receiver.put(1))
                .withMessageContaining("The receiver is not started");
    }

    @Test
    void aStoppedReceiverRefusesRecords() throws Exception {
        test.output(test.context().receiverStream(receiver));
        test.context().start();
        receiver.awaitStarted();
        test.context().stop();
        assertThatIllegalStateException().isThrownBy(() -> receiver.put(1)).withMessageContaining("not accepted");
    }

    @Test
    void aReceiverWorksAgainAfterARestartOfItsContext() throws Exception {
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        test.context().start();
        recorder.await(ReceiverInfo.class, ReceiverInfo::active);
        receiver.awaitStarted();
        test.context().stop();
        test.context().start();
        recorder.await(ReceiverInfo.class, ReceiverInfo::active);
        receiver.put(2);
        test.runBatch();
        assertThat(output.last()).containsExactly(2);
    }

    private void use(UnaryOperator<StreamingConfig> change) {
        test.close();
        test = new TestStreamingContext(config -> change.apply(config.withObserver(recorder)));
    }

    private static StreamingConfig realTime() {
        return StreamingConfig.defaults().withParallelism(2).withBatchInterval(Duration.ofMillis(5));
    }

    /** Stores numbers as fast as it can. */
    private static final class CountingReceiver extends Receiver<Integer> {

        private final AtomicInteger accepted = new AtomicInteger();
        private final AtomicBoolean interrupted = new AtomicBoolean();
        private final CountDownLatch reached;

        CountingReceiver(int goal) {
            this.reached = new CountDownLatch(goal);
        }

        @Override
        protected void onStart() {
            try {
                while (!isStopped()) {
                    store(accepted.get());
                    accepted.incrementAndGet();
                    reached.countDown();
                }
            } catch (InterruptedException interruption) {
                interrupted.set(true);
            }
        }

        @Override
        protected void onStop() {}
    }

    /** Fails at its first starts. */
    private static final class FailingReceiver extends Receiver<Integer> {

        private final AtomicInteger starts;
        private final int failures;

        FailingReceiver(AtomicInteger starts, int failures) {
            this.starts = starts;
            this.failures = failures;
        }

        @Override
        protected String kind() {
            return "failing";
        }

        @Override
        protected void onStart() throws IOException {
            int start = starts.incrementAndGet();
            if (start <= failures) {
                throw new IOException("start " + start);
            }
        }

        @Override
        protected void onStop() {}
    }
}
