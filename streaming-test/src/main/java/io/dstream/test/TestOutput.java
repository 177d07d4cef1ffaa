package io.dstream.test;

import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The rows that a stream had, batch by batch. A batch that is tried again has those of its last attempt.
 *
 * <p>Thread-safe.
 *
 * @param <T> type of the rows
 */
public final class TestOutput<T> {

    // Mutable state, guarded by this
    private final NavigableMap<Instant, List<T>> batches = new TreeMap<>();

    TestOutput() {}

    synchronized void put(Instant time, List<T> rows) {
        batches.put(time, rows);
    }

    /** The rows of all batches so far, in the order of their times; empty before the first. */
    public synchronized List<List<T>> batches() {
        return List.copyOf(batches.values());
    }

    /** The rows of the batch of this time; empty if the output did not run in it, as above a window that was not due. */
    public synchronized Optional<List<T>> at(Instant batchTime) {
        return Optional.ofNullable(batches.get(batchTime));
    }

    /**
     * The rows of the last batch.
     *
     * @throws IllegalStateException if there was none
     */
    public synchronized List<T> last() {
        if (batches.isEmpty()) {
            throw new IllegalStateException("No batch has run yet; call runBatch() before");
        }
        return batches.lastEntry().getValue();
    }
}
