package io.dstream.local;

import io.dstream.engine.StateStore;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keyed state in memory: one table for each partition of each node. */
final class LocalStateStore implements StateStore {

    // Mutable state, of the batch thread; the tables of a node are changed by the tasks of its update
    private final Map<String, List<LocalStateTable<?, ?>>> tables = new HashMap<>();
    private final Set<String> changed = new HashSet<>(); // by the open batch
    private final Set<String> committed = new HashSet<>();

    @Override
    public boolean isNew(String node) {
        return !committed.contains(node);
    }

    @Override
    public <K, V, S, M> List<List<M>> update(String node, PairRDD<K, V> rows, Update<K, V, S, M> update) {
        List<LocalStateTable<K, S>> nodeTables = tables(node, rows.getNumPartitions());
        changed.add(node);
        try {
            return rows.mapPartitionsWithIndex(
                            (index, partition) -> List.of(update.update(nodeTables.get(index), partition))
                                    .iterator())
                    .collect();
        } catch (RuntimeException | Error failure) {
            nodeTables.forEach(LocalStateTable::rollback);
            throw failure;
        }
    }

    @Override
    public <K, S> List<InputPartition<Pair<K, S>>> read(String node, int partitions) {
        List<InputPartition<Pair<K, S>>> views = new ArrayList<>();
        for (LocalStateTable<K, S> table : this.<K, S>tables(node, partitions)) {
            views.add(table::iterator);
        }
        return views;
    }

    @Override
    public void commit() {
        committed.addAll(changed);
        changed.forEach(node -> tables.getOrDefault(node, List.of()).forEach(LocalStateTable::commit));
        changed.clear();
    }

    @Override
    public void rollback() {
        changed.forEach(node -> tables.getOrDefault(node, List.of()).forEach(LocalStateTable::rollback));
        changed.clear();
    }

    @SuppressWarnings("unchecked") // a node's tables are always asked for with the node's types
    private <K, S> List<LocalStateTable<K, S>> tables(String node, int partitions) {
        List<LocalStateTable<?, ?>> nodeTables = tables.computeIfAbsent(node, absent -> new ArrayList<>());
        while (nodeTables.size() < partitions) {
            nodeTables.add(new LocalStateTable<>(node));
        }
        return (List<LocalStateTable<K, S>>) (List<?>) nodeTables;
    }
}
