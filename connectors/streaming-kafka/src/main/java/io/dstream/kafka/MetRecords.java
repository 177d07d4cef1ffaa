package io.dstream.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which records of a range have failed in their batch, by their offsets: so a record that several attempts or outputs meet is counted
 * once, and its dead letter not sent again when the brokers have it.
 *
 * <p>Thread-safe.
 */
final class MetRecords {

    // Mutable state
    private final Map<Long, Boolean> met = new ConcurrentHashMap<>(); // whether its dead letter was sent

    /** Adds one; returns whether it is new. */
    boolean add(long offset) {
        return met.putIfAbsent(offset, false) == null;
    }

    void sent(long offset) {
        met.put(offset, true);
    }

    boolean isSent(long offset) {
        return met.getOrDefault(offset, false);
    }
}
