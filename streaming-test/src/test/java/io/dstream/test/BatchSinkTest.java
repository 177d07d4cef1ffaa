package io.dstream.test;

import static io.dstream.event.PipelineInfo.State.ACTIVE;
import static io.dstream.event.PipelineInfo.State.FAILED;
import static io.dstream.event.PipelineInfo.State.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo.Status;
import io.dstream.function.StreamingException;
import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.output.SinkConflictException;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkUnavailableException;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import io.dstream.scheduler.FailureSettings;
import io.dstream.time.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pipeline does with outputs that take each batch exactly once. */
class BatchSinkTest {

    @TempDir
    private Path temporary;

    private final MemorySink<String> sink = new MemorySink<>("memory");
    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
    private Recorder recorder;
    private StreamingContext context;

    @BeforeEach
    void open() {
        openWith(Failures.attempts(3));
    }

    @AfterEach
    void close() {
        context.stop(false, Duration.ZERO);
        context.close();
    }

    @Test
    void eachBatchIsWrittenByTheWriterOfTheRun() throws Exception {
        runBatch("a", "b");
        runBatch("c");
        assertThat(sink.batches()).containsExactly(List.of("a", "b"), List.of("c"));
        context.stop(true, Duration.ofSeconds(10));
        assertThat(sink.calls()).containsExactly("open default/memory-0", "write", "write", "close");
        context.start();
        assertThat(sink.calls()).endsWith("close", "open default/memory-0");
    }

    @Test
    void theNameOfTheOutputIsAPartOfItsKey() throws Exception {
        reopen(Failures.attempts(1));
        context.queueStream(queue).saveTo(sink).named("words");
        runBatch("a");
        assertThat(sink.calls()).contains("open default/words");
    }

    @Test
    void aSinkThatIsAwayAtTheStartIsOpenedBeforeTheFirstBatch() throws Exception {
        reopenInRealTime();
        context.queueStream(queue).saveTo(sink);
        sink.goAway(3);
        queue.add(context.parallelize(List.of("a")));
        context.start();
        waitAndGoOn();
        awaitWritten("a");
        assertThat(sink.calls().subList(0, 5)).containsOnlyOnce("write").endsWith("open default/memory-0", "write");
    }

    @Test
    void aSinkThatIsAwayLaterMakesItsBatchWait() throws Exception {
        reopenInRealTime();
        context.queueStream(queue).saveTo(sink);
        context.start();
        recorder.awaitBatch();
        sink.goAway(2);
        waitAndGoOn();
        queue.add(context.parallelize(List.of("a")));
        awaitWritten("a");
    }

    @Test
    void aSinkThatDoesNotOpenFailsTheStart() {
        sink.breakBy(new IllegalStateException("there is no such table"));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(context::start)
                .withMessageContaining("memory-0")
                .withMessageContaining("there is no such table");
    }

    @Test
    void oneThatDoesNotOpenWhenItsSystemIsBackHaltsThePipeline() throws Exception {
        sink.goAway(1);
        context.start();
        sink.breakBy(new IllegalStateException("there is no such table"));
        clock.advance(Duration.ofSeconds(1)); // the batch thread may try again
        while (context.info().state() != FAILED) {
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(context.info().problem()).hasMessage("there is no such table");
    }

    @Test
    void aConflictHaltsThePipelineAtOnceWhateverThePolicyIs() throws Exception {
        reopen(Failures.skipAfter(3));
        context.queueStream(queue).saveTo(sink);
        runBatch("a");
        sink.open(new SinkContext("default", "memory-0", clock, Duration.ofSeconds(1)));
        queue.add(context.parallelize(List.of("b")));
        clock.advance(Duration.ofSeconds(1));
        assertThat(recorder.awaitBatch().status()).isEqualTo(Status.FAILED);
        assertThat(recorder.awaitState(FAILED).problem()).isInstanceOf(SinkConflictException.class);
        assertThat(sink.calls().stream().filter("write"::equals)).hasSize(2);
        assertThat(sink.batches()).containsExactly(List.of("a"));
    }

    @Test
    void aBatchThatIsSkippedLeavesNothing() throws Exception {
        reopen(Failures.skipAfter(1));
        context.queueStream(queue).saveTo(sink);
        runBatch("a");
        sink.breakBy(new IllegalStateException("a constraint is violated"));
        queue.add(context.parallelize(List.of("b")));
        clock.advance(Duration.ofSeconds(1));
        assertThat(recorder.awaitBatch().status()).isEqualTo(Status.SKIPPED);
        sink.breakBy(null);
        runBatch("c");
        assertThat(sink.batches()).containsExactly(List.of("a"), List.of("c"));
    }

    @Test
    void newBatchesBeginAfterTheLastOneThatTheSinkHas() throws Exception {
        sink.put(Instant.ofEpochSecond(5), List.of("of an earlier process"));
        queue.add(context.parallelize(List.of("a")));
        context.start();
        clock.advance(Duration.ofSeconds(5));
        assertThat(context.batches()).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(recorder.awaitBatch().batchTime()).isEqualTo(Instant.ofEpochSecond(6));
        assertThat(sink.batches()).containsExactly(List.of("of an earlier process"), List.of("a"));
    }

    @Test
    void aNewBatchIsNeverTakenForOneThatTheSinkHas() throws Exception {
        sink.put(Instant.ofEpochSecond(1), List.of("of an earlier process"));
        sink.goAway(1);
        queue.add(context.parallelize(List.of("a")));
        context.start();
        assertThat(recorder.awaitState(FAILED).problem())
                .isInstanceOf(SinkConflictException.class)
                .hasMessageContaining("1970-01-01T00:00:01Z");
        assertThat(sink.batches()).containsExactly(List.of("of an earlier process"));
    }

    @Test
    void aBatchThatTookEffectBeforeTheCrashHasNoneAgain() {
        try (TestStreamingContext test = new TestStreamingContext(
                config -> config.withCheckpointDirectory(temporary).withWriteAheadLog(true))) {
            TestInput<String> input = test.input();
            input.stream().saveTo(sink);
            input.push("a");
            sink.breakAfterWrite(new IllegalStateException("the process dies"));
            assertThat(test.runFailingBatch().status()).isEqualTo(Status.FAILED);
            sink.breakAfterWrite(null);
            TestStreamingContext after = test.crash();
            TestInput<String> more = after.input();
            more.stream().saveTo(sink);
            more.push("b");
            after.runBatch();
            assertThat(sink.batches()).containsExactly(List.of("a"), List.of("b"));
            assertThat(sink.times()).containsExactly(Instant.ofEpochSecond(1), Instant.ofEpochSecond(2));
        }
    }

    @Test
    void anOutputNeedsASink() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.queueStream(queue).saveTo(null))
                .withMessageContaining("'sink'");
    }

    @Test
    void aFunctionMayTellThatASystemIsAwayToo() throws Exception {
        reopenInRealTime();
        context.queueStream(queue)
                .map(word -> {
                    if (sink.calls().size() < 4) {
                        throw new SinkUnavailableException("looked up in vain", null);
                    }
                    return word;
                })
                .saveTo(sink);
        queue.add(context.parallelize(List.of("a")));
        context.start();
        waitAndGoOn();
        awaitWritten("a");
    }

    @Test
    void thatBatchesAreInMemoryIsToldOnceWhereTheyMayBeMissed() {
        String warning = "[words, memory-0] take each batch once only until it ends";
        StreamingConfig inMemory = StreamingConfig.defaults().withParallelism(1);
        assertThat(logOfStart(inMemory, false)).containsOnlyOnce(warning).containsOnlyOnce("take each batch");
        assertThat(logOfStart(inMemory.withCheckpointDirectory(temporary), false))
                .doesNotContain("take each batch");
        assertThat(logOfStart(inMemory, true)).doesNotContain("take each batch");
        assertThat(logOfStart(inMemory.withClock(clock), false)).doesNotContain("take each batch");
    }

    @Test
    void thatAPipelineBeginsWithNothingIsToldWhenItBegins() {
        StreamingConfig config = StreamingConfig.defaults().withCheckpointDirectory(temporary);
        String told = "Pipeline 'default' begins with nothing, in " + temporary.resolve("default");
        sink.breakBy(new IllegalStateException("refused"));
        assertThat(Log.of(() -> assertThatExceptionOfType(StreamingException.class)
                        .isThrownBy(() -> logOfStart(config, false))))
                .doesNotContain("begins with nothing");
        sink.breakBy(null);
        assertThat(logOfStart(config, false)).containsOnlyOnce(told);
        assertThat(logOfStart(config, false)).doesNotContain("begins with nothing");
    }

    @Test
    void howLongABatchWaitsIsToldInSecondsOrMilliseconds() {
        assertThat(Log.of(() -> waitFor(Duration.ofSeconds(1)))).contains("tries again in 1 s: ");
        assertThat(Log.of(() -> waitFor(Duration.ofMillis(1_500)))).contains("tries again in 1500 ms: ");
    }

    private void waitFor(Duration backoff) {
        reopen(new FailureSettings(FailureSettings.Policy.STOP, 1, backoff, failure -> false));
        context.queueStream(queue).saveTo(sink);
        sink.goAway(1_000);
        context.start();
        try {
            recorder.awaitState(WAITING);
        } catch (InterruptedException end) {
            throw new IllegalStateException(end);
        }
        context.stop(false, Duration.ZERO);
    }

    private String logOfStart(StreamingConfig config, boolean keepsProgress) {
        return Log.of(() -> {
            try (StreamingContext streams = new StreamingContext(config)) {
                DStream<String> lines = streams.inputStream(new SilentSource(keepsProgress));
                lines.saveTo(sink).named("words");
                lines.foreachRDD(rdd -> {});
                lines.saveTo(sink);
                streams.start();
            }
        });
    }

    private void reopen(FailureSettings failure) {
        context.close();
        context = context(failure);
    }

    private void reopenInRealTime() {
        context.close();
        recorder = new Recorder();
        context = new StreamingContext(StreamingConfig.defaults()
                .withBatchInterval(Duration.ofMillis(20))
                .withParallelism(1)
                .withFailure(Failures.attempts(1))
                .withObserver(recorder));
    }

    private void openWith(FailureSettings failure) {
        context = context(failure);
        context.queueStream(queue).saveTo(sink);
    }

    private StreamingContext context(FailureSettings failure) {
        recorder = new Recorder();
        return new StreamingContext(StreamingConfig.defaults()
                .withClock(clock)
                .withParallelism(1)
                .withFailure(failure)
                .withObserver(recorder));
    }

    private void waitAndGoOn() throws InterruptedException {
        recorder.awaitState(WAITING);
        recorder.awaitState(ACTIVE);
    }

    /** Waits for the batch that has rows; it is the only one. */
    private void awaitWritten(String... rows) throws InterruptedException {
        while (rowsWritten().isEmpty()) {
            recorder.awaitBatch();
        }
        assertThat(rowsWritten()).containsExactly(List.of(rows));
    }

    private List<List<String>> rowsWritten() {
        return sink.batches().stream().filter(batch -> !batch.isEmpty()).toList();
    }

    private void runBatch(String... rows) throws InterruptedException {
        context.start();
        queue.add(context.parallelize(List.of(rows)));
        clock.advance(Duration.ofSeconds(1));
        assertThat(recorder.awaitBatch().status()).isEqualTo(Status.COMMITTED);
    }

    /** A source that never has anything. */
    private record SilentSource(boolean keepsProgress) implements InputSource<String> {

        @Override
        public String kind() {
            return "silent";
        }

        @Override
        public void start(InputContext context) {}

        @Override
        public Allocation allocate(Instant batchTime) {
            return new Allocation(0, "", Map.of());
        }

        @Override
        public List<InputPartition<String>> read(Instant batchTime) {
            return List.of();
        }
    }
}
