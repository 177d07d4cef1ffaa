package io.dstream.local;

import io.dstream.engine.StateStore;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.storage.StateVisitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Keyed state in memory: one table for each partition of each node.
 *
 * <p>Thread-safe: which nodes there are is in concurrent collections, and the tables of a node are changed by the tasks of its
 * one update alone.
 */
final class LocalStateStore implements StateStore {

    // Mutable state
    private final Map<String, List<LocalStateTable<?, ?>>> tables = new ConcurrentHashMap<>();
    private final Set<String> changed = ConcurrentHashMap.newKeySet(); // by the open batch
    private final Set<String> committed = ConcurrentHashMap.newKeySet();

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
    public void changes(Changes changes) {
        for (String node : changed) {
            List<LocalStateTable<?, ?>> nodeTables = tablesOf(node);
            boolean any = false;
            for (LocalStateTable<?, ?> table : nodeTables) {
                any |= table.changes(changes);
            }
            if (!any) {
                changes.take(node, List.of(), List.of(), new long[0]);
            }
        }
    }

    @Override
    public <K, S> StateVisitor<K, S> restore(String node, int partitions) {
        List<LocalStateTable<K, S>> nodeTables = tables(node, partitions);
        committed.add(node);
        return (key, state, dataTime) ->
                nodeTables.get(Shuffled.partitionOf(key, partitions)).restore(key, state, dataTime);
    }

    @Override
    public void commit() {
        committed.addAll(changed);
        changed.forEach(node -> tablesOf(node).forEach(LocalStateTable::commit));
        changed.clear();
    }

    @Override
    public void rollback() {
        changed.forEach(node -> tablesOf(node).forEach(LocalStateTable::rollback));
        changed.clear();
    }

    private List<LocalStateTable<?, ?>> tablesOf(String node) {
        return tables.getOrDefault(node, List.of());
    }

    @SuppressWarnings("unchecked") // a node's tables are always asked for with the node's types
    private <K, S> List<LocalStateTable<K, S>> tables(String node, int partitions) {
        return (List<LocalStateTable<K, S>>)
                (List<?>) tables.computeIfAbsent(node, absent -> newTables(node, partitions));
    }

    private static List<LocalStateTable<?, ?>> newTables(String node, int partitions) {
        return Stream.<LocalStateTable<?, ?>>generate(() -> new LocalStateTable<>(node))
                .limit(partitions)
                .toList();
    }
}
