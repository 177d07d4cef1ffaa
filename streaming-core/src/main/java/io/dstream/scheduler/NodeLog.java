package io.dstream.scheduler;

import io.dstream.engine.StateStore;
import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.BatchCommit;
import io.dstream.storage.LoggedNode;
import io.dstream.storage.StateVisitor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * States and rows on their way from run to run: gives tables and panes what earlier runs have left in the log, and the log what
 * a batch has changed.
 *
 * <p>Used by the batch thread alone.
 */
final class NodeLog {

    private static final int ROWS = 1_000; // that become bytes together

    private final String pipeline;
    private final StreamGraph graph;
    private final Slides slides;
    private final Panes panes;
    private final StateStore states;

    // Mutable state
    private @Nullable LoggedNodes logged; // set by restore()
    private final Set<String> stateful = new HashSet<>(); // the ids of the nodes whose states are kept
    private final Map<String, RestoredTypes> restored = new HashMap<>(); // by id
    private final Set<Node> remade = Collections.newSetFromMap(new IdentityHashMap<>()); // of rows, in their next batch

    NodeLog(String pipeline, StreamGraph graph, Slides slides, Panes panes, StateStore states) {
        this.pipeline = pipeline;
        this.graph = graph;
        this.slides = slides;
        this.panes = panes;
        this.states = states;
    }

    /**
     * Takes over what the runs before have left.
     *
     * @param scope open meanwhile
     * @throws IOException if a file cannot be read
     * @throws io.dstream.function.StreamingException if something in it cannot be
     */
    void restore(Restoration restoration, RunScope scope) throws IOException {
        LoggedNodes nodes = restoration.nodes();
        logged = nodes;
        for (Node.Stateful node : nodes.stateful()) {
            stateful.add(graph.idOf(node));
            LoggedNode kept = restoration.statesOf(node);
            if (kept != null) {
                restoreStates(node, kept, restoration, scope);
            }
        }
        for (Node node : nodes.nodesOfRows()) {
            for (Instant time : restoration.rowTimes(node)) {
                restoreRows(node, time, restoration, scope);
            }
        }
        nodes.remade().stream()
                .filter(node -> restoration.hasRows(LoggedNodes.rowsOf(node)))
                .forEach(remade::add);
    }

    private <K, S> void restoreStates(Node.Stateful node, LoggedNode kept, Restoration restoration, RunScope scope)
            throws IOException {
        String id = graph.idOf(node);
        StateVisitor<K, S> table =
                states.restore(id, node.partitions() > 0 ? node.partitions() : scope.defaultPartitions());
        RestoredTypes types = new RestoredTypes(pipeline, id, kept, node.types());
        restoration.checkpoint().<K, S>forEachState(id, (key, state, dataTime) -> {
            types.add(key, state);
            table.visit(key, state, node.expires() ? dataTime : 0);
        });
        restored.put(id, types);
    }

    private void restoreRows(Node node, Instant time, Restoration restoration, RunScope scope) throws IOException {
        StorageLevel level = graph.levelOf(node);
        panes.put(
                node,
                time,
                RDD.ofPartitions(
                        scope, graph.idOf(node), restoration.checkpoint().pane(nodes().rowIdOf(node), time)),
                level == StorageLevel.NONE ? StorageLevel.MEMORY_ONLY : level); // only until the next batch
    }

    /** Whether the state of a node is to be made of the rows that earlier runs have left. */
    boolean isRemade(Node.Stateful node) {
        return remade.contains(node);
    }

    /** Is told of the nodes that were evaluated in a batch that is committed. */
    void evaluated(Set<Node.Stateful> nodes) {
        if (!remade.isEmpty()) {
            remade.removeAll(nodes);
        }
        if (!restored.isEmpty()) {
            nodes.forEach(node ->
                    restored.computeIfPresent(graph.idOf(node), (id, types) -> types.hasSeenKeys() ? null : types));
        }
    }

    /**
     * How long the rows of a node are kept after their batch.
     *
     * @param last the time of the last batch that has ended
     */
    Duration kept(Node node, Instant last) {
        boolean wanted = !remade.isEmpty()
                && nodes().remade().stream().anyMatch(state -> isRemade(state) && LoggedNodes.rowsOf(state) == node);
        return wanted ? nodes().kept(node, last, slides) : slides.kept(node, last);
    }

    /**
     * An update that fails, and so leaves the states as they were, if a node goes on with keys of another type than those of the rows.
     * What rows have is compared until a batch with rows is committed.
     */
    <K, V, S, M> StateStore.Update<K, V, S, M> comparing(String node, StateStore.Update<K, V, S, M> update) {
        RestoredTypes types = restored.get(node);
        return types == null
                ? update
                : (table, rows) -> {
                    Set<Class<?>> keys = new HashSet<>();
                    List<M> given = update.update(table, RestoredTypes.noting(rows, keys));
                    types.requireAlike(keys);
                    return given;
                };
    }

    /** What is thrown in place of a failure that may come of a restored state of another type than a function expects. */
    RuntimeException asRefusal(String node, ClassCastException failure) {
        RestoredTypes types = restored.get(node);
        return types == null ? failure : types.asRefusal(failure);
    }

    /**
     * Hands over the states that the open batch has changed.
     *
     * @throws io.dstream.function.StreamingException if one cannot be written
     */
    void writeStates(BatchCommit commit) {
        states.changes(stateful, commit::states);
    }

    /**
     * Hands over the rows of a batch at which later batches look.
     *
     * @param scope of the batch
     * @param rdds give the RDD of a node in the batch if it is due, else null
     * @throws io.dstream.function.StreamingException if a row cannot be written
     */
    void writeRows(Instant time, BatchCommit commit, RunScope scope, Rdds rdds) throws Exception {
        for (Node node : nodes().nodesOfRows()) {
            List<InputPartition<Object>> pane = panes.partitions(node, time);
            RDD<?> rows = pane == null ? unkept(node, rdds) : RDD.ofPartitions(scope, graph.idOf(node), pane);
            if (rows != null) {
                write(rows, nodes().rowIdOf(node), commit);
            }
        }
    }

    /** Rows that this run does not look at again, but the next one makes states of. */
    private @Nullable RDD<?> unkept(Node node, Rdds rdds) throws Exception {
        return nodes().isOnlyRemadeOf(node) ? rdds.rdd(node) : null;
    }

    /** Rows become bytes on all threads of the engine. */
    private static <T> void write(RDD<T> rdd, String id, BatchCommit commit) {
        rdd.mapRows((index, rows) -> {
                    write(rows, id, index, commit);
                    return Collections.emptyIterator();
                })
                .count();
        if (rdd.getNumPartitions() == 0) {
            commit.pane(id, 0, List.of());
        }
    }

    private static <T> void write(Iterator<T> rows, String id, int partition, BatchCommit commit) {
        List<T> chunk = new ArrayList<>();
        do {
            chunk.clear();
            while (rows.hasNext() && chunk.size() < ROWS) {
                chunk.add(rows.next());
            }
            commit.pane(id, partition, chunk);
        } while (rows.hasNext());
    }

    /** Says which rows later batches look at no more. */
    void forgetRows(BatchCommit commit) {
        Instant time = commit.batchTime();
        nodes().nodesOfRows()
                .forEach(node ->
                        commit.forgetPanes(nodes().rowIdOf(node), time.minus(nodes().kept(node, time, slides))));
    }

    private LoggedNodes nodes() {
        return Objects.requireNonNull(logged, "restore() was not called");
    }

    /** The RDDs of a batch. */
    @FunctionalInterface
    interface Rdds {

        @Nullable
        RDD<?> rdd(Node node) throws Exception;
    }
}
