package io.dstream.local;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A hash table that gives every key an index, which is the key's as long as the key is there, so that others can keep more
 * about a key in arrays of their own.
 *
 * <p>Open addressing with linear probing, over slots that have the hash beside the index: a key is looked at only if its hash
 * is the one asked for, and growing looks at no key at all. A key and its value lie side by side. Not thread-safe.
 *
 * @param <K> type of the keys; null is one too
 * @param <V> type of the values
 */
final class KeyedTable<K, V> {

    static final int NONE = -1;

    private static final int MIN_CAPACITY = 8;
    private static final long EMPTY = 0;
    private static final long REMOVED = 0xFFFF_FFFFL; // where a key was that others may be behind

    // Mutable state
    private long[] slots = new long[2 * MIN_CAPACITY]; // the hash in the high half, the index and one in the low half
    private @Nullable Object[] entries = new Object[2 * MIN_CAPACITY]; // a key, its value, the next key, ...
    private int[] free = new int[0]; // indexes of keys that were removed
    private int freeCount;
    private int end; // after the last index that was ever given
    private int size;
    private int occupied; // slots that are not empty

    /** The index of a key; {@link #NONE} if it is not there. */
    int find(@Nullable Object key) {
        int slot = slotOf(key, Objects.hashCode(key));
        return slots[slot] == EMPTY ? NONE : index(slots[slot]);
    }

    /** The index of a key, which is added without a value if it was not there. */
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
        Object key = entries[2 * index];
        slots[slotOf(key, Objects.hashCode(key))] = REMOVED;
        entries[2 * index] = null;
        entries[2 * index + 1] = null;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, Math.max(MIN_CAPACITY, 2 * freeCount));
        }
        free[freeCount++] = index;
        size--;
    }

    int size() {
        return size;
    }

    /** Above every index: how much room an array needs that has something for every key. */
    int capacity() {
        return entries.length / 2;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // added as K, which may be null
    K key(int index) {
        return (K) entries[2 * index];
    }

    /** The value of a key; null before it is set. */
    @SuppressWarnings("unchecked") // set as V
    @Nullable
    V value(int index) {
        return (V) entries[2 * index + 1];
    }

    /** As {@link #value}, of a key whose value was set. */
    @SuppressWarnings("NullAway") // set to what a user's function gave
    V valueOf(int index) {
        return value(index);
    }

    void setValue(int index, @Nullable V value) {
        entries[2 * index + 1] = value;
    }

    /** A walk over all keys, in no order; it ends with {@link #NONE}, and the table must not change meanwhile. */
    Walk walk() {
        return new Walk();
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
        if (hash(slot) != hash || slot == REMOVED) {
            return false;
        }
        Object found = entries[2 * index(slot)];
        return found == key || (found != null && found.equals(key));
    }

    private int add(K key, int hash, int emptySlot) {
        int index = freeCount > 0 ? free[--freeCount] : end++;
        if (2 * index == entries.length) {
            entries = Arrays.copyOf(entries, 2 * entries.length);
        }
        entries[2 * index] = key;
        slots[emptySlot] = ((long) hash << 32) | (index + 1);
        size++;
        occupied++;
        if (occupied > slots.length / 3 * 2) {
            rebuildSlots();
        }
        return index;
    }

    /** Makes slots for twice as many keys as there are, without those of removed keys. */
    private void rebuildSlots() {
        long[] old = slots;
        slots = new long[Integer.highestOneBit(Math.max(MIN_CAPACITY, size)) * 4];
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

    /** A walk over the keys of the table. */
    final class Walk {

        // Mutable state
        private int slot = NONE;

        /** The index of the next key; {@link #NONE} after the last. */
        int next() {
            do {
                slot++;
            } while (slot < slots.length && (slots[slot] == EMPTY || slots[slot] == REMOVED));
            return slot < slots.length ? index(slots[slot]) : NONE;
        }

        /** The hash of the key that was given last. */
        int hash() {
            return KeyedTable.hash(slots[slot]);
        }
    }
}
