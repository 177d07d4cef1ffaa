package io.dstream.local;

import io.dstream.function.StreamingException;
import io.dstream.rdd.Aggregation;
import io.dstream.rdd.Pair;
import io.dstream.rdd.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one shuffle, by reference in memory: every map task combines its values into one table per reduce
 * partition, and the first reader of a reduce partition merges its tables into one, which the others share.
 *
 * <p>Thread-safe. A failure while merging leaves tables half merged, so they are thrown away and made again.
 */
final class Shuffle<K, V, C> {

    private final Plan.CombineByKey<K, V, C> plan;
    private final LocalScope scope;

    // Mutable state, guarded by this
    private @Nullable List<ReducePartition> output;

    Shuffle(Plan.CombineByKey<K, V, C> plan, LocalScope scope) {
        this.plan = plan;
        this.scope = scope;
    }

    /** Runs the map tasks, unless they have run. */
    synchronized List<ReducePartition> prepare() {
        if (output == null) {
            scope.prepare(plan.parent());
            output = transposed(scope.engine().run(plan.parent().partitionCount(), this::combine));
        }
        return output;
    }

    /** The rows of a reduce partition. */
    Iterator<Pair<K, C>> read(int partition) {
        List<ReducePartition> partitions = prepare();
        Map<K, Cell<C>> table = partitions.get(partition).mergedOrSpoilt();
        while (table == null) {
            forget(partitions);
            partitions = prepare();
            table = partitions.get(partition).mergedOrSpoilt();
        }
        return new PairIterator<>(table.entrySet().iterator());
    }

    private synchronized void forget(List<ReducePartition> spoilt) {
        if (output == spoilt) {
            output = null;
        }
    }

    private List<Map<K, Cell<C>>> combine(int mapTask) throws Exception {
        List<Map<K, Cell<C>>> tables = new ArrayList<>(plan.partitionCount());
        for (int i = 0; i < plan.partitionCount(); i++) {
            tables.add(new HashMap<>());
        }
        return scope.runTask(plan.parent(), mapTask, pairs -> {
            pairs.forEachRemaining(pair -> combine(tables.get(partitionOf(pair.key())), pair));
            return tables;
        });
    }

    private void combine(Map<K, Cell<C>> table, Pair<K, V> pair) {
        Aggregation<V, C> aggregation = plan.aggregation();
        Cell<C> cell = table.get(pair.key());
        try {
            if (cell == null) {
                table.put(
                        requireNoArray(pair.key()),
                        new Cell<>(aggregation.create().call(pair.value())));
            } else {
                cell.value = aggregation.mergeValue().call(cell.value, pair.value());
            }
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }

    private List<ReducePartition> transposed(List<List<Map<K, Cell<C>>>> byMapTask) {
        List<ReducePartition> partitions = new ArrayList<>(plan.partitionCount());
        for (int i = 0; i < plan.partitionCount(); i++) {
            int partition = i;
            partitions.add(new ReducePartition(
                    byMapTask.stream().map(tables -> tables.get(partition)).toList()));
        }
        return partitions;
    }

    private int partitionOf(@Nullable Object key) {
        return Math.floorMod(Objects.hashCode(key), plan.partitionCount());
    }

    private static <K> K requireNoArray(K key) {
        if (key != null && key.getClass().isArray()) {
            throw new IllegalArgumentException("A key must not be an array, which is equal only to itself, but was a "
                    + key.getClass().getSimpleName() + "; use a List, a String or a record");
        }
        return key;
    }

    /** One reduce partition: the tables of the map tasks, merged when it is read first. */
    final class ReducePartition {

        // Mutable state, guarded by this
        private List<Map<K, Cell<C>>> tables;
        private @Nullable Map<K, Cell<C>> merged;
        private boolean spoilt;

        ReducePartition(List<Map<K, Cell<C>>> tables) {
            this.tables = tables;
        }

        /** The merged table; null if merging has failed before, which has spoilt the tables. */
        synchronized @Nullable Map<K, Cell<C>> mergedOrSpoilt() {
            if (merged == null && !spoilt) {
                spoilt = true; // until it is done
                merged = merge();
                spoilt = false;
                tables = List.of();
            }
            return merged;
        }

        private Map<K, Cell<C>> merge() {
            Map<K, Cell<C>> all = new HashMap<>();
            try {
                for (Map<K, Cell<C>> table : tables) {
                    addAll(all, table);
                }
            } catch (Exception failure) {
                throw StreamingException.unchecked(failure);
            }
            return all;
        }

        private void addAll(Map<K, Cell<C>> all, Map<K, Cell<C>> table) throws Exception {
            for (Map.Entry<K, Cell<C>> entry : table.entrySet()) {
                Cell<C> cell = all.putIfAbsent(entry.getKey(), entry.getValue());
                if (cell != null) {
                    cell.value = plan.aggregation().mergeCombiners().call(cell.value, entry.getValue().value);
                }
            }
        }
    }

    /** The entries of a table as pairs. */
    private record PairIterator<K, C>(Iterator<Map.Entry<K, Cell<C>>> entries) implements Iterator<Pair<K, C>> {

        @Override
        public boolean hasNext() {
            return entries.hasNext();
        }

        @Override
        public Pair<K, C> next() {
            Map.Entry<K, Cell<C>> entry = entries.next();
            return Pair.of(entry.getKey(), entry.getValue().value);
        }
    }
}
