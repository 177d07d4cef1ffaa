package io.dstream.local;

import io.dstream.rdd.Plan;
import io.dstream.rdd.StorageLevel;
import io.dstream.rdd.UnitOfWork;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The plans whose rows are to be kept, with what is kept of them; found from every scope, because a plan may have parts of
 * several.
 *
 * <p>Thread-safe.
 */
final class KeptPlans {

    // Mutable state, guarded by this
    private final IdentityHashMap<Plan<?>, KeptRows<?>> kept = new IdentityHashMap<>();

    /**
     * Keeps the rows of a plan from now on.
     *
     * @param level where
     * @param work what their computation is a part of; null if it has no end
     * @return whether they were not kept before
     */
    synchronized boolean keep(Plan<?> plan, StorageLevel level, @Nullable UnitOfWork work) {
        return kept.putIfAbsent(plan, new KeptRows<>(plan, level, work)) == null;
    }

    void drop(Plan<?> plan) {
        KeptRows<?> dropped = remove(plan);
        if (dropped != null) {
            dropped.release();
        }
    }

    private synchronized @Nullable KeptRows<?> remove(Plan<?> plan) {
        return kept.remove(plan);
    }

    /** The rows kept for a plan; null if they are not to be kept. */
    @SuppressWarnings("unchecked") // put under a plan of the same type
    synchronized <T> @Nullable KeptRows<T> of(Plan<T> plan) {
        return (KeptRows<T>) kept.get(plan);
    }
}
