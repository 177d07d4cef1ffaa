package io.dstream.engine;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values by index. Long, Integer and Double are held as numbers as long as all values are of one of these classes: that takes
 * less room than objects, and neither the processor nor the garbage collector has to go and look at each of them.
 *
 * <p>Not thread-safe.
 *
 * @param <T> type of the values; null may be one
 */
public abstract sealed class Column<T> {

    private static final Set<Class<?>> NUMBERS = Set.of(Long.class, Integer.class, Double.class);

    private static final int MIN_CAPACITY = 8;
    private static final int SMALL = 1 << 12; // a column that is smaller grows in longer steps

    private Column() {}

    /** A column in the form that suits a value, which is not yet in it. */
    public static <T> Column<T> suiting(@Nullable T value) {
        return suiting(value, MIN_CAPACITY);
    }

    /**
     * As {@link #suiting(Object)}, for a number of values that is known.
     *
     * @param capacity how many values it has room for without growing, at least 0
     */
    public static <T> Column<T> suiting(@Nullable T value, int capacity) {
        return value != null && NUMBERS.contains(value.getClass())
                ? new Numbers<>(value.getClass(), new long[capacity])
                : new References<>(new Object[capacity]);
    }

    /**
     * The value at an index.
     *
     * @param index where one was set
     */
    public abstract T get(int index);

    /** Whether the value at an index where one was set equals another. */
    public abstract boolean isAt(int index, @Nullable Object value);

    /**
     * Sets the value at an index.
     *
     * @return the column to be used from now on: this one, or another one with the same values
     */
    public abstract Column<T> set(int index, T value);

    /** Lets go of the value at an index. */
    public abstract void clear(int index);

    private static int capacityFor(int index) {
        int more = index < SMALL ? 3 * index : index / 2;
        return Math.max(MIN_CAPACITY, index + more + 1);
    }

    private static final class References<T> extends Column<T> {

        // Mutable state
        private @Nullable Object[] values;

        References(@Nullable Object[] values) {
            this.values = values;
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"}) // set as T, which may be null
        public T get(int index) {
            return (T) values[index];
        }

        @Override
        public boolean isAt(int index, @Nullable Object value) {
            Object found = values[index];
            return found == value || (found != null && found.equals(value));
        }

        @Override
        public Column<T> set(int index, T value) {
            if (index >= values.length) {
                values = Arrays.copyOf(values, capacityFor(index));
            }
            values[index] = value;
            return this;
        }

        @Override
        public void clear(int index) {
            values[index] = null;
        }
    }

    private static final class Numbers<T> extends Column<T> {

        private final Class<?> type;

        // Mutable state
        private long[] bits;

        Numbers(Class<?> type, long[] bits) {
            this.type = type;
            this.bits = bits;
        }

        @Override
        @SuppressWarnings("unchecked") // the type is that of values that were set as T
        public T get(int index) {
            long found = bits[index];
            if (type == Long.class) {
                return (T) (Long) found;
            }
            return type == Integer.class ? (T) (Integer) (int) found : (T) (Double) Double.longBitsToDouble(found);
        }

        @Override
        public boolean isAt(int index, @Nullable Object value) {
            return value != null && value.getClass() == type && bits[index] == bitsOf(value);
        }

        @Override
        public Column<T> set(int index, T value) {
            if (value == null || value.getClass() != type) {
                return asReferences().set(index, value);
            }
            if (index >= bits.length) {
                bits = Arrays.copyOf(bits, capacityFor(index));
            }
            bits[index] = bitsOf(value);
            return this;
        }

        /** Equal for equal numbers: of Double, all that are not a number are the same. */
        private long bitsOf(Object number) {
            if (type == Long.class) {
                return (Long) number;
            }
            return type == Integer.class ? (Integer) number : Double.doubleToLongBits((Double) number);
        }

        private Column<T> asReferences() {
            Object[] values = new Object[bits.length];
            Arrays.setAll(values, this::get);
            return new References<>(values);
        }

        @Override
        public void clear(int index) {
            bits[index] = 0;
        }
    }
}
