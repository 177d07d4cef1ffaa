package io.dstream.scheduler;

import io.dstream.function.StreamingException;
import io.dstream.graph.OutputOperation;
import io.dstream.output.BatchSink;
import io.dstream.output.SinkConflictException;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkWriter;
import io.dstream.rdd.DeadLetterOutput;
import io.dstream.rdd.RDD;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writers of a run's outputs that take each batch exactly once.
 *
 * <p>Used by the thread that starts the run, then by the batch thread alone.
 */
final class SinkWriters implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SinkWriters.class);

    private final Pipeline pipeline;
    private final List<OutputOperation> outputs;

    // Mutable state
    private final IdentityHashMap<OutputOperation, SinkWriter<?>> writers =
            new IdentityHashMap<>(); // those that are open
    private Instant firstBatch = Instant.MIN;

    SinkWriters(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.outputs = pipeline.graph().outputs().stream()
                .filter(output -> output.sink() != null)
                .toList();
    }

    /**
     * Opens the sinks whose systems are there. The others do not hold up the start; {@link #openOthers} is for them.
     *
     * @param lastAllocated the last batch that the log knows; null if there is none
     * @return the last batch that one of the sinks has taken; null if there is none
     * @throws StreamingException if a sink does not open although its system is there
     */
    @Nullable
    Instant open(@Nullable Instant lastAllocated) {
        outputs.forEach(this::openIfThere);
        Instant last = null;
        for (OutputOperation output : outputs) {
            Instant taken = writers.containsKey(output) ? writer(output).lastBatchTime() : null;
            warnOfUnknown(output, taken, lastAllocated);
            last = later(last, taken);
        }
        return last;
    }

    private void openIfThere(OutputOperation output) {
        try {
            open(output);
        } catch (Exception failure) {
            if (!pipeline.settings().failure().isAway(failure)) {
                throw RefusedStart.of("Output " + name(output), failure);
            }
            log.warn(
                    "Output {} cannot be opened yet, and is tried again before its first batch: {}",
                    name(output),
                    failure.toString());
        }
    }

    private void open(OutputOperation output) throws Exception {
        BatchSink<?> sink = Objects.requireNonNull(output.sink());
        writers.put(
                output,
                sink.open(new SinkContext(
                        pipeline.name(),
                        pipeline.graph().idOf(output),
                        pipeline.clock(),
                        pipeline.settings().batchInterval())));
    }

    private void warnOfUnknown(OutputOperation output, @Nullable Instant taken, @Nullable Instant lastAllocated) {
        if (taken != null && lastAllocated != null && taken.isAfter(lastAllocated)) {
            log.warn(
                    "Output {} has batches up to {}, but the checkpoint directory knows none after {}: another instance has"
                            + " written them, or the directory is an older copy. What was read for them may be written again",
                    name(output),
                    taken,
                    lastAllocated);
        }
    }

    /** Is told the time of the first batch that no run before has allocated. */
    void begin(Instant firstNewBatch) {
        firstBatch = firstNewBatch;
    }

    /**
     * Opens the sinks whose systems were away at the start.
     *
     * @throws Exception if one does not open
     */
    void openOthers() throws Exception {
        for (OutputOperation output : outputs) {
            if (!writers.containsKey(output)) {
                open(output);
                requireBeforeFirst(output, writer(output).lastBatchTime());
            }
        }
    }

    /** A new batch of a time that the sink has would be taken for a repetition. */
    private void requireBeforeFirst(OutputOperation output, @Nullable Instant taken) {
        if (taken != null && !taken.isBefore(firstBatch)) {
            throw new SinkConflictException("Output " + name(output) + " has batches up to " + taken
                    + ", but this run has begun with " + firstBatch
                    + " while the system was away. Start the pipeline again:"
                    + " it begins after them");
        }
    }

    /**
     * Writes a batch.
     *
     * @throws Exception if it cannot be
     */
    <T> void write(OutputOperation output, RDD<T> rdd, Instant time) throws Exception {
        SinkWriter<T> writer = writer(output);
        writer.write(rdd, time);
    }

    /** Takes the dead letters that are to be written with a batch of an output. */
    DeadLetterOutput deadLetters(OutputOperation output) {
        return writer(output)::offerDeadLetter;
    }

    @SuppressWarnings("unchecked") // a sink has the rows of its stream
    private <T> SinkWriter<T> writer(OutputOperation output) {
        return (SinkWriter<T>) Objects.requireNonNull(writers.get(output));
    }

    @Override
    public void close() {
        writers.forEach(this::close);
        writers.clear();
    }

    private void close(OutputOperation output, SinkWriter<?> writer) {
        try {
            writer.close();
        } catch (RuntimeException failure) {
            log.warn("Output {} cannot be closed", name(output), failure);
        }
    }

    private String name(OutputOperation output) {
        return "'" + pipeline.graph().idOf(output) + "' of pipeline '" + pipeline.name() + "'";
    }

    /** The later of two times. */
    static @Nullable Instant later(@Nullable Instant first, @Nullable Instant second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        return first.isAfter(second) ? first : second;
    }
}
