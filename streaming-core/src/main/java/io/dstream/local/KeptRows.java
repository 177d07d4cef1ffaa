package io.dstream.local;

import io.dstream.rdd.Plan;
import io.dstream.rdd.UnitOfWork;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a plan that are computed once: each partition by the first task that asks for it.
 *
 * <p>Thread-safe.
 */
final class KeptRows<T> {

    private final List<Partition> partitions = new ArrayList<>();
    private final Plan<T> plan;
    private final @Nullable UnitOfWork work;

    KeptRows(Plan<T> plan, @Nullable UnitOfWork work) {
        this.plan = plan;
        this.work = work;
        for (int i = 0; i < plan.partitionCount(); i++) {
            partitions.add(new Partition(i));
        }
    }

    /** The rows of a partition; if they have to be computed, as part of an action in this scope. */
    Iterator<T> read(int partition, LocalScope scope) throws Exception {
        return partitions.get(partition).rows(scope).iterator();
    }

    /** Whether all partitions have been computed, so that nothing below the plan is needed any more. */
    boolean isComplete() {
        return partitions.stream().allMatch(partition -> partition.rows != null);
    }

    private final class Partition {

        private final int index;

        // Mutable state, guarded by this; volatile to be looked at without waiting for who computes
        private volatile @Nullable List<T> rows;

        Partition(int index) {
            this.index = index;
        }

        synchronized List<T> rows(LocalScope scope) throws Exception {
            List<T> known = rows;
            if (known == null) {
                known = scope.engine().runInside(work, () -> computed(scope));
                rows = known;
            }
            return known;
        }

        private List<T> computed(LocalScope scope) throws Exception {
            List<T> computed = new ArrayList<>();
            try (Flow<T> flow = FlowCompiler.compute(plan, index, scope)) {
                flow.pushAll(computed::add);
            }
            return computed;
        }
    }
}
