package io.dstream.rdd;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that functions on all tasks read, such as a blacklist, and that can be replaced while the pipeline runs.
 *
 * <p>A batch sees one value: the latest when it first asks. A replacement is seen from the next batch on, whether functions
 * ask in {@code transform} or record by record; attempts at the same batch see the same value.
 *
 * <p>Thread-safe. The value itself is shared by reference and must not be modified.
 */
public final class Broadcast<T> {

    private final Supplier<@Nullable UnitOfWork> currentWork;

    // Mutable state, written under this
    private volatile @Nullable T latest; // null: destroyed

    /**
     * @param value not null
     * @param currentWork what the calling thread works on; null outside of any batch and action
     * @throws IllegalArgumentException if {@code value} is null
     */
    public Broadcast(T value, Supplier<@Nullable UnitOfWork> currentWork) {
        requireValue(value);
        this.latest = value;
        this.currentWork = currentWork;
    }

    /**
     * The value.
     *
     * @throws IllegalStateException if it was destroyed
     */
    public T value() {
        T value = requireNotDestroyed(latest);
        UnitOfWork work = currentWork.get();
        return work == null ? value : work.valueOf(this, value);
    }

    /**
     * Replaces the value for batches that have not asked for it yet.
     *
     * @param value not null
     * @throws IllegalArgumentException if {@code value} is null
     * @throws IllegalStateException if it was destroyed
     */
    public synchronized void replace(T value) {
        requireValue(value);
        requireNotDestroyed(latest);
        latest = value;
    }

    /** Lets go of the value, for good; does nothing if it was destroyed before. */
    public synchronized void destroy() {
        latest = null;
    }

    /** What it is, without the value. */
    @Override
    public String toString() {
        T value = latest;
        return "Broadcast(" + (value == null ? "destroyed" : value.getClass().getTypeName()) + ")";
    }

    private static void requireValue(@Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(
                    "'value' of a broadcast must not be null; broadcast an empty value instead");
        }
    }

    private static <T> T requireNotDestroyed(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException(
                    "The broadcast was destroyed, so it has no value any more; make a new one by"
                            + " broadcast(value), or replace(value) instead of destroying it");
        }
        return value;
    }
}
