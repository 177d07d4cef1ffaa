package io.dstream.test;

import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
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

    private final StreamingContext context;

    // Mutable state, guarded by this
    private final NavigableMap<Instant, List<T>> batches = new TreeMap<>();

    /**
     * @param context the pipeline of the stream
     */
    TestOutput(StreamingContext context) {
        this.context = context;
    }

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
     * The rows of the last batch; of the last one in which the output was due, above a window.
     *
     * @throws IllegalStateException if there was none, or if the last batch failed or was skipped before the output had run
     */
    public List<T> last() {
        context.batches().stream()
                .filter(batch -> batch.status().isEnd())
                .findFirst()
                .ifPresent(this::requireRows);
        return lastRows();
    }

    /** A test that does not look at how batches end must not take the rows of an earlier one for those of the last. */
    private void requireRows(BatchInfo last) {
        if (last.status() != Status.COMMITTED && at(last.batchTime()).isEmpty()) {
            throw new IllegalStateException(
                    "There are no rows of the last batch, " + last.batchTime().toEpochMilli() + " ms: it is "
                            + last.status() + ", because of " + last.failureReason(),
                    context.info().problem());
        }
    }

    private synchronized List<T> lastRows() {
        if (batches.isEmpty()) {
            throw new IllegalStateException("No batch has run yet; call runBatch() before");
        }
        return batches.lastEntry().getValue();
    }
}
