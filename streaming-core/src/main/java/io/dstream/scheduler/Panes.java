package io.dstream.scheduler;

import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The rows that outlive their batch, because a window reaches back to them.
 *
 * <p>Used by the batch thread alone.
 */
final class Panes {

    // Mutable state
    private final IdentityHashMap<Node, NavigableMap<Instant, List<? extends InputPartition<?>>>> byNode =
            new IdentityHashMap<>();

    /** Computes the rows of a node's RDD and keeps them. */
    <T> void put(Node node, Instant time, RDD<T> rdd) {
        List<InputPartition<T>> rows =
                rdd.glom().collect().stream().map(InputPartition::of).toList();
        byNode.computeIfAbsent(node, absent -> new TreeMap<>()).put(time, rows);
    }

    /** The rows of a node after a time and up to another, oldest first; none where no batch was. */
    @SuppressWarnings("unchecked") // put from RDDs of the same node
    <T> List<InputPartition<T>> between(Node node, Instant after, Instant upTo) {
        List<InputPartition<T>> rows = new ArrayList<>();
        byNode.getOrDefault(node, new TreeMap<>())
                .subMap(after, false, upTo, true)
                .values()
                .forEach(pane -> rows.addAll((List<InputPartition<T>>) pane));
        return rows;
    }

    /** Lets go of the rows of a batch that counts for nothing. */
    void drop(Instant time) {
        byNode.values().forEach(panes -> panes.remove(time));
    }

    /** Lets go of what no window that ends at this time or later reaches. */
    void forget(Instant next, StreamGraph graph) {
        byNode.forEach((node, panes) ->
                panes.headMap(next.minus(graph.reach(node)), true).clear());
    }
}
