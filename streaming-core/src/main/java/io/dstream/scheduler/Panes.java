package io.dstream.scheduler;

import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.BlockStore;
import io.dstream.storage.StoredRows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows that outlive their batch, because a window reaches back to them or they are remembered.
 *
 * <p>Thread-safe: changed by the batch thread, read by whoever asks for a slice.
 */
final class Panes {

    private final BlockStore store;

    // Mutable state, guarded by this
    private final IdentityHashMap<Node, NavigableMap<Instant, Pane<?>>> byNode = new IdentityHashMap<>();

    Panes(BlockStore store) {
        this.store = store;
    }

    /** Computes the rows of a node's RDD and keeps them where the node's rows are to be. */
    <T> void put(Node node, Instant time, RDD<T> rdd, StorageLevel level) {
        Pane<T> pane = new Pane<>(stored(rdd, level), rdd.plan().isPartitionedByKey());
        Pane<?> before;
        synchronized (this) {
            before = byNode.computeIfAbsent(node, absent -> new TreeMap<>()).put(time, pane);
        }
        if (before != null) { // of an attempt that failed after that
            before.release();
        }
    }

    private <T> List<StoredRows<T>> stored(RDD<T> rdd, StorageLevel level) {
        Queue<StoredRows<T>> made = new ConcurrentLinkedQueue<>();
        try {
            return rdd.mapRows((index, partition) -> {
                        StoredRows<T> rows = store.fill(level, partition::forEachRemaining);
                        made.add(rows);
                        return List.of(rows).iterator();
                    })
                    .collect();
        } catch (Throwable failure) {
            made.forEach(StoredRows::release);
            throw failure;
        }
    }

    /** The rows of a node after a time and up to another, oldest first; none where no batch was. */
    <T> RDD<T> between(Node node, Instant after, Instant upTo, RunScope scope, String name) {
        List<Pane<T>> panes = between(node, after, upTo);
        return Pane.areAlike(panes)
                ? RDD.ofPartitions(scope, name, Pane.byPartition(panes), true)
                : RDD.ofPartitions(scope, name, Pane.byTime(panes));
    }

    @SuppressWarnings("unchecked") // put from RDDs of the same node
    private synchronized <T> List<Pane<T>> between(Node node, Instant after, Instant upTo) {
        List<Pane<T>> panes = new ArrayList<>();
        byNode.getOrDefault(node, new TreeMap<>())
                .subMap(after, false, upTo, true)
                .values()
                .forEach(pane -> panes.add((Pane<T>) pane));
        return panes;
    }

    /** The rows of a node in one batch; null if it has none of it. */
    @SuppressWarnings("unchecked") // put from RDDs of the same node
    synchronized <T> @Nullable List<InputPartition<T>> at(Node node, Instant time) {
        Pane<T> pane = (Pane<T>) byNode.getOrDefault(node, new TreeMap<>()).get(time);
        return pane == null ? null : pane.partitions();
    }

    /** Lets go of the rows of a batch that counts for nothing. */
    synchronized void drop(Instant time) {
        byNode.values().forEach(panes -> release(panes.subMap(time, true, time, true)));
    }

    /** Lets go of what is remembered no more after a batch and reached by no window after it. */
    synchronized void forget(Instant batchTime, Duration batchInterval, StreamGraph graph) {
        byNode.forEach(
                (node, panes) -> release(panes.headMap(batchTime.minus(kept(node, batchInterval, graph)), true)));
    }

    /** Lets go of everything. */
    synchronized void close() {
        byNode.values().forEach(Panes::release);
    }

    private static void release(Map<Instant, Pane<?>> panes) {
        Collection<Pane<?>> over = panes.values();
        over.forEach(Pane::release);
        over.clear();
    }

    /** How long the rows of a node are kept after their batch: as long as they are remembered or a window will reach them. */
    static Duration kept(Node node, Duration batchInterval, StreamGraph graph) {
        Duration reached = graph.reach(node).minus(batchInterval);
        Duration remembered = graph.remembered(node);
        return reached.compareTo(remembered) > 0 ? reached : remembered;
    }

    /**
     * The rows of one batch.
     *
     * @param rows those of each partition
     */
    private record Pane<T>(List<StoredRows<T>> rows, boolean partitionedByKey) {

        /** Whether pairs of the same key lie in the same partition of all panes; no panes are not alike. */
        static <T> boolean areAlike(List<Pane<T>> panes) {
            return !panes.isEmpty()
                    && panes.stream().allMatch(Pane::partitionedByKey)
                    && panes.stream().mapToInt(Pane::size).distinct().count() == 1;
        }

        /** Each partition with the rows of that partition in all panes. */
        static <T> List<InputPartition<T>> byPartition(List<Pane<T>> panes) {
            return IntStream.range(0, panes.get(0).size())
                    .mapToObj(index -> InputPartition.concatenated(
                            panes.stream().map(pane -> pane.partition(index)).toList()))
                    .toList();
        }

        /** The partitions of all panes. */
        static <T> List<InputPartition<T>> byTime(List<Pane<T>> panes) {
            return panes.stream().flatMap(pane -> pane.partitions().stream()).toList();
        }

        int size() {
            return rows.size();
        }

        List<InputPartition<T>> partitions() {
            return IntStream.range(0, size()).mapToObj(this::partition).toList();
        }

        private InputPartition<T> partition(int index) {
            StoredRows<T> stored = rows.get(index);
            return stored.partition(0, stored.size());
        }

        void release() {
            rows.forEach(StoredRows::release);
        }
    }
}
