package io.dstream.local;

import java.util.Arrays;

/** Slots of a table in the order in which they were last updated: a doubly linked list in two arrays. */
final class UpdateOrder {

    private static final int NONE = -1;
    private static final int ABSENT = -2; // the slot is not in the list

    // Mutable state
    private final int[] previous;
    private final int[] next;
    private int first = NONE;
    private int last = NONE;

    UpdateOrder(int capacity) {
        previous = new int[capacity];
        next = new int[capacity];
        Arrays.fill(next, ABSENT);
    }

    /** The slot whose update is longest ago; negative if there is none. */
    int first() {
        return first;
    }

    /** The slot after another; negative after the last. */
    int next(int slot) {
        return next[slot];
    }

    /** All slots, the one whose update is longest ago first. */
    int[] slots() {
        int[] slots = new int[next.length];
        int count = 0;
        for (int slot = first; slot >= 0; slot = next[slot]) {
            slots[count++] = slot;
        }
        return Arrays.copyOf(slots, count);
    }

    /** Puts a slot behind all others, wherever it was. */
    void moveToEnd(int slot) {
        remove(slot);
        previous[slot] = last;
        next[slot] = NONE;
        if (last == NONE) {
            first = slot;
        } else {
            next[last] = slot;
        }
        last = slot;
    }

    /** Takes a slot out; does nothing if it is not in. */
    void remove(int slot) {
        int before = previous[slot];
        int after = next[slot];
        if (after == ABSENT) {
            return;
        }
        if (before == NONE) {
            first = after;
        } else {
            next[before] = after;
        }
        if (after == NONE) {
            last = before;
        } else {
            previous[after] = before;
        }
        next[slot] = ABSENT;
    }
}
