package io.dstream.local;

import io.dstream.engine.StateTable;
import io.dstream.rdd.Pair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * States in a hash table with what the open batch has changed.
 *
 * <p>It has open addressing and no objects of its own for a key, so that a million keys at rest cost little more than
 * themselves. Keys that time out are found by a list in the order of their updates, which a table without timeouts never
 * makes. Used by one task at a time; batches hand it on.
 */
final class LocalStateTable<K, S> implements StateTable<K, S> {

    private static final int MIN_CAPACITY = 16;
    private static final Object NULL = new Object(); // the key null
    private static final Object REMOVED = new Object(); // where a key was that others may be behind

    private final ChangeLog changes = new ChangeLog();

    // Mutable state; the arrays are of the same length, a power of two
    private @Nullable Object[] keys = new Object[MIN_CAPACITY];
    private @Nullable Object[] states = new Object[MIN_CAPACITY];
    private long[] updates = new long[MIN_CAPACITY]; // in milliseconds since the epoch
    private int size;
    private int occupied; // by keys there are and keys there were
    private @Nullable UpdateOrder order; // made when it is asked for

    @Override
    public @Nullable S get(K key) {
        int slot = find(masked(key));
        return slot < 0 ? null : state(slot);
    }

    @Override
    public void put(K key, S state, Instant updated) {
        Object masked = masked(key);
        int slot = find(masked);
        if (slot < 0) {
            changes.add(masked, null, 0);
            insert(masked, state, updated.toEpochMilli());
        } else {
            changes.add(masked, states[slot], updates[slot]);
            set(slot, state, updated.toEpochMilli());
        }
    }

    @Override
    public void remove(K key) {
        Object masked = masked(key);
        int slot = find(masked);
        if (slot >= 0) {
            changes.add(masked, states[slot], updates[slot]);
            clear(slot);
        }
    }

    @Override
    public List<Pair<K, S>> entries() {
        List<Pair<K, S>> entries = new ArrayList<>(size);
        for (int slot = 0; slot < keys.length; slot++) {
            if (states[slot] != null) {
                entries.add(entry(slot));
            }
        }
        return entries;
    }

    @Override
    public List<Pair<K, S>> entriesUpdatedBefore(Instant time) {
        UpdateOrder byUpdate = order();
        long deadline = time.toEpochMilli();
        List<Pair<K, S>> entries = new ArrayList<>();
        for (int slot = byUpdate.first(); slot >= 0 && updates[slot] < deadline; slot = byUpdate.next(slot)) {
            entries.add(entry(slot));
        }
        return entries;
    }

    /** Keeps what the batch has changed. */
    void commit() {
        changes.clear();
    }

    /** Undoes what the batch has changed. */
    void rollback() {
        order = null; // what is put back is older than what is there
        changes.undo(this::putBack);
    }

    private int find(Object key) {
        int mask = keys.length - 1;
        int slot = home(key, mask);
        for (Object found = keys[slot]; found != null; found = keys[slot]) {
            if (found == key || found.equals(key)) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return -1;
    }

    /** All keys of a table are alike in the bits that chose their partition, so these must not choose their slot. */
    private static int home(Object key, int mask) {
        int spread = (key == NULL ? 0 : key.hashCode()) * 0x9E3779B9;
        return (spread ^ (spread >>> 15)) & mask;
    }

    private void insert(Object key, Object state, long updated) {
        if (occupied >= keys.length - keys.length / 3) {
            resize();
        }
        int slot = home(key, keys.length - 1);
        while (keys[slot] != null) {
            slot = (slot + 1) & (keys.length - 1);
        }
        keys[slot] = key;
        occupied++;
        size++;
        set(slot, state, updated);
    }

    private void set(int slot, Object state, long updated) {
        states[slot] = state;
        updates[slot] = updated;
        if (order != null) {
            order.moveToEnd(slot);
        }
    }

    private void clear(int slot) {
        keys[slot] = REMOVED;
        states[slot] = null;
        size--;
        if (order != null) {
            order.remove(slot);
        }
    }

    /** Moves all keys to tables that have room for twice as many. */
    private void resize() {
        int capacity = Math.max(MIN_CAPACITY, Integer.highestOneBit(Math.max(1, size * 2)) * 2);
        @Nullable Object[] oldKeys = keys;
        @Nullable Object[] oldStates = states;
        long[] oldUpdates = updates;
        int[] slots = order == null ? slotsInUse() : order.slots();
        keys = new Object[capacity];
        states = new Object[capacity];
        updates = new long[capacity];
        size = 0;
        occupied = 0;
        order = order == null ? null : new UpdateOrder(capacity);
        for (int slot : slots) {
            insert(Objects.requireNonNull(oldKeys[slot]), Objects.requireNonNull(oldStates[slot]), oldUpdates[slot]);
        }
    }

    private UpdateOrder order() {
        if (order == null) {
            UpdateOrder made = new UpdateOrder(keys.length);
            Arrays.stream(slotsInUse())
                    .boxed()
                    .sorted((first, second) -> Long.compare(updates[first], updates[second]))
                    .forEach(made::moveToEnd);
            order = made;
        }
        return order;
    }

    private int[] slotsInUse() {
        return IntStream.range(0, keys.length)
                .filter(slot -> states[slot] != null)
                .toArray();
    }

    private Pair<K, S> entry(int slot) {
        return Pair.of(key(slot), state(slot));
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // put as K, which may be null
    private K key(int slot) {
        Object key = keys[slot];
        return key == NULL ? null : (K) key;
    }

    @SuppressWarnings("unchecked") // put as S
    private S state(int slot) {
        return (S) Objects.requireNonNull(states[slot]);
    }

    private static Object masked(@Nullable Object key) {
        return key == null ? NULL : key;
    }

    private void putBack(Object key, @Nullable Object state, long updated) {
        int slot = find(key);
        if (state == null) {
            clear(slot); // the change that is undone has put it there
        } else if (slot < 0) {
            insert(key, state, updated);
        } else {
            set(slot, state, updated);
        }
    }
}
