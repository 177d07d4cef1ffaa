package io.dstream.local;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * When the keys of a table last had data, and which of them had it longest ago: by index, in a doubly linked list made of
 * arrays. Not thread-safe.
 */
final class DataTimes {

    private static final int NONE = -1;
    private static final int ABSENT = -2; // not in the list

    // Mutable state
    private long[] times = new long[0]; // in milliseconds since the epoch
    private int[] previous = new int[0];
    private int[] next = new int[0];
    private int first = NONE;
    private int last = NONE;
    private boolean sorted = true;

    /** The time of a key that has one. */
    long at(int index) {
        return times[index];
    }

    /** Whether a key has a time. */
    boolean has(int index) {
        return index < next.length && next[index] != ABSENT;
    }

    /** Gives a key a time, in milliseconds since the epoch. */
    void set(int index, long time) {
        makeRoom(index);
        remove(index);
        sorted &= last == NONE || times[last] <= time;
        times[index] = time;
        append(index);
    }

    /** The key whose time is longest ago; negative if there is none. */
    int oldest() {
        if (!sorted) {
            sort();
        }
        return first;
    }

    /** Takes a key out; does nothing if it is not in. */
    void remove(int index) {
        if (!has(index)) {
            return;
        }
        int before = previous[index];
        int after = next[index];
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

    private void append(int index) {
        previous[index] = last;
        next[index] = NONE;
        if (last == NONE) {
            first = index;
        } else {
            next[last] = index;
        }
        last = index;
    }

    /** After changes were undone, which gives keys back times of before. */
    private void sort() {
        int[] byTime = IntStream.iterate(first, index -> index >= 0, index -> next[index])
                .boxed()
                .sorted(Comparator.comparingLong(index -> times[index]))
                .mapToInt(Integer::intValue)
                .toArray();
        first = NONE;
        last = NONE;
        for (int index : byTime) {
            append(index);
        }
        sorted = true;
    }

    private void makeRoom(int index) {
        int length = next.length;
        if (index >= length) {
            int capacity = 2 * index + 1;
            times = Arrays.copyOf(times, capacity);
            previous = Arrays.copyOf(previous, capacity);
            next = Arrays.copyOf(next, capacity);
            Arrays.fill(next, length, capacity, ABSENT);
        }
    }
}
