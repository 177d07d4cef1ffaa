package io.dstream.local;

import io.dstream.engine.Column;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A hash table that gives every key an index, which is the key's as long as the key is there, so that others can keep more
 * about a key in arrays of their own.
 *
 * <p>Open addressing with linear probing, over slots that have the hash beside the index: a key is looked at only if its hash
 * is the one asked for, and growing looks at no key at all. Keys and values lie in the order of their indexes, which is that
 * of their coming, so that a walk over all goes through memory from one end to the other. Not thread-safe.
 *
 * @param <K> type of the keys; null is one too
 * @param <V> type of the values
 */
final class KeyedTable<K, V> {

    static final int NONE = -1;

    private static final int MIN_CAPACITY = 8;
    private static final int SMALL = 1 << 12; // a table that is smaller grows in longer steps
    private static final int SPARSE_FROM = 1 << 14;
    private static final long EMPTY = 0;
    private static final long REMOVED = 0xFFFF_FFFFL; // where a key was that others may be behind

    // Mutable state
    private long[] slots = new long[2 * MIN_CAPACITY]; // the hash in the high half, the index and one in the low half
    private @Nullable Column<K> keys; // made for the first key
    private @Nullable Column<V> values; // made for the first value
    private final BitSet free = new BitSet(0); // indexes of keys that were removed
    private int lowestFree; // no free index is below
    private int end; // after the last index that was ever given
    private int size;
    private int occupied; // slots that are not empty

    /** The index of a key; {@link #NONE} if it is not there. */
    int find(@Nullable Object key) {
        int slot = slotOf(key, Objects.hashCode(key));
        return slots[slot] == EMPTY ? NONE : index(slots[slot]);
    }

    /** Whether an index is that of a key. */
    boolean isAt(int index, @Nullable Object key) {
        return index >= 0 && !free.get(index) && keys().isAt(index, key);
    }

    /** The index of a key, which is added if it was not there: it has no value before one is set. */
    int findOrAdd(K key) {
        return findOrAdd(key, Objects.hashCode(key));
    }

    /** As {@link #findOrAdd(Object)}, of a key whose hash is known. */
    int findOrAdd(K key, int hash) {
        int slot = slotOf(key, hash);
        return slots[slot] == EMPTY ? add(key, hash, slot) : index(slots[slot]);
    }

    /** Takes a key and its value away; its index may be given to another key. */
    void remove(int index) {
        slots[slotAt(index)] = REMOVED;
        keys().clear(index);
        if (values != null) {
            values.clear(index);
        }
        free.set(index);
        lowestFree = Math.min(lowestFree, index);
        size--;
    }

    /** The index after the highest that was ever given to a key. */
    int end() {
        return end;
    }

    int size() {
        return size;
    }

    /** Whether it has so many more places than keys that it is better made anew. */
    boolean isSparse() {
        return slots.length > SPARSE_FROM && size < slots.length / 16;
    }

    K key(int index) {
        return keys().get(index);
    }

    /** The value of a key, which was set. */
    V value(int index) {
        return Objects.requireNonNull(values, "no value was set").get(index);
    }

    void setValue(int index, V value) {
        Column<V> column = values == null ? Column.suiting(value) : values;
        Column<V> next = column.set(index, value);
        if (next != values) {
            values = next;
        }
    }

    /** The first index of a walk over all keys, in no order; {@link #NONE} if there are none. */
    int first() {
        return next(NONE);
    }

    /** The index after another; {@link #NONE} after the last. Meanwhile no key may be added; any may be removed. */
    int next(int index) {
        int next = free.nextClearBit(index + 1);
        return next < end ? next : NONE;
    }

    /** The slot of a key: where it is, else the empty one where it would be. */
    private int slotOf(@Nullable Object key, int hash) {
        int mask = slots.length - 1;
        int slot = home(hash, mask);
        while (slots[slot] != EMPTY && !isAt(slots[slot], hash, key)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean isAt(long slot, int hash, @Nullable Object key) {
        return hash(slot) == hash && slot != REMOVED && keys().isAt(index(slot), key);
    }

    /** The slot of a key that is there, even if somebody has changed the key since, so that its hash leads elsewhere. */
    private int slotAt(int index) {
        Object key = keys().get(index);
        int slot = slotOf(key, Objects.hashCode(key));
        if (index(slots[slot]) != index) {
            slot = 0;
            while (index(slots[slot]) != index) {
                slot++;
            }
        }
        return slot;
    }

    private int add(K key, int hash, int emptySlot) {
        int index = newIndex();
        Column<K> column = keys == null ? Column.suiting(key) : keys;
        Column<K> next = column.set(index, key);
        if (next != keys) {
            keys = next;
        }
        slots[emptySlot] = ((long) hash << 32) | (index + 1);
        size++;
        occupied++;
        if (occupied > slots.length / 3 * 2) {
            rebuildSlots();
        }
        return index;
    }

    private int newIndex() {
        if (size == end) {
            return end++;
        }
        int index = free.nextSetBit(lowestFree);
        free.clear(index);
        lowestFree = index + 1;
        return index;
    }

    /** Makes slots for twice as many keys as there are, or more if they are few, without those of removed keys. */
    private void rebuildSlots() {
        long[] old = slots;
        slots = new long[Integer.highestOneBit(Math.max(MIN_CAPACITY, size)) * (size < SMALL ? 8 : 4)];
        occupied = size;
        int mask = slots.length - 1;
        for (long taken : old) {
            if (taken != EMPTY && taken != REMOVED) {
                int slot = home(hash(taken), mask);
                while (slots[slot] != EMPTY) {
                    slot = (slot + 1) & mask;
                }
                slots[slot] = taken;
            }
        }
    }

    private Column<K> keys() {
        return Objects.requireNonNull(keys, "there are no keys");
    }

    /**
     * The keys of one table may be alike in the bits that chose their partition, and those of some types differ in few bits at
     * all, so every bit has a say in the slot: by the last step of MurmurHash3.
     */
    private static int home(int hash, int mask) {
        int mixed = hash ^ (hash >>> 16);
        mixed *= 0x85EBCA6B;
        mixed ^= mixed >>> 13;
        mixed *= 0xC2B2AE35;
        return (mixed ^ (mixed >>> 16)) & mask;
    }

    private static int hash(long slot) {
        return (int) (slot >>> 32);
    }

    private static int index(long slot) {
        return (int) slot - 1;
    }
}
