package io.dstream.local;

import io.dstream.engine.StateStore;
import io.dstream.function.Function2;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.storage.StateVisitor;
import java.util.ArrayList;
import java.util.Iterator;
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
        Function2<Integer, Iterator<Pair<K, V>>, Iterator<List<M>>> task = (index, partition) ->
                List.of(update.update(nodeTables.get(index), partition)).iterator();
        changed.add(node);
        try {
            return (isWorthHelp(nodeTables) ? rows.mapPartitionsWithIndex(task) : rows.mapRows(task)).collect();
        } catch (RuntimeException | Error failure) {
            nodeTables.forEach(LocalStateTable::rollback);
            throw failure;
        }
    }

    /** Whether there is something to do in several partitions, even if the batch has no rows: an update may go through all keys. */
    private static <K, S> boolean isWorthHelp(List<LocalStateTable<K, S>> tables) {
        return tables.stream().filter(table -> table.size() > 0).limit(2).count() == 2;
    }

    @Override
    public <K, S> List<InputPartition<Pair<K, S>>> read(String node, int partitions) {
        List<InputPartition<Pair<K, S>>> views = new ArrayList<>();
        for (LocalStateTable<K, S> table : this.<K, S>tables(node, partitions)) {
            views.add(new StatePartition<>(table));
        }
        return views;
    }

    /** States of one partition as they are when it is opened. */
    @SuppressWarnings("serial") // states are in this process
    private record StatePartition<K, S>(LocalStateTable<K, S> table) implements InputPartition<Pair<K, S>> {

        @Override
        public Iterator<Pair<K, S>> open() {
            return table.iterator();
        }

        @Override
        public long size() {
            return table.size();
        }
    }

    @Override
    public void changes(Set<String> nodes, Changes changes) {
        for (String node : changed) {
            if (!nodes.contains(node)) {
                continue;
            }
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
