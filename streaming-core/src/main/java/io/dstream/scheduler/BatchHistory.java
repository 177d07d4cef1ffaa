package io.dstream.scheduler;

import io.dstream.event.BatchInfo;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The batches that wait or run, and the last ones that ended.
 *
 * <p>Thread-safe.
 */
final class BatchHistory {

    private static final int RETAINED = 1_000;

    // Mutable state, guarded by this
    private final NavigableMap<Instant, BatchInfo> batches = new TreeMap<>();

    synchronized void put(BatchInfo batch) {
        batches.put(batch.batchTime(), batch);
        while (batches.size() > RETAINED
                && batches.firstEntry().getValue().status().isEnd()) {
            batches.pollFirstEntry();
        }
    }

    /** Forgets the batches that have not ended, because nothing will end them. */
    synchronized void dropUnfinished() {
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
