package io.dstream.rdd;

/**
 * What was added to an accumulator, in one.
 *
 * <p>Guarded by whoever holds it.
 */
interface Sum<T, R> {

    void add(T value);

    /** Adds all that another sum has, which stays as it is. */
    void addAll(Sum<T, R> other);

    /** The sum as a user sees it; does not change with it. */
    R value();

    /** All there is of it, of values that can be written into a file, for {@link #restore}. */
    Object state();

    /**
     * Adds what another sum was, which {@link #state} gave.
     *
     * @throws ClassCastException if it was a sum of another kind
     */
    void restore(Object state);
}
