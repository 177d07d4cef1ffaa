package io.dstream.kafka;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which records of a range have failed in their batch, by their offsets: so a record that several attempts or outputs meet is counted
 * once, and its dead letter not sent again when the brokers have it.
 *
 * <p>Thread-safe.
 */
final class MetRecords {

    // Mutable state
    private final Set<Long> met = ConcurrentHashMap.newKeySet();
    private final Set<Long> sent = ConcurrentHashMap.newKeySet(); // whose dead letters the brokers have

    /** Adds one; returns whether it is new. */
    boolean add(long offset) {
        return met.add(offset);
    }

    /** Called by any thread, also before it is added. */
    void sent(long offset) {
        sent.add(offset);
    }

    boolean isSent(long offset) {
        return sent.contains(offset);
    }
}
