package io.dstream.engine;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The states of one partition of a stateful node, while one task changes them.
 *
 * @param <K> type of the keys
 * @param <S> type of the states
 */
public interface StateTable<K, S> {

    /** The state of a key; null if it has none. */
    @Nullable
    Entry<K, S> get(K key);

    /** Gives a key a state, or a new one. */
    void put(K key, S state, Instant updated);

    /** Takes a key's state away; does nothing if it has none. */
    void remove(K key);

    /** All entries as they are now; the list does not change with the table. */
    List<Entry<K, S>> entries();

    /**
     * A key with its state.
     *
     * @param updated the batch time in which the key last had data
     */
    record Entry<K, S>(K key, S state, Instant updated) {}
}
