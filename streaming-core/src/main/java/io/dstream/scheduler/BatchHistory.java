package io.dstream.scheduler;

import io.dstream.event.BatchInfo;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The batches of a run that wait or run, and the last ones that ended, those of runs before included.
 *
 * <p>Thread-safe.
 */
final class BatchHistory {

    private static final int RETAINED = 1_000;

    // Mutable state, guarded by this
    private final NavigableMap<Instant, BatchInfo> batches = new TreeMap<>();
    private boolean closed;

    /** Begins with the batches of the runs before. */
    BatchHistory(List<BatchInfo> past) {
        past.forEach(this::put);
    }

    /** Adds a batch or what has become of it; after the end of the run nothing is added. */
    synchronized void put(BatchInfo batch) {
        if (closed) {
            return;
        }
        batches.put(batch.batchTime(), batch);
        while (batches.size() > RETAINED
                && batches.firstEntry().getValue().status().isEnd()) {
            batches.pollFirstEntry();
        }
    }

    /** Ends the run: batches that have not ended are forgotten, because nothing will end them. */
    synchronized void close() {
        closed = true;
        batches.values().removeIf(batch -> !batch.status().isEnd());
    }

    /** Newest first. */
    synchronized List<BatchInfo> newestFirst() {
        return List.copyOf(batches.descendingMap().values());
    }

    synchronized int unfinished() {
        return (int) batches.values().stream()
                .filter(batch -> !batch.status().isEnd())
                .count();
    }
}
