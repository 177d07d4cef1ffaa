package io.dstream.test;

import static io.dstream.event.PipelineInfo.State.ACTIVE;
import static io.dstream.event.PipelineInfo.State.FAILED;
import static io.dstream.event.PipelineInfo.State.INITIALIZED;
import static io.dstream.event.PipelineInfo.State.STOPPED;
import static io.dstream.event.PipelineInfo.State.STOPPING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.DStream;
import io.dstream.Output;
import io.dstream.PairDStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.StreamingListener;
import io.dstream.function.StreamingException;
import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.input.SourceUnavailableException;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.receiver.Receiver;
import io.dstream.state.StateSpec;
import io.dstream.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LifecycleTest {

    private final TestStreamingContext test = new TestStreamingContext();
    private final StreamingContext context = test.context();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aContextWithoutOutputDoesNotStart() {
        test.input().stream().map(x -> x);
        assertThatIllegalArgumentException()
                .isThrownBy(context::start)
                .withMessageContaining("No output operation is registered in pipeline 'default'")
                .withMessageContaining("print()");
        assertThat(context.info().state()).isEqualTo(INITIALIZED);
    }

    @Test
    void anEmptyContextDoesNotStart() {
        assertThatIllegalArgumentException().isThrownBy(context::start).withMessageContaining("'default'");
    }

    @Test
    void aPipelineWithoutOutputKeepsTheOthersFromStarting() {
        test.output(test.input().stream());
        context.pipeline("broken");
        assertThatIllegalArgumentException().isThrownBy(context::start).withMessageContaining("'broken'");
        assertThat(context.info().state()).isEqualTo(INITIALIZED);
    }

    @Test
    void startFreezesTheDefinition() {
        var stream = test.input().stream();
        test.output(stream);
        context.start();
        assertThatIllegalStateException()
                .isThrownBy(() -> stream.map(x -> x))
                .withMessageContaining("define everything before start()");
        context.stop();
        assertThatIllegalStateException().isThrownBy(stream::print);
    }

    @Test
    void nothingCanBeDefinedAfterTheStart() {
        TestInput<Integer> input = test.input();
        DStream<Integer> stream = input.stream();
        PairDStream<Integer, Integer> pairs = stream.mapToPair(x -> Pair.of(x, x));
        Output output = stream.foreachRDD(rdd -> {});
        context.start();
        for (Runnable definition : List.<Runnable>of(
                () -> stream.filter(x -> true),
                () -> stream.union(stream),
                () -> stream.window(Duration.ofSeconds(2)),
                () -> stream.count(),
                () -> stream.transform(rdd -> rdd),
                () -> stream.foreachRDD(rdd -> {}),
                () -> stream.print(),
                () -> stream.cache(),
                () -> stream.remember(Duration.ofSeconds(1)),
                () -> stream.named("late"),
                () -> output.named("late"),
                () -> pairs.reduceByKey(Integer::sum),
                () -> pairs.join(pairs),
                () -> pairs.updateStateByKey((values, state) -> state),
                () -> pairs.reduceByKeyAndWindow(Integer::sum, Duration.ofSeconds(2)),
                () -> pairs.mapWithState(StateSpec.function((key, value, state) -> key)),
                () -> context.queueStream(new ConcurrentLinkedQueue<>()),
                () -> context.socketTextStream("localhost", 9),
                () -> context.inputStream(new TestSource()),
                () -> context.union(stream, stream),
                () -> context.transform(List.of(stream), (rdds, time) -> context.parallelize(List.of())),
                () -> context.remember(Duration.ofSeconds(1)))) {
            assertThatIllegalStateException()
                    .isThrownBy(definition::run)
                    .withMessageContaining("define everything before start()");
        }
    }

    @Test
    void whatCannotBeChangedAnyMoreIsSaidInTheWordsOfTheCall() {
        DStream<Integer> stream = test.<Integer>input().stream();
        stream.print(0);
        context.start();
        String begin = "Pipeline 'default' was started before, which froze its graph: ";
        assertThatIllegalStateException()
                .isThrownBy(stream::cache)
                .withMessage(
                        begin + "whether and where a stream is cached cannot be changed any more; define everything"
                                + " before start()");
        assertThatIllegalStateException()
                .isThrownBy(stream::print)
                .withMessage(begin + "an output operation cannot be added any more; define everything before start()");
    }

    @Test
    void startingARunningContextDoesNothing() {
        test.output(test.input().stream());
        context.start();
        context.start();
        assertThat(context.info().state()).isEqualTo(ACTIVE);
    }

    @Test
    void stoppingBeforeStartAndTwiceDoesNothing() {
        test.output(test.input().stream());
        context.stop();
        context.start();
        context.stop();
        context.stop();
        assertThat(context.info().state()).isEqualTo(STOPPED);
    }

    @Test
    void aStoppedContextStartsAgainWithTheSameDefinitionAndLaterTimes() {
        TestInput<Integer> numbers = test.input();
        TestOutput<Integer> output = test.output(numbers.stream());
        numbers.push(1);
        BatchInfo before = test.runBatch();
        context.stop();
        numbers.push(2);
        BatchInfo after = test.runBatch();
        assertThat(output.batches()).containsExactly(List.of(1), List.of(2));
        assertThat(after.batchTime()).isAfter(before.batchTime());
    }

    @Test
    void batchTimesIncreaseOverARestartEvenIfTheClockGoesBack() throws Exception {
        StreamingConfig config = StreamingConfig.defaults().withParallelism(1).withClock(test.clock());
        Recorder recorder = new Recorder();
        try (StreamingContext pending = new StreamingContext(config.withObserver(recorder))) {
            TestReceiver<Integer> receiver = new TestReceiver<>();
            pending.receiverStream(receiver).foreachRDD(rdd -> {});
            pending.start();
            receiver.awaitStarted();
            receiver.put(1);
            pending.stop(); // the record is in the batch of second 1, although it is second 0
            assertThat(recorder.awaitBatch().batchTime()).isEqualTo(Instant.ofEpochSecond(1));
            pending.start();
            test.clock().advance(Duration.ofSeconds(2));
            assertThat(recorder.awaitBatch().batchTime()).isEqualTo(Instant.ofEpochSecond(2));
        }
    }

    @Test
    void aClosedContextDoesNotStartAgain() {
        test.output(test.input().stream());
        context.close();
        assertThatIllegalStateException().isThrownBy(context::start).withMessageContaining("closed");
    }

    @Test
    void awaitTerminationReturnsWhenTheContextIsStopped() throws Exception {
        test.output(test.input().stream());
        context.start();
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
            try {
                context.awaitTermination();
            } catch (InterruptedException interruption) {
                throw new IllegalStateException(interruption);
            }
        });
        context.stop();
        waiting.get();
        context.awaitTermination();
        assertThat(context.awaitTermination(Duration.ofSeconds(1))).isTrue();
    }

    @Test
    void awaitTerminationThrowsTheCauseOfAHaltEveryTime() throws Exception {
        IllegalStateException cause = new IllegalStateException("no");
        try (StreamingContext failing = new StreamingContext(realTime())) {
            failing.queueStream(new ConcurrentLinkedQueue<>()).foreachRDD(rdd -> {
                throw cause;
            });
            failing.start();
            assertThatIllegalStateException()
                    .isThrownBy(failing::awaitTermination)
                    .isSameAs(cause);
            failing.stop();
            assertThatIllegalStateException()
                    .isThrownBy(failing::awaitTermination)
                    .isSameAs(cause);
            assertThat(failing.info().state()).isEqualTo(FAILED);
        }
    }

    @Test
    void anInterruptEndsAWaitAndStopsNothing() {
        test.output(test.input().stream());
        context.start();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(context::awaitTermination);
        assertThat(context.info().state()).isEqualTo(ACTIVE);
    }

    @Test
    void anInterruptedStopEndsThePipelineAllTheSame() {
        test.output(test.input().stream());
        context.start();
        Thread.currentThread().interrupt();
        context.stop();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(context.info().state()).isEqualTo(STOPPED);
    }

    @Test
    void everyPipelineKeepsWhatItHasHaltedOn() {
        try (StreamingContext root = new StreamingContext(realTime())) {
            for (String name : List.of("first", "second")) {
                root.pipeline(name).queueStream(new ConcurrentLinkedQueue<>()).foreachRDD(rdd -> {
                    throw new IllegalStateException(name);
                });
            }
            root.start();
            for (StreamingContext pipeline : root.pipelines()) {
                assertThatIllegalStateException()
                        .isThrownBy(pipeline::awaitTermination)
                        .withMessage(pipeline.name());
                assertThat(pipeline.info().problem()).hasMessage(pipeline.name());
            }
            assertThatIllegalStateException().isThrownBy(root::awaitTermination);
        }
    }

    @Test
    void awaitTerminationGivesUpAtItsTimeLimit() throws Exception {
        try (StreamingContext running = new StreamingContext(realTime())) {
            running.queueStream(new ConcurrentLinkedQueue<>()).foreachRDD(rdd -> {});
            running.start();
            assertThat(running.awaitTermination(Duration.ofMillis(30))).isFalse();
        }
    }

    @Test
    void stopFromInsideABatchDoesNotWaitForItself() throws Exception {
        TestInput<Integer> numbers = test.input();
        numbers.stream().foreachRDD(rdd -> context.stop());
        assertThat(test.runBatch().status()).isEqualTo(BatchInfo.Status.COMMITTED);
        context.awaitTermination();
    }

    @Test
    void stopFromInsideATaskDoesNotWaitForItself() throws Exception {
        TestInput<Integer> numbers = test.input();
        numbers.stream().foreachRDD(rdd -> rdd.foreachPartition(rows -> context.stop()));
        numbers.push(1, 2, 3);
        assertThat(test.runBatch().status()).isEqualTo(BatchInfo.Status.COMMITTED);
        context.awaitTermination();
    }

    @ParameterizedTest
    @ValueSource(strings = {"listener", "observer", "transform", "receiver"})
    void stopFromAnyThreadOfTheLibraryDoesNotWaitForItself(String where) throws Exception {
        AtomicReference<StreamingContext> stopped = new AtomicReference<>();
        StreamingListener stopping = new StreamingListener() {
            @Override
            public void onBatchSubmitted(BatchInfo batch) {
                stopped.get().stop();
            }
        };
        StreamingConfig config = where.equals("observer") ? realTime().withObserver(stopping) : realTime();
        try (StreamingContext context = new StreamingContext(config)) {
            stopped.set(context);
            context.receiverStream(new Receiver<Integer>() {
                        @Override
                        protected void onStart() {
                            if (where.equals("receiver")) {
                                context.stop();
                            }
                        }

                        @Override
                        protected void onStop() {}
                    })
                    .transform(rdd -> {
                        if (where.equals("transform")) {
                            context.stop();
                        }
                        return rdd;
                    })
                    .foreachRDD(rdd -> {});
            if (where.equals("listener")) {
                context.addStreamingListener(stopping);
            }
            context.start();
            context.awaitTermination();
            assertThat(context.info().state()).isEqualTo(STOPPED);
        }
    }

    @Test
    void aGracefulStopDoesNotWaitForItsTimeLimitIfNoOutputIsDueInTheLastBatch() throws Exception {
        TestReceiver<Integer> receiver = new TestReceiver<>();
        TestOutput<Integer> output =
                test.output(context.receiverStream(receiver).window(Duration.ofSeconds(3), Duration.ofSeconds(3)));
        context.start();
        receiver.awaitStarted();
        receiver.put(1);
        context.stop(); // the clock stands still, so a wait for a time would not end
        assertThat(context.info().state()).isEqualTo(STOPPED);
        assertThat(context.batches()).singleElement().satisfies(batch -> assertThat(batch.status())
                .isEqualTo(BatchInfo.Status.COMMITTED));
        assertThat(output.batches()).isEmpty();
    }

    @Test
    void aGracefulStopDoesNotWaitForItsTimeLimitIfTheLastBatchFails() throws Exception {
        TestReceiver<Integer> receiver = new TestReceiver<>();
        context.receiverStream(receiver).foreachRDD(rdd -> {
            throw new IllegalStateException("last");
        });
        context.start();
        receiver.awaitStarted();
        receiver.put(1);
        context.stop();
        assertThat(context.info().state()).isEqualTo(FAILED);
        assertThat(context.info().problem()).hasMessage("last");
        assertThatIllegalStateException().isThrownBy(test::close).withMessageContaining("last");
    }

    @Test
    void aStopThatIsNotGracefulCutsOffWhatRunsAndCommitsNothing() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        Recorder recorder = new Recorder();
        try (StreamingContext blocked = new StreamingContext(realTime().withObserver(recorder))) {
            blocked.queueStream(new ConcurrentLinkedQueue<>()).foreachRDD(rdd -> {
                running.countDown();
                new CountDownLatch(1).await();
            });
            blocked.start();
            running.await();
            blocked.stop(false, Duration.ZERO);
            assertThat(blocked.info().state()).isEqualTo(STOPPED);
            assertThat(blocked.batches()).isEmpty();
            recorder.awaitState(STOPPED);
        }
        assertThat(recorder.log()).doesNotContain("batch COMMITTED", "batch FAILED");
    }

    @Test
    void aGracefulStopIsCutOffAtItsTimeLimit() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        try (StreamingContext blocked = new StreamingContext(realTime())) {
            blocked.queueStream(new ConcurrentLinkedQueue<>()).foreachRDD(rdd -> {
                running.countDown();
                new CountDownLatch(1).await();
            });
            blocked.start();
            running.await();
            blocked.stop(true, Duration.ofMillis(50));
            assertThat(blocked.info().state()).isEqualTo(STOPPED);
        }
    }

    @Test
    void aStopThatIsNotGracefulIsNeverTakenForOneThatIs() {
        for (int round = 0; round < 50; round++) { // the ticker may see the stop at any moment
            StopSource source = new StopSource();
            ManualClock clock = new ManualClock(Instant.EPOCH);
            try (StreamingContext late = new StreamingContext(realTime().withClock(clock))) {
                late.inputStream(source).foreachRDD(rdd -> {});
                late.start();
                clock.advance(Duration.ofMillis(100));
                source.awaitAllocations(10);
                late.stop(false, Duration.ZERO);
            }
            assertThat(source.isToldToStop()).isFalse();
        }
    }

    @Test
    void anInputIsClosedInPeaceAlthoughTheTimeForTheStopIsOver() throws Exception {
        SlowlyClosedSource source = new SlowlyClosedSource();
        try (StreamingContext stopped = new StreamingContext(realTime())) {
            stopped.inputStream(source).foreachRDD(rdd -> {});
            stopped.start();
            CompletableFuture<Void> first = CompletableFuture.runAsync(() -> stopped.stop(false, Duration.ZERO));
            source.closing.await();
            stopped.stop(false, Duration.ZERO); // cuts off once more what is already being closed
            source.release.countDown();
            first.join();
        }
        assertThat(source.interrupted).isFalse();
    }

    @Test
    void aBatchThatDoesNotAnswerToAnInterruptIsLeftBehindAndDoesNothingMore() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Queue<Instant> second = new ConcurrentLinkedQueue<>();
        try (StreamingContext stubborn = new StreamingContext(realTime())) {
            DStream<Object> stream = stubborn.queueStream(new ConcurrentLinkedQueue<>());
            stream.foreachRDD(rdd -> {
                running.countDown();
                awaitUninterruptibly(release);
            });
            stream.foreachRDD((rdd, time) -> second.add(time));
            stubborn.start();
            running.await();
            Instant hung = stubborn.batches().get(stubborn.batches().size() - 1).batchTime();
            stubborn.stop(false, Duration.ZERO);
            assertThat(stubborn.info().state()).isEqualTo(STOPPED);
            assertThatIllegalStateException()
                    .isThrownBy(stubborn::start)
                    .withMessageContaining("a thread of its last run has not ended");
            release.countDown();
            stubborn.start(); // waits for that thread
            assertThat(second).doesNotContain(hung);
            assertThat(stubborn.batches()).noneMatch(batch -> batch.batchTime().equals(hung));
        }
    }

    @Test
    void aPipelineThatHasJustHaltedStartsAgainAtOnce() throws Exception {
        AtomicInteger batches = new AtomicInteger();
        Recorder recorder = new Recorder();
        try (StreamingContext failing = new StreamingContext(realTime().withObserver(recorder))) {
            failing.queueStream(new ConcurrentLinkedQueue<>()).foreachRDD(rdd -> {
                if (batches.incrementAndGet() % 2 == 1) {
                    throw new IllegalStateException("odd");
                }
            });
            for (int round = 0; round < 20; round++) {
                failing.start();
                assertThatIllegalStateException().isThrownBy(failing::awaitTermination);
                failing.start();
                recorder.await(BatchInfo.class, batch -> batch.status() == BatchInfo.Status.COMMITTED);
                failing.stop(false, Duration.ZERO);
                batches.set(0);
            }
        }
    }

    @Test
    void aCloseWhileAnInputStartsIsNotForgotten() throws Exception {
        CountDownLatch starting = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        StreamingContext closed = new StreamingContext(realTime());
        closed.inputStream(new TestSource() {
                    @Override
                    public void start(InputContext inputContext) {
                        starting.countDown();
                        awaitUninterruptibly(release);
                    }
                })
                .foreachRDD(rdd -> {});
        Thread start = new Thread(closed::start);
        start.setUncaughtExceptionHandler(
                (thread, refusal) -> {}); // the context may be closed before its start returns
        start.start();
        starting.await();
        Thread close = new Thread(closed::close);
        close.start();
        awaitState(closed, STOPPING);
        release.countDown();
        close.join();
        start.join();
        assertThat(closed.info().state()).isEqualTo(STOPPED);
    }

    @Test
    void anInputThatFailsToResumeDoesNotKeepTheEndFromBeingTold() throws Exception {
        Recorder recorder = new Recorder();
        AtomicInteger attempts = new AtomicInteger();
        try (StreamingContext context = new StreamingContext(realTime().withObserver(recorder))) {
            context.inputStream(new TestSource() {
                        @Override
                        public void resume() {
                            throw new IllegalStateException("cannot resume");
                        }
                    })
                    .foreachRDD(rdd -> {
                        if (attempts.incrementAndGet() == 1) {
                            throw new SourceUnavailableException("away", null);
                        }
                    });
            context.start();
            recorder.await(BatchInfo.class, batch -> batch.status() == BatchInfo.Status.COMMITTED);
            context.stop();
            context.awaitTermination();
            recorder.awaitState(STOPPED);
        }
    }

    @Test
    void aCloseFromInsideABatchLetsTheOtherPipelinesFinish() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        Recorder recorder = new Recorder();
        StreamingContext context = new StreamingContext(realTime().withObserver(recorder));
        RDD<Integer> numbers = context.parallelize(List.of(1, 2), 2);
        context.pipeline("slow")
                .queueStream(new ConcurrentLinkedQueue<>())
                .foreachRDD(rdd -> numbers.foreach(x -> {
                    running.countDown();
                    closing.await();
                }));
        context.pipeline("closing").queueStream(new ConcurrentLinkedQueue<>()).foreachRDD(rdd -> {
            running.await();
            context.close();
            closing.countDown();
        });
        context.start();
        context.awaitTermination();
        assertThat(recorder.log()).doesNotContain("batch FAILED", "pipeline FAILED");
    }

    @Test
    void anInputThatDoesNotStartKeepsTheContextFromStarting() {
        context.inputStream(new BrokenSource()).print();
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(context::start)
                .withMessage("Input 'broken-0' of pipeline 'default' does not start: no such device")
                .withCauseInstanceOf(IOException.class);
        assertThat(context.info().state()).isEqualTo(STOPPED);
    }

    @Test
    void pipelinesStartStopAndRestartAlone() {
        StreamingContext orders = context.pipeline("orders");
        StreamingContext bills = context.pipeline("bills", context.config().withBatchInterval(Duration.ofMillis(50)));
        orders.queueStream(new ConcurrentLinkedQueue<>()).foreachRDD(rdd -> {});
        bills.queueStream(new ConcurrentLinkedQueue<>()).foreachRDD(rdd -> {});
        context.start();
        orders.stop();
        assertThat(orders.info().state()).isEqualTo(STOPPED);
        assertThat(bills.info().state()).isEqualTo(ACTIVE);
        assertThat(bills.info().batchInterval()).isEqualTo(Duration.ofMillis(50));
        orders.start();
        assertThat(orders.info().state()).isEqualTo(ACTIVE);
        context.stop();
        assertThat(context.pipelines())
                .extracting(pipeline -> pipeline.name() + " " + pipeline.info().state())
                .containsExactly("orders STOPPED", "bills STOPPED");
    }

    @Test
    void pipelinesOfOneNameAreRefused() {
        context.pipeline("orders");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.pipeline("orders"))
                .withMessage("There is a pipeline 'orders' already; names of pipelines must be unique");
        assertThatIllegalArgumentException().isThrownBy(() -> context.pipeline("default"));
        assertThatIllegalArgumentException().isThrownBy(() -> context.pipeline("a/b"));
    }

    @Test
    void whatPipelinesShareCannotBeConfiguredForOne() {
        StreamingConfig other = context.config().withClock(new ManualClock(Instant.EPOCH));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.pipeline("orders", other))
                .withMessageContaining("'orders'")
                .withMessageContaining("share those of the root context");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.pipeline("orders", context.config().withParallelism(9)));
    }

    @Test
    void aPipelineHasNoPipelinesOfItsOwn() {
        StreamingContext orders = context.pipeline("orders");
        assertThatIllegalStateException()
                .isThrownBy(() -> orders.pipeline("deeper"))
                .withMessageContaining("derive 'deeper' from the root context");
    }

    @Test
    void severalContextsLiveInOneProcess() {
        try (TestStreamingContext other = new TestStreamingContext()) {
            TestInput<Integer> here = test.input();
            TestInput<Integer> there = other.input();
            TestOutput<Integer> hereOut = test.output(here.stream());
            TestOutput<Integer> thereOut = other.output(there.stream());
            here.push(1);
            there.push(2);
            test.runBatch();
            other.runBatch();
            assertThat(hereOut.last()).containsExactly(1);
            assertThat(thereOut.last()).containsExactly(2);
        }
    }

    @Test
    void batchTimesAreMultiplesOfTheBatchIntervalAfterTheStart() throws Exception {
        for (long start : List.of(1_001L, 1_250L, 1_499L)) {
            assertThat(firstBatchAfter(Instant.ofEpochMilli(start))).isEqualTo(Instant.ofEpochMilli(1_500));
        }
        assertThat(firstBatchAfter(Instant.ofEpochMilli(1_500))).isEqualTo(Instant.ofEpochMilli(2_000));
    }

    @Test
    void missedTicksFollowEachOtherInOrder() throws Exception {
        Recorder recorder = new Recorder();
        StreamingConfig config = StreamingConfig.defaults().withParallelism(1).withClock(test.clock());
        try (StreamingContext late = new StreamingContext(config.withObserver(recorder))) {
            late.queueStream(new ConcurrentLinkedQueue<>()).foreachRDD(rdd -> {});
            late.start();
            test.clock().advance(Duration.ofSeconds(5));
            for (int second = 1; second <= 5; second++) {
                assertThat(recorder.awaitBatch().batchTime()).isEqualTo(Instant.ofEpochSecond(second));
            }
        }
    }

    @Test
    void configurationsThatCannotWorkAreRefused() {
        StreamingConfig config = StreamingConfig.defaults();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withBatchInterval(Duration.ZERO))
                .withMessageContaining("'batchInterval'")
                .withMessageContaining("PT0S");
        assertThatIllegalArgumentException().isThrownBy(() -> config.withBatchInterval(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withBatchInterval(Duration.ofNanos(1_500_000)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withParallelism(0))
                .withMessage("'parallelism' must be at least 1, but was 0");
        assertThatIllegalArgumentException().isThrownBy(() -> config.withMaxRecordsPerBatch(0));
    }

    private static StreamingConfig realTime() {
        return StreamingConfig.defaults()
                .withParallelism(2)
                .withBatchInterval(Duration.ofMillis(5))
                .withFailure(Failures.attempts(1));
    }

    private static Instant firstBatchAfter(Instant start) throws InterruptedException {
        Recorder recorder = new Recorder();
        ManualClock clock = new ManualClock(start);
        try (StreamingContext context = new StreamingContext(realTime()
                .withBatchInterval(Duration.ofMillis(500))
                .withClock(clock)
                .withObserver(recorder))) {
            context.queueStream(new ConcurrentLinkedQueue<>()).foreachRDD(rdd -> {});
            context.start();
            clock.advance(Duration.ofMillis(500));
            return recorder.awaitBatch().batchTime();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean released = false;
        while (!released) {
            try {
                latch.await();
                released = true;
            } catch (InterruptedException ignored) {
                Thread.onSpinWait();
            }
        }
    }

    private static void awaitState(StreamingContext context, PipelineInfo.State state) {
        while (context.info().state() != state) {
            Thread.onSpinWait();
        }
    }

    /** A source whose system cannot be reached at the start. */
    private static final class BrokenSource extends TestSource {

        @Override
        public String kind() {
            return "broken";
        }

        @Override
        public void start(InputContext inputContext) throws IOException {
            throw new IOException("no such device");
        }
    }

    /** A source whose close takes as long as the test says. */
    private static final class SlowlyClosedSource extends TestSource {

        private final CountDownLatch closing = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);
        private volatile boolean interrupted;

        @Override
        public void close() {
            closing.countDown();
            try {
                release.await();
            } catch (InterruptedException end) {
                interrupted = true;
            }
        }
    }

    /** A source that is asked how many batches it was in, and whether it was told to take in no more. */
    private static final class StopSource extends TestSource {

        private final AtomicInteger allocations = new AtomicInteger();
        private volatile boolean toldToStop;

        @Override
        public Allocation allocate(Instant batchTime) {
            allocations.incrementAndGet();
            return super.allocate(batchTime);
        }

        @Override
        public void initiateStop() {
            toldToStop = true;
        }

        void awaitAllocations(int count) {
            while (allocations.get() < count) {
                Thread.onSpinWait();
            }
        }

        boolean isToldToStop() {
            return toldToStop;
        }
    }

    /** A source without records. */
    private static class TestSource implements InputSource<String> {

        @Override
        public String kind() {
            return "test";
        }

        @Override
        public void start(InputContext inputContext) throws Exception {}

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
