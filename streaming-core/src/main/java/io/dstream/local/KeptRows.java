package io.dstream.local;

import io.dstream.rdd.Plan;
import io.dstream.rdd.StorageLevel;
import io.dstream.rdd.UnitOfWork;
import io.dstream.storage.StoredRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a plan that are computed once: each partition by the first task that asks for it.
 *
 * <p>Thread-safe.
 */
final class KeptRows<T> {

    private final List<Partition> partitions = new ArrayList<>();
    private final Plan<T> plan;
    private final StorageLevel level;

    // Mutable state
    private final Map<Object, Optional<UnitOfWork>> owners =
            new LinkedHashMap<>(); // guarded by the KeptPlans they are in
    private volatile @Nullable UnitOfWork work; // that of the owner of longest standing
    private volatile boolean released;

    KeptRows(Plan<T> plan, StorageLevel level) {
        this.plan = plan;
        this.level = level;
        for (int i = 0; i < plan.partitionCount(); i++) {
            partitions.add(new Partition(i));
        }
    }

    /** Keeps the rows for one more. */
    void addOwner(Object owner, @Nullable UnitOfWork ownWork) {
        owners.putIfAbsent(owner, Optional.ofNullable(ownWork));
        useWorkOfFirst();
    }

    /**
     * Keeps the rows for one less; does nothing if it is no owner.
     *
     * @return whether it was the last one
     */
    boolean removeOwner(Object owner) {
        if (owners.remove(owner) == null) {
            return false;
        }
        if (!owners.isEmpty()) {
            useWorkOfFirst();
        }
        return owners.isEmpty();
    }

    boolean isOnlyOwner(Object owner) {
        return owners.size() == 1 && owners.containsKey(owner);
    }

    private void useWorkOfFirst() {
        work = owners.values().iterator().next().orElse(null);
    }

    StorageLevel level() {
        return level;
    }

    /** The rows of a partition; if they have to be computed, as part of an action in this scope. */
    Iterator<T> read(int partition, LocalScope scope) throws Exception {
        if (released) { // by another thread
            return FlowCompiler.compute(plan, partition, scope);
        }
        StoredRows<T> rows = partitions.get(partition).rows(scope);
        try {
            return rows.open();
        } catch (IOException | IllegalStateException failure) {
            if (released || partitions.get(partition).rows != rows) { // meanwhile, and their file is deleted
                return FlowCompiler.compute(plan, partition, scope);
            }
            throw failure;
        } finally {
            if (released) { // what is open can be read to its end
                release();
            }
        }
    }

    /** Whether all partitions have been computed, so that nothing below the plan is needed any more. */
    boolean isComplete() {
        return partitions.stream().allMatch(partition -> partition.rows != null);
    }

    /** Whether there are rows in the partitions that have been computed. */
    boolean hasRows() {
        return partitions.stream().anyMatch(Partition::hasRows);
    }

    /** Lets go of the rows; whoever still computes or reads some does that to the end. */
    void release() {
        released = true;
        partitions.forEach(Partition::release);
    }

    private final class Partition {

        private final int index;

        // Mutable state, guarded by this; volatile to be looked at without waiting for who computes
        private volatile @Nullable StoredRows<T> rows;
        private boolean counted; // what computing them adds to accumulators

        Partition(int index) {
            this.index = index;
        }

        synchronized StoredRows<T> rows(LocalScope scope) throws Exception {
            StoredRows<T> known = rows;
            if (known == null) {
                known = scope.engine().runInside(workOfRows(), () -> computed(scope));
                counted = true;
                rows = known;
                scope.engine().computed(this::forget);
            }
            return known;
        }

        /** What they add counts once, however often they are computed: the second time in a unit that is never done. */
        private @Nullable UnitOfWork workOfRows() {
            return counted ? new UnitOfWork(work) : work;
        }

        private StoredRows<T> computed(LocalScope scope) throws Exception {
            try (Flow<T> flow = FlowCompiler.compute(plan, index, scope)) {
                return scope.engine().rows().fill(level, consumer -> flow.pushAll(consumer::accept));
            }
        }

        boolean hasRows() {
            StoredRows<T> known = rows;
            return known != null && known.size() > 0;
        }

        /** Has them computed anew for whoever asks next. */
        private synchronized void forget() {
            StoredRows<T> past = rows;
            rows = null;
            if (past != null) {
                past.release();
            }
        }

        void release() {
            StoredRows<T> known = rows;
            if (known != null) {
                known.release();
            }
        }
    }
}
