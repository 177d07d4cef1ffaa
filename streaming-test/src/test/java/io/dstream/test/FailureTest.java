package io.dstream.test;

import static io.dstream.event.PipelineInfo.State.ACTIVE;
import static io.dstream.event.PipelineInfo.State.FAILED;
import static io.dstream.event.PipelineInfo.State.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo;
import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.input.SourceUnavailableException;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both kinds of failure: of the surroundings, which is waited for, and of the processing, which is tried again a few times. */
class FailureTest {

    private final Recorder recorder = new Recorder();
    private final Queue<RDD<Integer>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private StreamingContext context = new StreamingContext(realTime(Failures.attempts(3)));

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void aFailedOutputIsTriedAgainAndTheBatchCommitted() throws Exception {
        context.queueStream(queue).foreachRDD(rdd -> failBefore(3));
        context.start();
        BatchInfo batch = recorder.awaitBatch();
        assertThat(batch.status()).isEqualTo(Status.COMMITTED);
        assertThat(batch.failureReason()).isEqualTo("java.lang.IllegalStateException: attempt 2");
        assertThat(batch.outputs()).singleElement().satisfies(output -> {
            assertThat(output.output()).isEqualTo("foreachRDD-0");
            assertThat(output.failureReason()).isNull();
            assertThat(output.duration()).isNotNull();
        });
    }

    @Test
    void anOutputThatSucceededDoesNotRunAgainNorDoTransformFunctions() throws Exception {
        Queue<Instant> first = new ConcurrentLinkedQueue<>();
        Queue<Instant> planned = new ConcurrentLinkedQueue<>();
        var stream = context.queueStream(queue).transform((rdd, time) -> {
            planned.add(time);
            return rdd;
        });
        stream.foreachRDD((rdd, time) -> first.add(time)).named("first");
        stream.foreachRDD(rdd -> failBefore(3)).named("second");
        context.start();
        BatchInfo batch = recorder.awaitBatch();
        assertThat(batch.status()).isEqualTo(Status.COMMITTED);
        assertThat(planned).containsOnlyOnce(batch.batchTime());
        assertThat(first).containsOnlyOnce(batch.batchTime());
        assertThat(recorder.log().stream()
                        .filter(event -> !event.equals("batch QUEUED"))
                        .limit(10))
                .containsExactly(
                        "pipeline ACTIVE",
                        "batch PROCESSING",
                        "output first started",
                        "output first succeeded",
                        "output second started",
                        "output second failed",
                        "output second started",
                        "output second failed",
                        "output second started",
                        "output second succeeded");
    }

    @Test
    void aFailedPlanIsRolledBackAndMadeAnew() throws Exception {
        Queue<Instant> planned = new ConcurrentLinkedQueue<>();
        context.queueStream(queue)
                .transform((rdd, time) -> {
                    planned.add(time);
                    return rdd;
                })
                .transform(rdd -> {
                    failBefore(2);
                    return rdd;
                })
                .foreachRDD(rdd -> {});
        context.start();
        BatchInfo batch = recorder.awaitBatch();
        assertThat(batch.status()).isEqualTo(Status.COMMITTED);
        assertThat(planned).startsWith(batch.batchTime(), batch.batchTime());
        assertThat(planned.stream().filter(batch.batchTime()::equals)).hasSize(2);
    }

    @Test
    void whenAttemptsAreUsedUpThePipelineHaltsAndTheOthersGoOn() throws Exception {
        StreamingContext broken = context.pipeline("broken");
        StreamingContext sound = context.pipeline("sound");
        broken.queueStream(queue).foreachRDD(rdd -> failBefore(Integer.MAX_VALUE));
        sound.queueStream(queue).foreachRDD(rdd -> {});
        context.start();
        PipelineInfo halted = recorder.awaitState(FAILED);
        assertThat(halted.pipeline()).isEqualTo("broken");
        assertThat(halted.problem()).hasMessage("attempt 3");
        assertThat(attempts).hasValue(3);
        assertThat(broken.batches()).singleElement().satisfies(batch -> {
            assertThat(batch.status()).isEqualTo(Status.FAILED);
            assertThat(batch.failureReason()).contains("attempt 3");
        });
        assertThat(recorder.awaitBatch().pipeline()).isEqualTo("sound");
        assertThat(sound.info().state()).isEqualTo(ACTIVE);
    }

    @Test
    void aHaltedPipelineCanBeStartedAgain() throws Exception {
        context.queueStream(queue).foreachRDD(rdd -> failBefore(4));
        context.start();
        recorder.awaitState(FAILED);
        context.start();
        recorder.awaitState(ACTIVE);
        assertThat(recorder.awaitBatch().status()).isEqualTo(Status.COMMITTED);
        assertThat(context.info().problem()).isNull();
    }

    @Test
    void thePolicySkipCommitsTheBatchWithoutEffectAndGoesOn() throws Exception {
        restartWith(Failures.skipAfter(2));
        context.queueStream(queue).foreachRDD(rdd -> {
            if (!rdd.isEmpty()) {
                throw new IllegalStateException("poison");
            }
        });
        queue.add(context.parallelize(List.of(1)));
        context.start();
        assertThat(recorder.awaitBatch().status()).isEqualTo(Status.SKIPPED);
        assertThat(recorder.awaitBatch().status()).isEqualTo(Status.COMMITTED);
        assertThat(context.info().state()).isEqualTo(ACTIVE);
    }

    @Test
    void aBatchThatIsSkippedIsToldWithWhatItHad() {
        restartWith(Failures.skipAfter(1));
        context.queueStream(queue).map(x -> 10 / (x - 1)).print();
        context.inputStream(new FlakySource()).print();
        queue.add(context.parallelize(List.of(1, 2, 3)));
        String log = Log.of(() -> {
            context.start();
            assertThatNoException().isThrownBy(recorder::awaitBatch);
        });
        assertThat(log).contains("its records count for nothing: [queue-0: 3, flaky-0: 1 (one number)]");
    }

    @Test
    void aFunctionThatThrowsOnTheThirdRecordFailsTheBatchAndNamesTheFailure() throws Exception {
        context.queueStream(queue)
                .map(x -> {
                    if (x == 3) {
                        throw new IllegalArgumentException("cannot read record 3");
                    }
                    return x;
                })
                .print();
        queue.add(context.parallelize(List.of(1, 2, 3)));
        context.start();
        PipelineInfo halted = recorder.awaitState(FAILED);
        assertThat(halted.problem())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot read record 3");
    }

    @ParameterizedTest
    @MethodSource
    void whateverIsThrownIsAFailureLikeAnyOther(Throwable thrown) throws Exception {
        restartWith(Failures.attempts(1));
        context.queueStream(queue).foreachRDD(rdd -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown;
        });
        context.start();
        assertThat(recorder.awaitState(FAILED).problem()).isSameAs(thrown);
    }

    static Stream<Throwable> whateverIsThrownIsAFailureLikeAnyOther() {
        return Stream.of(
                new NoClassDefFoundError("com/example/Gone"),
                new StackOverflowError(),
                new OutOfMemoryError("by the user's own count"),
                new InterruptedException("by nobody"),
                new IOException("disk"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aBatchFailsOnceWhicheverOfItsOutputsFails(int failing) throws Exception {
        restartWith(Failures.attempts(1));
        for (int output = 0; output < 2; output++) {
            boolean fails = output == failing;
            context.queueStream(queue).foreachRDD(rdd -> {
                if (fails) {
                    throw new IllegalStateException("an output failed");
                }
            });
        }
        context.start();
        recorder.awaitState(FAILED);
        assertThat(recorder.log().stream().filter(event -> event.equals("batch FAILED")))
                .hasSize(1);
        assertThat(recorder.log()).doesNotContain("batch COMMITTED");
        assertThat(context.batches()).singleElement().satisfies(batch -> {
            assertThat(batch.failureReason()).contains("an output failed");
            assertThat(batch.outputs()).hasSize(failing + 1);
        });
    }

    @Test
    void surroundingsThatAreAwayAreWaitedForWithoutCountingAttempts() throws Exception {
        restartWith(Failures.attempts(1));
        context.queueStream(queue).foreachRDD(rdd -> {
            if (attempts.incrementAndGet() < 5) {
                throw new SourceUnavailableException("the database is away", null);
            }
        });
        context.start();
        PipelineInfo waiting = recorder.awaitState(WAITING);
        assertThat(waiting.problem()).hasMessage("the database is away");
        recorder.awaitState(ACTIVE);
        BatchInfo batch = recorder.awaitBatch();
        assertThat(batch.status()).isEqualTo(Status.COMMITTED);
        List<BatchInfo> batches = context.batches();
        assertThat(batches.get(batches.size() - 1).batchTime()).isEqualTo(batch.batchTime());
        assertThat(context.info().problem()).isNull();
    }

    @Test
    void whatCountsAsSurroundingsCanBeTold() throws Exception {
        restartWith(new FailureSettings(
                Policy.STOP, 1, Duration.ofMillis(1), failure -> failure instanceof ConnectException));
        context.queueStream(queue).foreachRDD(rdd -> {
            if (attempts.incrementAndGet() < 3) {
                throw new UncheckedIOException(new ConnectException("refused"));
            }
        });
        context.start();
        assertThat(recorder.awaitState(WAITING).problem()).hasRootCauseMessage("refused");
        assertThat(recorder.awaitBatch().status()).isEqualTo(Status.COMMITTED);
    }

    @Test
    void anInputWhoseSystemIsAwayMakesItsBatchWaitAndLosesNothing() throws Exception {
        FlakySource source = new FlakySource();
        List<Integer> seen = new CopyOnWriteArrayList<>();
        context.inputStream(source).foreachRDD(rdd -> seen.addAll(rdd.collect()));
        source.away.set(true);
        context.start();
        recorder.awaitState(WAITING);
        assertThat(source.paused).isTrue();
        source.away.set(false);
        recorder.awaitState(ACTIVE);
        assertThat(source.paused).isFalse();
        while (seen.size() < 10) {
            recorder.awaitBatch();
        }
        assertThat(seen.subList(0, 10)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void anInputThatFailsByItselfHaltsThePipelineWithTheBatchFailed() throws Exception {
        FlakySource source = new FlakySource();
        source.broken.set(true);
        context.inputStream(source).foreachRDD(rdd -> {});
        context.start();
        assertThat(recorder.awaitBatch().status()).isEqualTo(Status.FAILED);
        assertThat(recorder.awaitState(FAILED).problem()).hasMessage("the source has a bug");
    }

    @Test
    void aStopEndsAWaitForTheSurroundings() throws Exception {
        context.queueStream(queue).foreachRDD(rdd -> {
            throw new SourceUnavailableException("away for ever", null);
        });
        context.start();
        recorder.awaitState(WAITING);
        context.stop(true, Duration.ofMillis(20));
        assertThat(context.info().state()).isEqualTo(PipelineInfo.State.STOPPED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void ofTwoPipelinesOneMayBlockForEver(int parallelism) throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        AtomicInteger sum = new AtomicInteger();
        context.close();
        context = new StreamingContext(realTime(Failures.attempts(1)).withParallelism(parallelism));
        RDD<Integer> numbers = context.parallelize(List.of(1, 2, 3, 4), 4);
        context.pipeline("blocking")
                .queueStream(queue)
                .foreachRDD(rdd -> numbers.foreach(x -> {
                    blocked.countDown();
                    new CountDownLatch(1).await();
                }));
        context.pipeline("moving").queueStream(queue).foreachRDD(rdd -> sum.addAndGet(numbers.reduce(Integer::sum)));
        context.start();
        blocked.await();
        for (int i = 0; i < 5; i++) {
            assertThat(recorder.awaitBatch().pipeline()).isEqualTo("moving");
        }
        assertThat(sum.get()).isGreaterThanOrEqualTo(50);
        context.stop(false, Duration.ZERO);
    }

    @Test
    void settingsThatCannotWorkAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Failures.attempts(0))
                .withMessage("'maxAttempts' must be at least 1, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FailureSettings(Policy.STOP, 1, Duration.ZERO, failure -> false))
                .withMessageContaining("'backoff' must be at least 1 ms");
    }

    private void failBefore(int lastAttempt) {
        int attempt = attempts.incrementAndGet();
        if (attempt < lastAttempt) {
            throw new IllegalStateException("attempt " + attempt);
        }
    }

    private void restartWith(FailureSettings failure) {
        context.close();
        context = new StreamingContext(realTime(failure));
    }

    private StreamingConfig realTime(FailureSettings failure) {
        return StreamingConfig.defaults()
                .withParallelism(2)
                .withBatchInterval(Duration.ofMillis(5))
                .withFailure(failure)
                .withObserver(recorder);
    }

    /** Counts up, one number a batch, when its system is there. */
    private static final class FlakySource implements InputSource<Integer> {

        private final AtomicBoolean away = new AtomicBoolean();
        private final AtomicBoolean broken = new AtomicBoolean();
        private final AtomicBoolean paused = new AtomicBoolean();
        private final AtomicInteger next = new AtomicInteger();
        private final Map<Instant, Integer> numbers = new ConcurrentHashMap<>();

        @Override
        public String kind() {
            return "flaky";
        }

        @Override
        public void start(InputContext inputContext) {}

        @Override
        public Allocation allocate(Instant batchTime) {
            if (away.get()) {
                throw new SourceUnavailableException("the system is away", null);
            }
            if (broken.get()) {
                throw new IllegalStateException("the source has a bug");
            }
            return new Allocation(1, "one number");
        }

        @Override
        public List<InputPartition<Integer>> read(Instant batchTime) {
            return List.of(
                    InputPartition.of(List.of(numbers.computeIfAbsent(batchTime, time -> next.getAndIncrement()))));
        }

        @Override
        public void pause() {
            paused.set(true);
        }

        @Override
        public void resume() {
            paused.set(false);
        }
    }
}
