package io.dstream.scheduler;

import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
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
import org.jspecify.annotations.Nullable;

/**
 * The rows that outlive their batch, because a window reaches back to them or they are remembered.
 *
 * <p>Thread-safe: changed by the batch thread, read by whoever asks for a slice.
 */
final class Panes {

    private final BlockStore store;

    // Mutable state, guarded by this
    private final IdentityHashMap<Node, NavigableMap<Instant, List<StoredRows<?>>>> byNode = new IdentityHashMap<>();

    Panes(BlockStore store) {
        this.store = store;
    }

    /** Computes the rows of a node's RDD and keeps them where the node's rows are to be. */
    void put(Node node, Instant time, RDD<?> rdd, StorageLevel level) {
        List<StoredRows<?>> rows = List.copyOf(stored(rdd, level));
        List<StoredRows<?>> before;
        synchronized (this) {
            before = byNode.computeIfAbsent(node, absent -> new TreeMap<>()).put(time, rows);
        }
        if (before != null) {
            release(before);
        }
    }

    private <T> List<StoredRows<T>> stored(RDD<T> rdd, StorageLevel level) {
        Queue<StoredRows<T>> made = new ConcurrentLinkedQueue<>();
        try {
            return rdd.mapPartitions(partition -> {
                        StoredRows<T> rows = store.fill(level, partition::forEachRemaining);
                        made.add(rows);
                        return List.of(rows).iterator();
                    })
                    .collect();
        } catch (Throwable failure) {
            release(made);
            throw failure;
        }
    }

    /** The rows of a node after a time and up to another, oldest first; none where no batch was. */
    synchronized <T> List<InputPartition<T>> between(Node node, Instant after, Instant upTo) {
        List<InputPartition<T>> rows = new ArrayList<>();
        byNode.getOrDefault(node, new TreeMap<>())
                .subMap(after, false, upTo, true)
                .values()
                .forEach(pane -> rows.addAll(partitions(pane)));
        return rows;
    }

    /** The rows of a node in one batch; null if it has none of it. */
    synchronized <T> @Nullable List<InputPartition<T>> at(Node node, Instant time) {
        List<StoredRows<?>> pane = byNode.getOrDefault(node, new TreeMap<>()).get(time);
        return pane == null ? null : partitions(pane);
    }

    @SuppressWarnings("unchecked") // put from RDDs of the same node
    private static <T> List<InputPartition<T>> partitions(List<StoredRows<?>> pane) {
        return pane.stream()
                .map(rows -> ((StoredRows<T>) rows).partition(0, rows.size()))
                .toList();
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

    private static void release(Map<Instant, List<StoredRows<?>>> panes) {
        panes.values().forEach(Panes::release);
        panes.clear();
    }

    private static void release(Collection<? extends StoredRows<?>> rows) {
        rows.forEach(StoredRows::release);
    }

    /** How long the rows of a node are kept after their batch: as long as they are remembered or a window will reach them. */
    static Duration kept(Node node, Duration batchInterval, StreamGraph graph) {
        Duration reached = graph.reach(node).minus(batchInterval);
        Duration remembered = graph.remembered(node);
        return reached.compareTo(remembered) > 0 ? reached : remembered;
    }
}
