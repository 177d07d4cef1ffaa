package io.dstream.storage;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The record of a pipeline's batches: which were allocated, which are committed.
 *
 * <p>A method that returns has made its record as durable as the implementation promises. {@code allocated} is called by
 * the pipeline's ticker thread, {@code committed} by its batch thread; implementations are safe for both at once.
 */
public interface BatchLog {

    /** A log that lives as long as the object: it keeps batch times increasing over restarts within one process. */
    static BatchLog inMemory() {
        return new MemoryBatchLog();
    }

    /** The time of the last batch allocated; null if there was none. */
    @Nullable
    Instant lastAllocated();

    /**
     * Writes that a batch has its records, before it runs.
     *
     * @throws IOException if it cannot be written; the batch waits and the call is repeated
     */
    void allocated(Instant batchTime) throws IOException;

    /**
     * Writes that a batch is committed, before its input is let go.
     *
     * @throws IOException if it cannot be written; the batch waits and the call is repeated
     */
    void committed(Instant batchTime) throws IOException;
}
