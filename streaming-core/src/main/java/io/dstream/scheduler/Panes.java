package io.dstream.scheduler;

import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows that outlive their batch, because a window reaches back to them or they are remembered.
 *
 * <p>Thread-safe: changed by the batch thread, read by whoever asks for a slice.
 */
final class Panes {

    // Mutable state, guarded by this
    private final IdentityHashMap<Node, NavigableMap<Instant, List<? extends InputPartition<?>>>> byNode =
            new IdentityHashMap<>();

    /** Computes the rows of a node's RDD and keeps them. */
    <T> void put(Node node, Instant time, RDD<T> rdd) {
        List<InputPartition<T>> rows =
                rdd.glom().collect().stream().map(InputPartition::of).toList();
        synchronized (this) {
            byNode.computeIfAbsent(node, absent -> new TreeMap<>()).put(time, rows);
        }
    }

    /** The rows of a node after a time and up to another, oldest first; none where no batch was. */
    @SuppressWarnings("unchecked") // put from RDDs of the same node
    synchronized <T> List<InputPartition<T>> between(Node node, Instant after, Instant upTo) {
        List<InputPartition<T>> rows = new ArrayList<>();
        byNode.getOrDefault(node, new TreeMap<>())
                .subMap(after, false, upTo, true)
                .values()
                .forEach(pane -> rows.addAll((List<InputPartition<T>>) pane));
        return rows;
    }

    /** The rows of a node in one batch; null if it has none of it. */
    @SuppressWarnings("unchecked") // put from RDDs of the same node
    synchronized <T> @Nullable List<InputPartition<T>> at(Node node, Instant time) {
        return (List<InputPartition<T>>)
                byNode.getOrDefault(node, new TreeMap<>()).get(time);
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
}
