package io.dstream.scheduler;

import io.dstream.event.BatchInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.RestoredPart;
import io.dstream.function.StreamingException;
import io.dstream.graph.Node;
import io.dstream.rdd.RDD;
import io.dstream.storage.BatchLog;
import io.dstream.storage.BatchLogs;
import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a pipeline's graph batch by batch, from every start to the stop that follows it.
 *
 * <p>Thread-safe.
 */
public final class JobScheduler {

    private static final Logger log = LoggerFactory.getLogger(JobScheduler.class);

    /** How long threads that were interrupted may take to end. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Pipeline pipeline;

    // Mutable state, written under this
    private volatile @Nullable PipelineRun run;

    public JobScheduler(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /**
     * Starts the inputs and the two threads of the pipeline; does nothing if it runs.
     *
     * @return whether it was started by this call
     * @throws IllegalStateException if it is stopping, or a thread of its last run hangs
     * @throws StreamingException if an input does not start, or the log cannot be read or written
     */
    public synchronized boolean start() {
        PipelineRun last = run;
        if (last != null && last.status().state() == PipelineInfo.State.STOPPING) {
            throw new IllegalStateException(
                    "Pipeline '" + pipeline.name() + "' is stopping; wait for its end before starting it again");
        }
        if (isRunning()) {
            return false;
        }
        requireGone(last);
        if (last != null) {
            pipeline.accumulators().clear();
        }
        PipelineRun next = new PipelineRun(pipeline, openLog(), new BatchHistory(batches()));
        run = next; // before its inputs start, so that it can be stopped meanwhile
        next.start();
        return true;
    }

    /**
     * What would become of the states and windows of earlier runs if the pipeline were started. Reads all of them, starts
     * nothing, and makes no log where there is none.
     *
     * @throws StreamingException if the log cannot be read, or is in use
     */
    public synchronized List<RestoredPart> restoredParts() {
        try (BatchLog batchLog = pipeline.logs().exist() ? openLog() : noLog()) {
            return new TrialRestoration(pipeline, new Recovery(pipeline, batchLog.checkpoint()).restoration()).parts();
        } catch (IOException failure) {
            throw new StreamingException(
                    "The log of pipeline '" + pipeline.name() + "' cannot be read or closed: " + failure, failure);
        }
    }

    /**
     * Tells the pipeline to stop; does not wait for it, and does nothing if it does not run.
     *
     * @param graceful whether everything accepted is run and committed before, or what runs is cut off
     */
    public void initiateStop(boolean graceful) {
        PipelineRun current = run;
        if (current != null) {
            current.initiateStop(graceful);
        }
    }

    /**
     * Waits for the end of the pipeline; what is not over at the deadline, or when the calling thread is interrupted, is
     * cut off, and left behind if it does not answer to that.
     */
    public void awaitStop(Instant deadline) {
        PipelineRun current = run;
        if (current == null || endsBefore(deadline, pipeline.clock(), current.ended())) {
            return;
        }
        boolean interrupted = Thread.interrupted(); // it must not end the wait for threads that were just interrupted
        current.halt();
        if (!endsBefore(StreamClock.system().now().plus(PATIENCE), StreamClock.system(), current.ended())) {
            current.abandon();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it was started and has not ended. */
    public boolean isRunning() {
        PipelineRun current = run;
        return current != null && !current.status().state().isEnd();
    }

    /** What the last run has halted on; null if it has not. */
    public @Nullable Throwable failure() {
        PipelineRun current = run;
        return current == null ? null : current.status().failure();
    }

    /** The pipeline as it is now; null before the first start. */
    public @Nullable PipelineInfo info() {
        PipelineRun current = run;
        return current == null ? null : current.info();
    }

    /** The batches that wait or run and those that ended last, 1,000 together; newest first. */
    public List<BatchInfo> batches() {
        PipelineRun current = run;
        return current == null ? List.of() : current.batches();
    }

    /**
     * The rows that a node had in batches that have ended.
     *
     * @param from the first batch time
     * @param to the last batch time
     * @return one RDD for each batch in which the node had one, oldest first; empty before the first start
     * @throws IllegalStateException if the pipeline has ended, or the rows are remembered no more
     */
    public <T> List<RDD<T>> slice(Node node, Instant from, Instant to) {
        PipelineRun current = run;
        return current == null ? List.of() : current.slice(node, from, to);
    }

    private static boolean endsBefore(Instant deadline, StreamClock clock, Signal end) {
        try {
            return clock.await(end, deadline);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            return end.isSet();
        }
    }

    private BatchLog openLog() {
        try {
            return pipeline.logs().open(new RestoreProgress(pipeline.name(), pipeline.clock(), pipeline.events()));
        } catch (IOException failure) {
            throw new StreamingException(
                    "Pipeline '" + pipeline.name() + "' does not start, because its log cannot be opened: " + failure,
                    failure);
        }
    }

    private BatchLog noLog() throws IOException {
        log.warn("Pipeline '{}' has no checkpoint yet: it would begin anew", pipeline.name());
        return BatchLogs.inMemory().open(percent -> {});
    }

    /** Two runs must not share the inputs: a thread left behind would act on those of the next run. */
    private void requireGone(@Nullable PipelineRun last) {
        StreamClock clock = StreamClock.system();
        if (last != null && !endsBefore(clock.now().plus(PATIENCE), clock, last.gone())) {
            throw new IllegalStateException("Pipeline '" + pipeline.name() + "' cannot be started: a thread of its last"
                    + " run has not ended, because a function or an input hangs. Try again when it has");
        }
    }
}
