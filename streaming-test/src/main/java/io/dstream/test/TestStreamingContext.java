package io.dstream.test;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

/**
 * A streaming context on a clock moved by hand: define streams on {@link #context()}, push rows, run batches one by one and
 * read what they put out.
 *
 * <pre>{@code
 * try (TestStreamingContext test = new TestStreamingContext()) {
 *     TestInput<String> lines = test.input();
 *     TestOutput<String> words = test.output(lines.stream().flatMap(WordCount::split));
 *     lines.push("to be", "or not");
 *     test.runBatch();
 *     assertThat(words.last()).containsExactlyInAnyOrder("to", "be", "or", "not");
 * }
 * }</pre>
 *
 * <p>The clock starts at 1970-01-01T00:00:00Z, so that the first batch has the time of one batch interval. Used by one
 * thread.
 */
public final class TestStreamingContext implements AutoCloseable {

    /** A further attempt would wait for a clock that nobody moves. */
    private static final FailureSettings ONE_ATTEMPT =
            new FailureSettings(Policy.STOP, 1, Duration.ofSeconds(1), failure -> false);

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final EndedBatches ended = new EndedBatches();
    private final StreamingContext context;

    /** A context with a batch every second, two threads, and one attempt at each batch. */
    public TestStreamingContext() {
        this(config -> config);
    }

    /**
     * A context with another configuration.
     *
     * @param change gets that of {@link #TestStreamingContext()} and returns the one to use; the clock stays
     */
    public TestStreamingContext(UnaryOperator<StreamingConfig> change) {
        StreamingConfig config =
                change.apply(StreamingConfig.defaults().withParallelism(2).withFailure(ONE_ATTEMPT));
        context = new StreamingContext(config.withClock(clock).withObserver(ended));
    }

    /** Where streams are defined. */
    public StreamingContext context() {
        return context;
    }

    /** The clock, for what must happen between two batches. */
    public ManualClock clock() {
        return clock;
    }

    /** An input of the context's own pipeline; what is pushed to it is in the next batch. */
    public <T> TestInput<T> input() {
        Queue<RDD<T>> queue = new ConcurrentLinkedQueue<>();
        return new TestInput<>(context, queue, context.queueStream(queue, false));
    }

    /** An output that keeps the rows of every batch, in the order of their partitions. */
    public <T> TestOutput<T> output(DStream<T> stream) {
        TestOutput<T> output = new TestOutput<>();
        stream.foreachRDD((rdd, time) -> output.put(time, rdd.collect()));
        return output;
    }

    /** As {@link #output(DStream)}, of pairs. */
    public <K, V> TestOutput<Pair<K, V>> output(PairDStream<K, V> stream) {
        TestOutput<Pair<K, V>> output = new TestOutput<>();
        stream.foreachRDD((rdd, time) -> output.put(time, rdd.collect()));
        return output;
    }

    /**
     * Moves the clock by one batch interval, after starting the context if it was not, and waits for the batch to end.
     *
     * @return the batch, committed, skipped or failed
     * @throws IllegalStateException if it does not end within 30 seconds
     */
    public BatchInfo runBatch() {
        context.start();
        Instant time = clock.now().plus(interval());
        clock.advance(interval());
        return ended.await(context.name(), time);
    }

    /** Runs so many batches, one after the other. */
    public List<BatchInfo> runBatches(int count) {
        List<BatchInfo> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batches.add(runBatch());
        }
        return batches;
    }

    /** Stops at once and closes the context; what was not run is not run. */
    @Override
    public void close() {
        context.stop(false, Duration.ZERO);
        context.close();
    }

    private Duration interval() {
        return context.config().batchInterval();
    }
}
