package io.dstream.local;

import java.util.Arrays;

/** The keys of a table, by index, in the order in which they were last updated: a doubly linked list in two arrays. */
final class UpdateOrder {

    private static final int NONE = -1;
    private static final int ABSENT = -2; // not in the list

    // Mutable state
    private int[] previous = new int[0];
    private int[] next = new int[0];
    private int first = NONE;
    private int last = NONE;

    /** The key whose update is longest ago; negative if there is none. */
    int first() {
        return first;
    }

    /** The key after another; negative after the last. */
    int next(int index) {
        return next[index];
    }

    /** Puts a key behind all others, wherever it was. */
    void moveToEnd(int index) {
        makeRoom(index);
        remove(index);
        previous[index] = last;
        next[index] = NONE;
        if (last == NONE) {
            first = index;
        } else {
            next[last] = index;
        }
        last = index;
    }

    /** Takes a key out; does nothing if it is not in. */
    void remove(int index) {
        int before = previous[index];
        int after = next[index];
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
        next[index] = ABSENT;
    }

    private void makeRoom(int index) {
        int length = next.length;
        if (index >= length) {
            previous = Arrays.copyOf(previous, 2 * index + 1);
            next = Arrays.copyOf(next, 2 * index + 1);
            Arrays.fill(next, length, next.length, ABSENT);
        }
    }
}
