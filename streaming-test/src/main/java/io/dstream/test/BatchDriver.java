package io.dstream.test;

import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo;
import io.dstream.event.PipelineInfo.State;
import io.dstream.event.StreamingListener;
import io.dstream.time.ManualClock;
import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves the clock of a context to the next batch of one of its pipelines, and waits for the batches that are due then.
 *
 * <p>Used by one thread, beside what it is told as a listener.
 */
final class BatchDriver implements StreamingListener {

    private final ManualClock clock = new ManualClock(Instant.EPOCH);

    // Mutable state
    private final Map<String, BatchInfo> ended = new ConcurrentHashMap<>(); // the last of each pipeline
    private final Queue<BatchInfo> failures = new ConcurrentLinkedQueue<>(); // that the test was not told of
    private volatile Signal change = new Signal(); // set and replaced whenever a batch or a pipeline has changed
    private Duration timeout = Duration.ofSeconds(30);

    ManualClock clock() {
        return clock;
    }

    Duration timeout() {
        return timeout;
    }

    void setTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("'timeout' must be positive, but was " + timeout);
        }
        this.timeout = timeout;
    }

    /**
     * Runs the next batch of a pipeline that was started, and what is due of the others that run.
     *
     * @param all the pipelines on the clock
     * @throws IllegalStateException if a batch does not end
     */
    BatchInfo run(StreamingContext pipeline, List<StreamingContext> all) {
        Instant before = clock.now();
        Instant time = nextBatchTime(pipeline);
        clock.advance(Duration.between(before, time));
        all.stream().filter(other -> other != pipeline).forEach(other -> awaitLast(other, before));
        return await(pipeline, time);
    }

    /**
     * Moves the clock from batch to batch of those that run, and at last to the end of a time.
     *
     * @param all the pipelines on the clock
     * @throws IllegalStateException if a batch does not end
     */
    void advance(Duration duration, List<StreamingContext> all) {
        Instant end = clock.now().plus(duration);
        for (Instant next = nextStop(all, end); clock.now().isBefore(next); next = nextStop(all, end)) {
            Instant before = clock.now();
            clock.advance(Duration.between(before, next));
            all.forEach(pipeline -> awaitLast(pipeline, before));
        }
    }

    /** The time of the next batch of any pipeline that runs, but no later than an end. */
    private Instant nextStop(List<StreamingContext> all, Instant end) {
        return all.stream()
                .filter(BatchDriver::runs)
                .map(this::nextBatchTime)
                .filter(time -> time.isBefore(end))
                .min(Instant::compareTo)
                .orElse(end);
    }

    private static boolean runs(StreamingContext pipeline) {
        State state = pipeline.info().state();
        return state != State.INITIALIZED && !state.isEnd();
    }

    /** The batches that failed or were skipped since this was asked last, of all pipelines. */
    List<BatchInfo> takeFailures() {
        List<BatchInfo> taken = new ArrayList<>();
        for (BatchInfo next = failures.poll(); next != null; next = failures.poll()) {
            taken.add(next);
        }
        return taken;
    }

    @Override
    public void onBatchCompleted(BatchInfo batch) {
        if (batch.status() != Status.COMMITTED) {
            failures.add(batch);
        }
        ended.put(batch.pipeline(), batch);
        tellChange();
    }

    @Override
    public void onPipelineChanged(PipelineInfo pipeline) {
        tellChange();
    }

    private synchronized void tellChange() {
        Signal past = change;
        change = new Signal();
        past.set();
    }

    /**
     * Starts a pipeline if it was not or was stopped.
     *
     * @throws IllegalStateException if it has halted
     */
    void start(StreamingContext pipeline) {
        PipelineInfo info = pipeline.info();
        if (info.state() == State.FAILED) {
            throw new IllegalStateException(
                    "Pipeline '" + pipeline.name() + "' has halted on " + info.problem()
                            + ", so it runs no further batch; call start() on its context to start it again",
                    info.problem());
        }
        if (info.state() == State.INITIALIZED || info.state() == State.STOPPED) {
            pipeline.start();
        }
    }

    /** The first multiple of the batch interval after now and after the last batch, which a graceful stop may have hurried. */
    private Instant nextBatchTime(StreamingContext pipeline) {
        Instant now = clock.now();
        BatchInfo last = ended.get(pipeline.name());
        Instant after = last == null || last.batchTime().isBefore(now) ? now : last.batchTime();
        return lastMultiple(pipeline, after).plus(pipeline.config().batchInterval());
    }

    private static Instant lastMultiple(StreamingContext pipeline, Instant upTo) {
        long millis = pipeline.config().batchInterval().toMillis();
        return Instant.ofEpochMilli(Math.floorDiv(upTo.toEpochMilli(), millis) * millis);
    }

    /** Waits for the last batch that is due after a time, and with it for those before. */
    private void awaitLast(StreamingContext pipeline, Instant after) {
        Instant time = lastMultiple(pipeline, clock.now());
        if (time.isAfter(after) && runs(pipeline)) {
            awaitUntil(() -> hasEnded(pipeline, time), pipeline, time);
            awaitHalt(pipeline, time);
        }
    }

    /** What a pipeline has halted on is known when it has ended, which is after its batch. */
    private void awaitHalt(StreamingContext pipeline, Instant time) {
        BatchInfo batch = find(pipeline, time);
        if (batch != null && batch.status() == Status.FAILED) {
            awaitUntil(() -> pipeline.info().state().isEnd(), pipeline, time);
        }
    }

    private BatchInfo await(StreamingContext pipeline, Instant time) {
        awaitUntil(() -> hasEnded(pipeline, time), pipeline, time);
        BatchInfo batch = find(pipeline, time);
        if (batch == null) {
            throw new IllegalStateException(
                    "Pipeline '" + pipeline.name() + "' has ended before its batch " + time.toEpochMilli()
                            + " ms was run; it is " + pipeline.info().state());
        }
        awaitHalt(pipeline, time);
        return batch;
    }

    private boolean hasEnded(StreamingContext pipeline, Instant time) {
        BatchInfo last = ended.get(pipeline.name());
        return (last != null && !last.batchTime().isBefore(time))
                || pipeline.info().state().isEnd();
    }

    private @Nullable BatchInfo find(StreamingContext pipeline, Instant time) {
        BatchInfo last = ended.get(pipeline.name());
        if (last != null && last.batchTime().equals(time)) {
            return last;
        }
        return pipeline.batches().stream() // an output may have moved the clock
                .filter(batch -> batch.batchTime().equals(time))
                .findFirst()
                .orElse(null);
    }

    private void awaitUntil(BooleanSupplier condition, StreamingContext pipeline, Instant time) {
        try {
            if (!await(condition)) {
                throw BatchReport.hung(pipeline, time, "within " + timeout.toMillis() + " ms");
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw BatchReport.hung(pipeline, time, "before the thread that waits for it was interrupted");
        }
    }

    private boolean await(BooleanSupplier condition) throws InterruptedException {
        StreamClock real = StreamClock.system();
        Instant deadline = real.now().plus(timeout);
        Signal next = change;
        boolean reached = condition.getAsBoolean();
        while (!reached && real.await(next, deadline)) {
            next = change;
            reached = condition.getAsBoolean();
        }
        return reached;
    }
}
