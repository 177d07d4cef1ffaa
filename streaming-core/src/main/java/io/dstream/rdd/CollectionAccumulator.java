package io.dstream.rdd;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects values, such as the lines that could not be read. Keeps the first ones up to its limit; of those beyond it only
 * the number. See {@link Accumulator} for what counts when.
 */
public final class CollectionAccumulator<T> extends Accumulator<T, List<T>> {

    CollectionAccumulator(String name, Supplier<@Nullable UnitOfWork> currentWork, int limit) {
        super(name, currentWork, () -> new CollectedSum<>(limit));
    }

    /** How many values were added beyond the limit, and are not in {@link #value()}. */
    public long dropped() {
        return ((CollectedSum<T>) sum()).dropped();
    }
}
