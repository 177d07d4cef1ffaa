package io.dstream.local;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the open batch has changed in a table, as it was before each change.
 *
 * @param <K> type of the keys
 * @param <S> type of the states
 */
final class ChangeLog<K, S> {

    private static final int MIN_CAPACITY = 16;

    // Mutable state; the arrays are of the same length
    private @Nullable Object[] keys = new Object[0];
    private @Nullable Object[] states = new Object[0]; // null: there was none
    private long[] updates = new long[0];
    private int[] places = new int[0];
    private int size;
    private int usualSize = MIN_CAPACITY; // that of the batch before

    void add(K key, @Nullable S state, long updated) {
        if (size == keys.length) {
            resize(size == 0 ? usualSize : size * 2);
        }
        keys[size] = key;
        states[size] = state;
        updates[size] = updated;
        places[size] = KeyedTable.NONE;
        size++;
    }

    /** Notes the index that the key of the last change has after it. */
    void place(int index) {
        places[size - 1] = index;
    }

    int size() {
        return size;
    }

    /** The key of a change, counted from 0; a key is there as often as it was changed. */
    @SuppressWarnings({"unchecked", "NullAway"}) // added as K, which may be null
    K key(int change) {
        return (K) keys[change];
    }

    /** The index that the key of a change had after it; negative if it had no state then. */
    int placeAfter(int change) {
        return places[change];
    }

    /** Hands out all changes from the last to the first, and forgets them. */
    @SuppressWarnings({"unchecked", "NullAway"}) // added as K, which may be null, and S
    void undo(Undo<K, S> undo) {
        for (int i = size - 1; i >= 0; i--) {
            undo.putBack((K) keys[i], (S) states[i], updates[i]);
        }
        clear();
    }

    /** Forgets all changes. New arrays are cheaper to fill than old ones, which the garbage collector has to watch. */
    void clear() {
        keys = new Object[0];
        states = new Object[0];
        updates = new long[0];
        places = new int[0];
        usualSize = Math.max(MIN_CAPACITY, size);
        size = 0;
    }

    private void resize(int capacity) {
        keys = Arrays.copyOf(keys, capacity);
        states = Arrays.copyOf(states, capacity);
        updates = Arrays.copyOf(updates, capacity);
        places = Arrays.copyOf(places, capacity);
    }

    /** Takes what was before a change. */
    @FunctionalInterface
    interface Undo<K, S> {

        /** Gives a key the state that it had; null if it had none. */
        void putBack(K key, @Nullable S state, long updated);
    }
}
