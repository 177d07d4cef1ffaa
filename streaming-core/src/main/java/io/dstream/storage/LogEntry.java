package io.dstream.storage;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of a batch log or of a snapshot of one, as it is read: without the states and rows, which stay in the file. Their bytes
 * are made and read by {@link LogFormat}.
 */
sealed interface LogEntry {

    /**
     * The beginning of a run.
     *
     * @param commits how many batches were committed before
     */
    record Run(LoggedRun run, long commits) implements LogEntry {}

    /** A batch that was allocated. */
    record Allocated(LoggedBatch batch) implements LogEntry {}

    /**
     * States that a batch has changed; in a snapshot, states of a node.
     *
     * @param place where the states are
     * @param time of the batch
     * @param keyClass name of the class of the first key; null if there is none
     * @param stateClass name of the class of the first state there is; null if there is none
     * @param count of the keys
     */
    record States(
            RecordPlace place,
            String node,
            Instant time,
            @Nullable String keyClass,
            @Nullable String stateClass,
            int count)
            implements LogEntry {}

    /** Rows of a partition of a node in a batch; {@code place} is where they are. */
    record Pane(RecordPlace place, String node, Instant time, int partition, int rows) implements LogEntry {}

    /**
     * The commit of a batch, with which what was written before it in the same group counts.
     *
     * @param number of the commit, from 1
     * @param accumulators what they have come to, in bytes; those that have changed
     * @param forgottenPanes by node, up to which batch rows are looked at no more
     * @param released by input, up to which batch records are not read again
     */
    record Committed(
            Instant time,
            long number,
            boolean skipped,
            Map<String, byte[]> accumulators,
            Map<String, Instant> forgottenPanes,
            Map<String, Instant> released)
            implements LogEntry {}

    /** The first record of a snapshot: how far the log had come. */
    record Summary(
            @Nullable Instant lastAllocated,
            @Nullable Instant lastCommitted,
            long commits,
            Map<String, byte[]> accumulators,
            Map<String, Instant> released)
            implements LogEntry {}

    /** In a snapshot: the positions of an input before the batches that are not released. */
    record Positions(String input, Map<String, String> positions) implements LogEntry {}

    /**
     * In a snapshot: a part of the definition of which something is kept.
     *
     * @param lastCommitted when it was evaluated last; null for an input
     * @param absentSince the number of commits before the first run without it; negative if it is not absent
     */
    record Node(LoggedRun.Part part, @Nullable Instant lastCommitted, long absentSince) implements LogEntry {}

    /** The last record of a snapshot; {@code records} are before it. */
    record End(long records) implements LogEntry {}
}
