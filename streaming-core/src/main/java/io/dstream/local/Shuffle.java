package io.dstream.local;

import io.dstream.function.StreamingException;
import io.dstream.rdd.Aggregation;
import io.dstream.rdd.Pair;
import io.dstream.rdd.Plan;
import io.dstream.rdd.UnitOfWork;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one shuffle, by reference in memory: every map task combines its values into one table per reduce
 * partition, and the first reader of a reduce partition merges its tables into one, which the others share.
 *
 * <p>Thread-safe. A failure while merging leaves tables half merged, so they are thrown away and made again.
 */
final class Shuffle<K, V, C> implements Shuffled<Pair<K, C>> {

    private final Plan.CombineByKey<K, V, C> plan;
    private final Aggregation<V, C> aggregation;
    private final LocalScope scope;
    private final @Nullable UnitOfWork work;

    // Mutable state, guarded by this
    private @Nullable List<ReducePartition> output;
    private boolean counted; // what the map tasks add to accumulators

    /**
     * @param work what its computation is a part of; null if there is nothing around it
     */
    Shuffle(Plan.CombineByKey<K, V, C> plan, LocalScope scope, @Nullable UnitOfWork work) {
        this.plan = plan;
        this.aggregation = plan.aggregation();
        this.scope = scope;
        this.work = work;
    }

    @Override
    public @Nullable UnitOfWork work() {
        return work;
    }

    @Override
    public void prepare() {
        partitions();
    }

    private synchronized List<ReducePartition> partitions() {
        if (output == null) {
            scope.prepare(plan.parent());
            List<ReducePartition> computed = transposed(scope.engine()
                    .run(
                            plan.parent().partitionCount(),
                            this::combine,
                            scope.isWorthHelp(plan.parent()),
                            workOfMapTasks()));
            counted = true;
            output = computed;
            scope.engine().computed(() -> forget(computed));
        }
        return output;
    }

    /** What they add to accumulators counts once, however often they must run: the second time in a unit that is never done. */
    private @Nullable UnitOfWork workOfMapTasks() {
        return counted ? new UnitOfWork(work) : work;
    }

    @Override
    public Iterator<Pair<K, C>> read(int partition) {
        List<ReducePartition> partitions = partitions();
        KeyedTable<K, C> table = partitions.get(partition).mergedOrSpoilt();
        while (table == null) {
            forget(partitions);
            partitions = partitions();
            table = partitions.get(partition).mergedOrSpoilt();
        }
        return new PairIterator<>(table);
    }

    @Override
    public boolean hasRows() {
        return partitions().stream().anyMatch(ReducePartition::hasRows);
    }

    private synchronized void forget(List<ReducePartition> past) {
        if (output == past) {
            output = null;
        }
    }

    private List<KeyedTable<K, C>> combine(int mapTask) throws Exception {
        List<KeyedTable<K, C>> tables = new ArrayList<>(plan.partitionCount());
        for (int i = 0; i < plan.partitionCount(); i++) {
            tables.add(new KeyedTable<>());
        }
        return scope.runTask(plan.parent(), mapTask, pairs -> {
            pairs.forEachRemaining(pair -> combine(tables, pair));
            return tables;
        });
    }

    private void combine(List<KeyedTable<K, C>> tables, Pair<K, V> pair) {
        K key = pair.key();
        int hash = Objects.hashCode(key);
        KeyedTable<K, C> table = tables.get(Shuffled.partitionOf(key, tables.size()));
        int size = table.size();
        int index = table.findOrAdd(key, hash);
        try {
            if (table.size() > size) {
                table.setValue(index, aggregation.create().call(pair.value()));
            } else {
                table.setValue(index, aggregation.mergeValue().call(table.value(index), pair.value()));
            }
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }

    private List<ReducePartition> transposed(List<List<KeyedTable<K, C>>> byMapTask) {
        List<ReducePartition> partitions = new ArrayList<>(plan.partitionCount());
        for (int i = 0; i < plan.partitionCount(); i++) {
            int partition = i;
            partitions.add(new ReducePartition(
                    byMapTask.stream().map(tables -> tables.get(partition)).toList()));
        }
        return partitions;
    }

    /** One reduce partition: the tables of the map tasks, merged when it is read first. */
    final class ReducePartition {

        // Mutable state, guarded by this
        private List<KeyedTable<K, C>> tables;
        private @Nullable KeyedTable<K, C> merged;
        private boolean spoilt;

        ReducePartition(List<KeyedTable<K, C>> tables) {
            this.tables = tables;
        }

        /** The merged table; null if merging has failed before, which has spoilt the tables. */
        synchronized @Nullable KeyedTable<K, C> mergedOrSpoilt() {
            if (merged == null && !spoilt) {
                spoilt = true; // until it is done
                merged = keptMerge();
                spoilt = false;
                tables = List.of();
            }
            return merged;
        }

        synchronized boolean hasRows() {
            return merged == null ? tables.stream().anyMatch(table -> table.size() > 0) : merged.size() > 0;
        }

        private KeyedTable<K, C> keptMerge() {
            try {
                return scope.engine().runInside(work, this::merge);
            } catch (Exception failure) {
                throw StreamingException.unchecked(failure);
            }
        }

        /** In the order of the map tasks, which is the order of a key's values. */
        private KeyedTable<K, C> merge() throws Exception {
            KeyedTable<K, C> all = tables.isEmpty() ? new KeyedTable<>() : tables.get(0);
            for (int i = 1; i < tables.size(); i++) {
                addAll(all, tables.get(i));
            }
            return all;
        }

        private void addAll(KeyedTable<K, C> all, KeyedTable<K, C> table) throws Exception {
            for (int index = table.first(); index >= 0; index = table.next(index)) {
                int size = all.size();
                int known = all.findOrAdd(table.key(index));
                C value = table.value(index);
                all.setValue(
                        known,
                        all.size() > size ? value : aggregation.mergeCombiners().call(all.value(known), value));
            }
        }
    }
}
