package io.dstream.scheduler;

import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows that outlive their batch, because a window reaches back to them or they are remembered.
 *
 * <p>Thread-safe: changed by the batch thread, read by whoever asks for a slice.
 */
final class Panes {

    // Mutable state, guarded by this
    private final IdentityHashMap<Node, NavigableMap<Instant, Pane<?>>> byNode = new IdentityHashMap<>();

    /** Computes the rows of a node's RDD and keeps them. */
    <T> void put(Node node, Instant time, RDD<T> rdd) {
        List<InputPartition<T>> rows =
                rdd.glom().collect().stream().map(InputPartition::of).toList();
        Pane<T> pane = new Pane<>(rows, rdd.plan().isPartitionedByKey());
        synchronized (this) {
            byNode.computeIfAbsent(node, absent -> new TreeMap<>()).put(time, pane);
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
        byNode.values().forEach(panes -> panes.remove(time));
    }

    /** Lets go of what is remembered no more after a batch and reached by no window after it. */
    synchronized void forget(Instant batchTime, Duration batchInterval, StreamGraph graph) {
        byNode.forEach((node, panes) -> panes.headMap(batchTime.minus(kept(node, batchInterval, graph)), true)
                .clear());
    }

    /** How long the rows of a node are kept after their batch: as long as they are remembered or a window will reach them. */
    static Duration kept(Node node, Duration batchInterval, StreamGraph graph) {
        Duration reached = graph.reach(node).minus(batchInterval);
        Duration remembered = graph.remembered(node);
        return reached.compareTo(remembered) > 0 ? reached : remembered;
    }

    /** The rows of one batch. */
    private record Pane<T>(List<InputPartition<T>> partitions, boolean partitionedByKey) {

        /** Whether pairs of the same key lie in the same partition of all panes; no panes are not alike. */
        static <T> boolean areAlike(List<Pane<T>> panes) {
            return !panes.isEmpty()
                    && panes.stream().allMatch(Pane::partitionedByKey)
                    && panes.stream().mapToInt(Pane::size).distinct().count() == 1;
        }

        /** Each partition with the rows of that partition in all panes. */
        static <T> List<InputPartition<T>> byPartition(List<Pane<T>> panes) {
            return IntStream.range(0, panes.get(0).size())
                    .mapToObj(index -> InputPartition.concatenated(panes.stream()
                            .map(pane -> pane.partitions().get(index))
                            .toList()))
                    .toList();
        }

        /** The partitions of all panes. */
        static <T> List<InputPartition<T>> byTime(List<Pane<T>> panes) {
            return panes.stream().flatMap(pane -> pane.partitions().stream()).toList();
        }

        int size() {
            return partitions.size();
        }
    }
}
