package io.dstream.kafka;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows the direct streams that run, for metrics and health.
 *
 * <p>Thread-safe. Answers from memory.
 */
public final class DirectStreamMonitor {

    // Mutable state
    private final Set<StreamStatus> running = ConcurrentHashMap.newKeySet();

    /** The streams that run, in no order. */
    public List<DirectStreamInfo> streams() {
        return running.stream().map(StreamStatus::info).toList();
    }

    void add(StreamStatus stream) {
        running.add(stream);
    }

    void remove(StreamStatus stream) {
        running.remove(stream);
    }
}
