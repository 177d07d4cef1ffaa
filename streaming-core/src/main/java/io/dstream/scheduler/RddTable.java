package io.dstream.scheduler;

import io.dstream.engine.Engine;
import io.dstream.engine.StateStore;
import io.dstream.function.StreamingException;
import io.dstream.graph.Node;
import io.dstream.graph.StateFunction;
import io.dstream.graph.StreamGraph;
import io.dstream.graph.WindowReduction;
import io.dstream.input.InputSource;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which RDD a node has for a batch time: made when it is asked for first, and the same from then on until it is forgotten.
 *
 * <p>Used by the batch thread alone.
 */
final class RddTable {

    private final String pipeline;
    private final StreamGraph graph;
    private final Engine engine;
    private final Duration batchInterval;

    // Mutable state
    private final NavigableMap<Instant, Column> columns = new TreeMap<>();
    private final Panes panes = new Panes();
    private final StateStore states;
    private @Nullable Instant zeroTime; // one batch interval before the first batch

    RddTable(Pipeline pipeline) {
        this.pipeline = pipeline.name();
        this.graph = pipeline.graph();
        this.engine = pipeline.engine();
        this.batchInterval = pipeline.settings().batchInterval();
        this.states = engine.openState();
    }

    /** Is told of every batch before anything else; slides are counted from the first. */
    void begin(Instant time) {
        if (zeroTime == null) {
            zeroTime = time.minus(batchInterval);
        }
    }

    /** Whether a node has an RDD at a time: every slide from the first batch on. */
    boolean isDue(Node node, Instant time) {
        Instant zero = Objects.requireNonNull(zeroTime, "begin() was not called");
        return Duration.between(zero, time).toMillis() % node.slide().toMillis() == 0;
    }

    /** The RDD of a node that is due; user functions of transforms run here, at most once. */
    RDD<?> rdd(Node node, Instant time) throws Exception {
        Column column = column(time);
        RDD<?> known = column.rdds.get(node);
        if (known == null) {
            known = make(node, time, column);
            if (graph.isKept(node)) {
                column.scope.keep(known.plan()); // and not for longer, whatever the RDD was made of
            }
            column.rdds.put(node, known);
        }
        return known;
    }

    /**
     * Evaluates what later batches build on, as far as it was not asked for: all states, and the rows that windows reach back
     * to.
     */
    void complete(Instant time) throws Exception {
        for (Node.Stateful node : graph.stateful()) {
            if (isDue(node, time)) {
                rdd(node, time);
                column(time).evaluation(node).get();
            }
        }
        for (Node node : graph.windowed()) {
            if (isDue(node, time)) {
                panes.put(node, time, rdd(node, time));
            }
        }
    }

    /** Keeps what the batch has changed. */
    void commit(Instant time) {
        states.commit();
        panes.forget(time.plus(batchInterval), graph);
    }

    /** Undoes what the batch has changed and forgets its RDDs. */
    void rollback(Instant time) {
        states.rollback();
        panes.drop(time);
        forget(time);
    }

    /** Lets go of all RDDs up to a time; actions on them fail from now on. */
    void forget(Instant upTo) {
        NavigableMap<Instant, Column> over = columns.headMap(upTo, true);
        over.values().forEach(column -> column.scope.close());
        over.clear();
    }

    private Column column(Instant time) {
        return columns.computeIfAbsent(time, this::open);
    }

    private Column open(Instant time) {
        String batch = "the batch " + time.toEpochMilli() + " ms of pipeline '" + pipeline + "'";
        return new Column(engine.openBatch(batch), new IdentityHashMap<>(), new IdentityHashMap<>());
    }

    private RDD<?> make(Node node, Instant time, Column column) throws Exception {
        RunScope scope = column.scope;
        if (node instanceof Node.Input input) {
            return read(graph.sourceOf(input), graph.idOf(input), time, scope);
        }
        if (node instanceof Node.Window window) {
            return window(window, time, scope);
        }
        if (node instanceof Node.Stateful stateful) {
            return deferred(stateful, evaluate(stateful, time, column), column);
        }
        if (node instanceof Node.Snapshots snapshots) {
            rdd(snapshots.state(), time);
            return snapshots(snapshots.state(), column);
        }
        return transform((Node.Transform) node, time);
    }

    private StateEvaluation<?> evaluate(Node.Stateful node, Instant time, Column column) throws Exception {
        StateEvaluation<?> evaluation = node instanceof Node.State state
                ? evaluate(state, state.function(), rdd(state.parent(), time), time, column)
                : evaluate((Node.ReducedWindow) node, ((Node.ReducedWindow) node).reduction(), time, column);
        column.evaluations.put(node, evaluation);
        return evaluation;
    }

    @SuppressWarnings("unchecked") // the rows of the node's parent are the pairs that its function was made for
    private <K, V, S, M> StateEvaluation<M> evaluate(
            Node.State node, StateFunction<K, V, S, M> function, RDD<?> parent, Instant time, Column column) {
        PairRDD<K, V> pairs = PairRDD.fromRDD((RDD<Pair<K, V>>) parent);
        String id = graph.idOf(node);
        return new StateEvaluation<>(() -> {
            PairRDD<K, S> initial = function.initialState();
            if (initial != null && states.isNew(id)) {
                begin(id, initial.reduceByKey((first, second) -> first, partitions(node, column)), time);
            }
            return rows(
                    id, states.update(id, pairs.groupByKey(partitions(node, column)), function.forBatch(time)), column);
        });
    }

    private <K, S> void begin(String id, PairRDD<K, S> initial, Instant time) {
        states.<K, S, S, Void>update(id, initial, (table, rows) -> {
            rows.forEachRemaining(row -> table.put(row.key(), row.value(), time));
            return List.of();
        });
    }

    @SuppressWarnings("unchecked") // the rows of the node's parent are the pairs that its reduction was made for
    private <K, V> StateEvaluation<Void> evaluate(
            Node.ReducedWindow node, WindowReduction<K, V> reduction, Instant time, Column column) throws Exception {
        Instant lastTime = time.minus(node.slide());
        RDD<Pair<K, V>> current = (RDD<Pair<K, V>>) rdd(node.parent(), time);
        PairRDD<K, V> in = PairRDD.fromRDD(this.<Pair<K, V>>paneRows(node, lastTime, time.minusMillis(1), column)
                .union(current));
        PairRDD<K, V> out =
                PairRDD.fromRDD(paneRows(node, lastTime.minus(node.length()), time.minus(node.length()), column));
        String id = graph.idOf(node);
        return new StateEvaluation<>(() -> rows(
                id, states.update(id, in.cogroup(out, partitions(node, column)), reduction.forBatch(time)), column));
    }

    /** Rows of the parent's panes after a time and up to another. */
    private <T> RDD<T> paneRows(Node.Stateful node, Instant after, Instant upTo, Column column) {
        List<InputPartition<T>> rows = panes.between(node.parent(), after, upTo);
        return RDD.ofPartitions(column.scope, graph.idOf(node), rows);
    }

    private static <M> RDD<M> rows(String id, List<List<M>> partitions, Column column) {
        return RDD.ofPartitions(
                column.scope, id, partitions.stream().map(InputPartition::of).toList());
    }

    private static <M> RDD<M> deferred(Node.Stateful node, StateEvaluation<M> evaluation, Column column) {
        return RDD.deferred(column.scope, partitions(node, column), evaluation);
    }

    private RDD<?> snapshots(Node.Stateful node, Column column) {
        String id = graph.idOf(node);
        return RDD.deferred(column.scope, partitions(node, column), () -> {
            column.evaluation(node).get();
            return RDD.ofPartitions(column.scope, id, states.read(id, partitions(node, column)));
        });
    }

    private static int partitions(Node.Stateful node, Column column) {
        return node.partitions() > 0 ? node.partitions() : column.scope.defaultPartitions();
    }

    private RDD<?> window(Node.Window window, Instant time, RunScope scope) throws Exception {
        return withPanes(rdd(window.parent(), time), window, time, scope);
    }

    private <T> RDD<T> withPanes(RDD<T> current, Node.Window window, Instant time, RunScope scope) {
        List<InputPartition<T>> past = panes.between(window.parent(), time.minus(window.length()), time.minusMillis(1));
        return RDD.ofPartitions(scope, graph.idOf(window), past).union(current);
    }

    private static <T> RDD<T> read(InputSource<T> source, String id, Instant time, RunScope scope) throws Exception {
        return RDD.ofPartitions(scope, id, source.read(time));
    }

    private RDD<?> transform(Node.Transform node, Instant time) throws Exception {
        List<RDD<?>> parents = new ArrayList<>();
        for (Node parent : node.parents()) {
            parents.add(rdd(parent, time));
        }
        @Nullable RDD<?> made = node.function().call(parents, time);
        if (made == null) {
            throw new StreamingException("The function of '" + graph.idOf(node) + "' in pipeline '" + pipeline
                    + "' returned null; return an RDD without rows instead");
        }
        return made;
    }

    /** What belongs to one batch time. */
    private record Column(
            RunScope scope,
            IdentityHashMap<Node, RDD<?>> rdds,
            IdentityHashMap<Node.Stateful, StateEvaluation<?>> evaluations) {

        StateEvaluation<?> evaluation(Node.Stateful node) {
            return Objects.requireNonNull(evaluations.get(node));
        }
    }
}
