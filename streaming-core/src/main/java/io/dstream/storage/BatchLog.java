package io.dstream.storage;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
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

    /** How far an input of this id has come, as it was when the pipeline was started. */
    Progress progress(String input);

    /**
     * Writes that a batch has its records, before it runs.
     *
     * @param positions what that has changed in the positions of each input, by its id
     * @throws IOException if it cannot be written; the batch waits and the call is repeated
     */
    void allocated(Instant batchTime, Map<String, Map<String, String>> positions) throws IOException;

    /**
     * Writes that a batch is committed, before its input is let go.
     *
     * @throws IOException if it cannot be written; the batch waits and the call is repeated
     */
    void committed(Instant batchTime) throws IOException;
}
