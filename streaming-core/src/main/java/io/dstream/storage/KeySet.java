package io.dstream.storage;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of keys to which keys are added only. Those that are Long are in an array with open addressing, so that a look-up goes to one
 * place of the memory, not to three.
 *
 * <p>Not thread-safe.
 */
final class KeySet {

    private static final int MIN_CAPACITY = 16;

    // Mutable state
    private final Set<@Nullable Object> others = new HashSet<>();
    private long[] numbers = new long[MIN_CAPACITY]; // 0: free
    private int size; // of the numbers, without 0
    private boolean hasZero;

    /** Adds a key; returns whether it was not there. */
    boolean add(@Nullable Object key) {
        return key instanceof Long number ? addNumber(number) : others.add(key);
    }

    boolean contains(@Nullable Object key) {
        if (key instanceof Long number) {
            return number == 0 ? hasZero : numbers[slotOf(number)] != 0;
        }
        return others.contains(key);
    }

    private boolean addNumber(long number) {
        if (number == 0) {
            boolean isNew = !hasZero;
            hasZero = true;
            return isNew;
        }
        int slot = slotOf(number);
        if (numbers[slot] != 0) {
            return false;
        }
        numbers[slot] = number;
        size++;
        if (size > numbers.length / 2) {
            grow();
        }
        return true;
    }

    private void grow() {
        long[] before = numbers;
        numbers = new long[Math.multiplyExact(before.length, 2)];
        for (long number : before) {
            if (number != 0) {
                numbers[slotOf(number)] = number;
            }
        }
    }

    /** Where a number is, else where it would be: by Fibonacci hashing, whose highest bits depend on all bits of the number. */
    private int slotOf(long number) {
        int mask = numbers.length - 1;
        int slot = (int) ((number * 0x9E3779B97F4A7C15L) >>> Long.numberOfLeadingZeros(mask));
        while (numbers[slot] != 0 && numbers[slot] != number) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
