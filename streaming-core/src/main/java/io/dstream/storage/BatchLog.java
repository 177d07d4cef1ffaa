package io.dstream.storage;

import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The record of a pipeline's batches: which were allocated and with what, which are committed and what they have changed.
 *
 * <p>A run looks at the {@link #checkpoint}, restores what it needs of it, and calls {@link #begin}. Then for each batch in order
 * come {@code allocated}, by the pipeline's ticker thread, and {@code requireAllocated}, {@code commit} and {@code committed},
 * by its batch thread; a batch may be allocated while one before it runs. At the end comes {@code close}.
 *
 * <p>A method that returns has made its record as durable as the implementation promises. Thread-safe.
 */
public interface BatchLog extends AutoCloseable {

    /** Whether what is written outlives the process; else it need not be handed over. */
    boolean isKept();

    /** What the runs before have left. */
    Checkpoint checkpoint();

    /** Where the blocks of an input are logged, from its start to the end of the run; null if the log is in memory. */
    default @Nullable BlockLog blocks(String input) {
        return null;
    }

    /** The inputs of which earlier runs have left blocks that are not released. */
    default Set<String> inputsWithBlocks() {
        return Set.of();
    }

    /** How many bytes the files of such blocks have at the moment. */
    default long blockBytes() {
        return 0;
    }

    /**
     * Begins a run; what is written after that belongs to it.
     *
     * @throws IOException if it cannot be written; the call may be repeated
     */
    void begin(LoggedRun run) throws IOException;

    /** Notes that a batch has its records. That is durable after {@link #requireAllocated}, or with the next commit. */
    void allocated(LoggedBatch batch);

    /**
     * Makes sure that the allocation of a batch is durable, before the batch runs.
     *
     * @throws IOException if it cannot be written; the batch waits and the call is repeated
     */
    void requireAllocated(Instant batchTime) throws IOException;

    /** Collects what a batch has changed; nothing of it counts before it is {@link #committed}. */
    BatchCommit commit(Instant batchTime);

    /**
     * Writes that a batch is committed, before its input is let go: all that was collected, or nothing.
     *
     * @throws IOException if it cannot be written; the batch waits and the call is repeated
     */
    void committed(BatchCommit commit) throws IOException;

    /**
     * Ends the run. Closing it again does nothing.
     *
     * @throws IOException if the end cannot be written; what was written before is durable all the same
     */
    @Override
    void close() throws IOException;
}
