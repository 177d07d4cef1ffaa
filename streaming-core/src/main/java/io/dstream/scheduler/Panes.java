package io.dstream.scheduler;

import io.dstream.graph.Node;
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
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows that outlive their batch, because a window reaches back to them or they are remembered.
 *
 * <p>Thread-safe: changed by the batch thread, read by whoever asks for a slice.
 */
final class Panes {

    private final BlockStore store;
    private final Function<Instant, RunScope> scopes;

    // Mutable state, guarded by this
    private final IdentityHashMap<Node, NavigableMap<Instant, Pane<?>>> byNode = new IdentityHashMap<>();

    /**
     * @param store where rows are kept
     * @param scopes opens the scope of a pane, given its batch time
     */
    Panes(BlockStore store, Function<Instant, RunScope> scopes) {
        this.store = store;
        this.scopes = scopes;
    }

    /** Computes the rows of a node's RDD and keeps them where the node's rows are to be. */
    <T> void put(Node node, Instant time, RDD<T> rdd, StorageLevel level) {
        Pane<T> pane =
                new Pane<>(rdd.name().orElse(""), stored(rdd, level), rdd.plan().isPartitionedByKey());
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

    /** The rows of a node in one batch, as long as they are kept; null if there are none. */
    @SuppressWarnings("unchecked") // put from RDDs of the same node
    synchronized <T> @Nullable RDD<T> rdd(Node node, Instant time) {
        Pane<T> pane = (Pane<T>) at(node, time);
        return pane == null ? null : pane.rdd(scopeOf(pane, time));
    }

    /** The partitions of the rows of a node in one batch, as long as they are kept; null if there are none. */
    @SuppressWarnings("unchecked") // put from RDDs of the same node
    synchronized <T> @Nullable List<InputPartition<T>> partitions(Node node, Instant time) {
        Pane<T> pane = (Pane<T>) at(node, time);
        return pane == null ? null : pane.partitions();
    }

    /** Has the remembered rows of a node in a batch come from its pane from now on. */
    @SuppressWarnings("unchecked") // put from the rows
    synchronized <T> void outliveBatch(Node node, Instant time, RememberedRows<T> rows) {
        Pane<T> pane = (Pane<T>) Objects.requireNonNull(at(node, time));
        RunScope scope = scopeOf(pane, time);
        rows.outliveBatch(pane.rdd(scope), scope);
    }

    private @Nullable Pane<?> at(Node node, Instant time) {
        return byNode.getOrDefault(node, new TreeMap<>()).get(time);
    }

    private RunScope scopeOf(Pane<?> pane, Instant time) {
        RunScope scope = pane.scope;
        if (scope == null) {
            scope = scopes.apply(time);
            pane.scope = scope;
        }
        return scope;
    }

    /** Lets go of the rows of a batch that counts for nothing. */
    synchronized void drop(Instant time) {
        byNode.values().forEach(panes -> release(panes.subMap(time, true, time, true)));
    }

    /**
     * Lets go of what is kept no longer after a batch.
     *
     * @param kept how long the rows of a node are kept after their batch
     */
    synchronized void forget(Instant batchTime, Function<Node, Duration> kept) {
        byNode.forEach((node, panes) -> release(panes.headMap(batchTime.minus(kept.apply(node)), true)));
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

    /** The rows of one batch. */
    private static final class Pane<T> {

        private final String name;
        private final List<StoredRows<T>> rows; // of each partition
        private final boolean partitionedByKey;

        // Mutable state, guarded by the Panes
        private @Nullable RunScope scope; // opened for the first who asks for the pane alone

        Pane(String name, List<StoredRows<T>> rows, boolean partitionedByKey) {
            this.name = name;
            this.rows = rows;
            this.partitionedByKey = partitionedByKey;
        }

        /** Whether pairs of the same key lie in the same partition of all panes; no panes are not alike. */
        static <T> boolean areAlike(List<Pane<T>> panes) {
            return !panes.isEmpty()
                    && panes.stream().allMatch(pane -> pane.partitionedByKey)
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

        RDD<T> rdd(RunScope openScope) {
            List<InputPartition<T>> kept = partitions().stream()
                    .<InputPartition<T>>map(partition -> new KeptPartition<>(partition, openScope, name))
                    .toList();
            return RDD.ofPartitions(openScope, name, kept, partitionedByKey);
        }

        List<InputPartition<T>> partitions() {
            return IntStream.range(0, size()).mapToObj(this::partition).toList();
        }

        private InputPartition<T> partition(int index) {
            StoredRows<T> stored = rows.get(index);
            return stored.partition(0, stored.size());
        }

        /** The scope is closed before the rows are gone. */
        void release() {
            if (scope != null) {
                scope.close();
            }
            rows.forEach(StoredRows::release);
        }
    }
}
