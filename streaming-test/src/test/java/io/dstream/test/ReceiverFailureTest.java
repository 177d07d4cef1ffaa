package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.event.PipelineInfo;
import io.dstream.event.ReceiverInfo;
import io.dstream.event.ReceiverInfo.State;
import io.dstream.function.StreamingException;
import io.dstream.rdd.StorageLevel;
import io.dstream.receiver.Receiver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A receiver that fails, wherever that is, is started again, is visible, and leaves nothing behind. */
class ReceiverFailureTest {

    /** The ticker and the thread that cuts blocks. */
    private static final int THREADS_AT_REST = 2;

    private final Recorder recorder = new Recorder();
    private final TestStreamingContext test =
            new TestStreamingContext(config -> config.withObserver(recorder).withBatchInterval(Duration.ofHours(1)));

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void whatDoublesTheDelayIsThatNothingWasStored() throws Exception {
        StoringReceiver receiver = new StoringReceiver(Set.of(3));
        run(receiver);
        for (int seconds : new int[] {2, 4, 2, 4}) { // the third start stores a record
            awaitRestarting();
            test.clock().advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(test.context().info().receivers().get(0).state()).isEqualTo(State.RESTARTING);
            test.clock().advance(Duration.ofMillis(1));
            recorder.await(ReceiverInfo.class, ReceiverInfo::active);
        }
    }

    @Test
    void aRestartMayBeAskedForAfterADelayOfItsOwn() throws Exception {
        TestReceiver<Integer> receiver = new TestReceiver<>();
        run(receiver);
        receiver.awaitStarted();
        recorder.await(ReceiverInfo.class, ReceiverInfo::active);
        receiver.restartAfter(Duration.ofSeconds(30), "in half a minute");
        receiver.restartAfter(Duration.ZERO, "at once"); // too late
        awaitRestarting();
        test.clock().advance(Duration.ofSeconds(29));
        assertThat(test.context().info().receivers().get(0).state()).isEqualTo(State.RESTARTING);
        test.clock().advance(Duration.ofSeconds(1));
        recorder.await(ReceiverInfo.class, ReceiverInfo::active);
        receiver.restartAfter(Duration.ZERO, "at once");
        ReceiverInfo again = recorder.await(ReceiverInfo.class, info -> info.restarts() == 2 && info.active());
        assertThat(again.lastError()).isEqualTo("at once");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> receiver.restartAfter(Duration.ofSeconds(-1), "yesterday"))
                .withMessage("'delay' must not be negative, but was PT-1S");
    }

    @Test
    void aReceiverMayWaitInOnStopForTheThreadThatAsksForTheRestart() throws Exception {
        JoiningReceiver receiver = new JoiningReceiver();
        run(receiver);
        awaitRestarting();
        test.clock().advance(Duration.ofSeconds(2));
        recorder.await(ReceiverInfo.class, info -> info.restarts() == 1 && info.active());
        assertThat(receiver.joined).hasValueGreaterThanOrEqualTo(1);
    }

    @Test
    void aFailureThatEndsAThreadOfTheReceiverIsOneOfTheReceiver() throws Exception {
        run(new StartingReceiver(work -> new Thread(work, "worker")));
        for (int seconds : new int[] {2, 4, 8}) {
            ReceiverInfo info = recorder.await(ReceiverInfo.class, told -> told.state() == State.RESTARTING);
            assertThat(info.lastError())
                    .isEqualTo("The thread 'worker' of the receiver failed: java.lang.IllegalStateException: odd");
            test.clock().awaitWaiting(THREADS_AT_REST + 1);
            test.clock().advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(test.context().info().receivers().get(0).state()).isEqualTo(State.RESTARTING);
            test.clock().advance(Duration.ofMillis(1));
        }
    }

    @Test
    void aFailureInAnExecutorThatTheReceiverMadeIsOneOfTheReceiver() throws Exception {
        run(new StartingReceiver(work -> Executors.defaultThreadFactory().newThread(work)));
        ReceiverInfo info = recorder.await(ReceiverInfo.class, told -> told.state() == State.RESTARTING);
        assertThat(info.lastError()).endsWith("of the receiver failed: java.lang.IllegalStateException: odd");
    }

    @Test
    void aFailureOfAThreadAfterTheStopIsNotOneOfTheReceiver() throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        run(new Receiver<Integer>() {
            @Override
            protected void onStart() {
                new Thread(() -> failAfter(stopped)).start();
            }

            @Override
            protected void onStop() {}
        });
        recorder.await(ReceiverInfo.class, ReceiverInfo::active);
        test.context().stop();
        CountDownLatch seen = new CountDownLatch(1);
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> seen.countDown());
        try {
            stopped.countDown();
            seen.await();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(recorder.log()).doesNotContain("receiver error");
    }

    @Test
    void onStartIsNotCalledBeforeOnStopHasReturned() throws Exception {
        List<String> calls = new CopyOnWriteArrayList<>();
        CountDownLatch startedAgain = new CountDownLatch(1);
        CountDownLatch mayStop = new CountDownLatch(1);
        run(new Receiver<Integer>() {
            @Override
            protected void onStart() {
                calls.add("start");
                if (calls.size() == 1) {
                    restart("at once", null, Duration.ZERO);
                } else {
                    startedAgain.countDown();
                }
            }

            @Override
            protected void onStop() throws InterruptedException {
                mayStop.await();
                calls.add("stop");
            }
        });
        recorder.await(ReceiverInfo.class, info -> info.lastError() != null);
        mayStop.countDown();
        startedAgain.await();
        test.context().stop();
        assertThat(calls).containsExactly("start", "stop", "start", "stop");
    }

    @Test
    void aReceiverThatStopsForGoodTellsWhy() throws Exception {
        TestReceiver<Integer> receiver = new TestReceiver<>();
        run(receiver);
        receiver.awaitStarted();
        receiver.stopForGood("no more licences", new IOException("402"));
        ReceiverInfo info = recorder.await(ReceiverInfo.class, told -> told.state() == State.STOPPED);
        assertThat(info.lastError()).isEqualTo("no more licences: 402");
        assertThat(info.restarts()).isZero();
        assertThat(test.context().info().state()).isEqualTo(PipelineInfo.State.ACTIVE);
    }

    @Test
    void anErrorIsToldOnceASecondWithTheNumberOfTheOthersWhateverTheyAre() throws Exception {
        TestReceiver<Integer> receiver = new TestReceiver<>();
        run(receiver);
        receiver.awaitStarted();
        for (int i = 0; i < 1_000; i++) {
            receiver.report("odd record " + i);
        }
        test.clock().advance(Duration.ofSeconds(1));
        receiver.report("odd record");
        for (int i = 0; i < 5; i++) {
            receiver.report("odd record");
        }
        test.clock().advance(Duration.ofSeconds(1));
        receiver.report("odd record");
        for (String told :
                List.of("odd record 0", "odd record (and 999 more before)", "odd record (and 5 more before)")) {
            assertThat(recorder.await(ReceiverInfo.class, info -> info.lastError() != null)
                            .lastError())
                    .isEqualTo(told);
        }
    }

    @Test
    void anErrorIsToldInAThousandCharacters() throws Exception {
        TestReceiver<Integer> receiver = new TestReceiver<>();
        run(receiver);
        receiver.awaitStarted();
        receiver.report("x".repeat(100_000));
        assertThat(recorder.await(ReceiverInfo.class, info -> info.lastError() != null)
                        .lastError())
                .hasSize(1_001);
    }

    @Test
    void aReceiverThatHasStoppedForGoodStoresNothing() throws Exception {
        TestReceiver<Integer> receiver = new TestReceiver<>();
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        test.context().start();
        receiver.awaitStarted();
        receiver.put(1);
        receiver.stopForGood();
        assertThatIllegalStateException().isThrownBy(() -> receiver.put(2)).withMessageContaining("not accepted");
        assertThatIllegalStateException()
                .isThrownBy(() -> receiver.putTogether(List.of(2)))
                .withMessageContaining("not accepted");
        test.context().stop();
        assertThat(output.batches().stream().flatMap(List::stream)).containsExactly(1);
    }

    @Test
    void aThreadThatAnEarlierStartHasLeftBehindRestartsNothingWhenItFails() throws Exception {
        CountDownLatch restarted = new CountDownLatch(1);
        CountDownLatch startedAgain = new CountDownLatch(1);
        AtomicInteger starts = new AtomicInteger();
        run(new Receiver<Integer>() {
            @Override
            protected void onStart() {
                if (starts.incrementAndGet() == 1) {
                    new Thread(() -> failAfter(restarted), "late").start();
                    restart("at once", null, Duration.ZERO);
                } else {
                    startedAgain.countDown();
                }
            }

            @Override
            protected void onStop() {}
        });
        startedAgain.await();
        restarted.countDown();
        ReceiverInfo told = recorder.await(ReceiverInfo.class, info -> String.valueOf(info.lastError())
                .startsWith("The thread 'late' of an earlier start"));
        assertThat(told.state()).isEqualTo(State.STARTED);
        test.context().stop();
        assertThat(starts).hasValue(2);
    }

    @Test
    void theContextIsNotStartedAgainWhileOnStopOfTheLastRunRuns() throws Exception {
        Semaphore starts = new Semaphore(0);
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch mayStop = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        List<String> calls = new CopyOnWriteArrayList<>();
        run(new Receiver<Integer>() {
            @Override
            protected void onStart() {
                calls.add("start");
                starts.release();
                while (told.getCount() > 0) {
                    Thread.onSpinWait();
                }
            }

            @Override
            protected void onStop() {
                told.countDown();
                while (mayStop.getCount() > 0) {
                    try {
                        mayStop.await();
                    } catch (InterruptedException ignored) {
                        interrupted.countDown();
                    }
                }
                calls.add("stop");
            }
        });
        starts.acquire();
        test.context().stop(false, Duration.ZERO);
        Thread again = new Thread(() -> test.context().start());
        again.start();
        interrupted.await();
        while (again.getState() != Thread.State.TIMED_WAITING && again.isAlive()) {
            Thread.onSpinWait();
        }
        mayStop.countDown();
        again.join();
        starts.acquire();
        test.context().stop();
        assertThat(calls).containsExactly("start", "stop", "start", "stop");
    }

    @Test
    void receiversAreToldToStopBeforeAnyOfThemIsWaitedFor() throws Exception {
        CountDownLatch bothStarted = new CountDownLatch(2);
        CountDownLatch bothTold = new CountDownLatch(2);
        AtomicInteger interrupted = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            test.context()
                    .receiverStream(new Receiver<Integer>() {
                        @Override
                        protected void onStart() {
                            bothStarted.countDown();
                            try {
                                bothTold.await();
                            } catch (InterruptedException interruption) {
                                interrupted.incrementAndGet();
                            }
                        }

                        @Override
                        protected void onStop() {
                            bothTold.countDown();
                        }
                    })
                    .foreachRDD(rdd -> {});
        }
        test.context().start();
        bothStarted.await();
        test.context().stop();
        assertThat(interrupted).hasValue(0);
    }

    @Test
    void restartsLeaveNoThreadBehind() throws Exception {
        test.context()
                .receiverStream(new StoringReceiver(Set.of()))
                .named("leaky")
                .foreachRDD(rdd -> {});
        test.context().start();
        for (int restart = 0; restart < 100; restart++) {
            awaitRestarting();
            test.clock().advance(Duration.ofMinutes(1));
        }
        assertThat(LibraryThreads.with("-leaky")).hasSizeLessThanOrEqualTo(THREADS_AT_REST);
        assertThat(test.context().info().receivers().get(0).restarts()).isGreaterThanOrEqualTo(99);
        test.context().stop();
        LibraryThreads.awaitNone("-leaky");
    }

    @Test
    void aReceiverThatHangsInOnStopIsLeftBehindByTheStop() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        run(new Receiver<Integer>() {
            @Override
            protected void onStart() throws InterruptedException {
                started.countDown();
                never.await();
            }

            @Override
            protected void onStop() {
                try {
                    never.await();
                } catch (InterruptedException asExpected) {
                    interrupted.countDown();
                }
            }
        });
        started.await();
        test.context().stop(false, Duration.ZERO);
        test.context().start();
        interrupted.await();
    }

    @Test
    void aReceiverOfTwoStreamsFailsTheStart() {
        TestReceiver<Integer> receiver = new TestReceiver<>();
        test.context().receiverStream(receiver).foreachRDD(rdd -> {});
        test.context().receiverStream(receiver).foreachRDD(rdd -> {});
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().start())
                .withMessage(
                        "Input 'receiver-1' of pipeline 'default' does not start: The receiver feeds another stream"
                                + " already; make one for each stream, or use that stream twice");
    }

    @Test
    void aLevelThatKeepsNothingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TestReceiver<>(StorageLevel.NONE))
                .withMessage("'storageLevel' must be a level that keeps records, but was NONE");
    }

    private void run(Receiver<Integer> receiver) {
        test.context().receiverStream(receiver).foreachRDD(rdd -> {});
        test.context().start();
    }

    /** Waits until the receiver waits for its restart. */
    private void awaitRestarting() throws InterruptedException {
        recorder.await(ReceiverInfo.class, info -> info.state() == State.RESTARTING);
        test.clock().awaitWaiting(THREADS_AT_REST + 1);
    }

    /** Fails whenever it is started, at some starts after it has stored a record. */
    private static final class StoringReceiver extends Receiver<Integer> {

        private final Set<Integer> storing;
        private int starts;

        StoringReceiver(Set<Integer> storing) {
            this.storing = storing;
        }

        @Override
        protected void onStart() throws InterruptedException, IOException {
            starts++;
            if (storing.contains(starts)) {
                store(starts);
            }
            throw new IOException("start " + starts);
        }

        @Override
        protected void onStop() {}
    }

    private static void failAfter(CountDownLatch event) {
        try {
            event.await();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("odd");
    }

    /** Starts a thread that fails. */
    private static final class StartingReceiver extends Receiver<Integer> {

        private final ThreadFactory threads;

        StartingReceiver(ThreadFactory threads) {
            this.threads = threads;
        }

        @Override
        protected void onStart() {
            threads.newThread(() -> failAfter(new CountDownLatch(0))).start();
        }

        @Override
        protected void onStop() {}
    }

    /** Works on a thread of its own, which asks for a restart, and waits for it in onStop. */
    private static final class JoiningReceiver extends Receiver<Integer> {

        private final AtomicInteger joined = new AtomicInteger();
        private @Nullable Thread worker;

        @Override
        protected void onStart() {
            Thread thread = new Thread(() -> restart("by its own thread", null));
            worker = thread;
            thread.start();
        }

        @Override
        protected void onStop() throws InterruptedException {
            Objects.requireNonNull(worker).join();
            joined.incrementAndGet();
        }
    }
}
