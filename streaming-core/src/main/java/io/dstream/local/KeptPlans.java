package io.dstream.local;

import io.dstream.rdd.Plan;
import io.dstream.rdd.StorageLevel;
import io.dstream.rdd.UnitOfWork;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The plans whose rows are to be kept, with what is kept of them; found from every scope, because a plan may have parts of
 * several and be kept by several.
 *
 * <p>Thread-safe.
 */
final class KeptPlans {

    // Mutable state, guarded by this
    private final IdentityHashMap<Plan<?>, KeptRows<?>> kept = new IdentityHashMap<>();

    /**
     * Keeps the rows of a plan from now on, until all owners have let go of them. What is kept already stays where it is.
     *
     * @param level where
     * @param owner for whom; does nothing if it keeps them already
     * @param work what their computation is a part of for the owner; null if it has no end
     */
    synchronized void keep(Plan<?> plan, StorageLevel level, Object owner, @Nullable UnitOfWork work) {
        kept.computeIfAbsent(plan, absent -> new KeptRows<>(plan, level)).addOwner(owner, work);
    }

    /** Lets go of the rows of a plan for an owner; does nothing if it does not keep them. */
    void drop(Plan<?> plan, Object owner) {
        KeptRows<?> dropped = withoutOwner(plan, owner);
        if (dropped != null) {
            dropped.release();
        }
    }

    private synchronized @Nullable KeptRows<?> withoutOwner(Plan<?> plan, Object owner) {
        KeptRows<?> rows = kept.get(plan);
        if (rows == null || !rows.removeOwner(owner)) {
            return null;
        }
        return kept.remove(plan);
    }

    /** Whether an owner keeps a plan, and nobody else. */
    synchronized boolean isOnlyOwner(Plan<?> plan, Object owner) {
        KeptRows<?> rows = kept.get(plan);
        return rows != null && rows.isOnlyOwner(owner);
    }

    /** The rows kept for a plan; null if they are not to be kept. */
    @SuppressWarnings("unchecked") // put under a plan of the same type
    synchronized <T> @Nullable KeptRows<T> of(Plan<T> plan) {
        return (KeptRows<T>) kept.get(plan);
    }
}
