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
import io.dstream.rdd.StorageLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which RDD a node has for a batch time: made when it is asked for first, and the same from then on until it is forgotten.
 *
 * <p>Used by the batch thread alone, but for slices of batches that have ended. What it makes is evaluated by any thread that
 * calls an action.
 */
final class RddTable implements AutoCloseable {

    private final String pipeline;
    private final StreamGraph graph;
    private final Engine engine;
    private final Duration batchInterval;

    // Mutable state
    private final NavigableMap<Instant, Column> columns = new TreeMap<>();
    private final Panes panes;
    private final StateStore states;
    private final IdentityHashMap<Node, Instant> lastTimes = new IdentityHashMap<>(); // in batches that were committed
    private final RunScope slices;
    private volatile @Nullable Instant zeroTime; // one batch interval before the first batch of all
    private @Nullable Instant lastCommitted; // guarded by panes

    RddTable(Pipeline pipeline) {
        this.pipeline = pipeline.name();
        this.graph = pipeline.graph();
        this.engine = pipeline.engine();
        this.batchInterval = pipeline.settings().batchInterval();
        this.panes = new Panes(pipeline.rows());
        this.states = engine.openState();
        this.slices = engine.openLasting();
    }

    /**
     * Is told before anything else from which time slides are counted.
     *
     * @param time one batch interval before the first batch of all
     */
    void begin(Instant time) {
        zeroTime = time;
    }

    /**
     * Whether a node has an RDD at a time: every slide from the first batch on. What has one in every batch has one in those of
     * another batch interval, too, which were allocated before it was changed.
     */
    boolean isDue(Node node, Instant time) {
        return node.slide().equals(batchInterval) || floor(node, time).equals(time);
    }

    /** The last time up to this at which a node has an RDD. */
    private Instant floor(Node node, Instant time) {
        Instant zero = Objects.requireNonNull(zeroTime, "begin() was not called");
        long slide = node.slide().toMillis();
        return zero.plusMillis(Math.floorDiv(Duration.between(zero, time).toMillis(), slide) * slide);
    }

    /** The RDD of a node that is due; user functions of transforms run here, at most once, each as a step of its own. */
    RDD<?> rdd(Node node, Instant time) throws Exception {
        Column column = column(time);
        RDD<?> known = column.rdds.get(node);
        if (known == null) {
            known = column.scope.attempt(() -> make(node, time, column));
            if (known.name().isEmpty()) {
                known.setName(graph.idOf(node));
            }
            column.scope.share(known.plan());
            StorageLevel level = graph.levelOf(node);
            if (level != StorageLevel.NONE) {
                column.scope.keepToEnd(known.plan(), level); // and not for longer, whatever the RDD was made of
            }
            column.rdds.put(node, known);
        }
        return known;
    }

    /**
     * Evaluates what later batches build on, as far as it was not asked for: all states, and the rows that windows reach back
     * to. After that, nothing can fail that the batch is to blame for.
     */
    void complete(Instant time) throws Exception {
        for (Node.Stateful node : graph.stateful()) {
            if (isDue(node, time)) {
                rdd(node, time);
                column(time).evaluation(node).get();
            }
        }
        for (Node node : graph.outliving()) {
            if (isDue(node, time) && outlives(node, time)) {
                panes.put(node, time, rdd(node, time), graph.levelOf(node));
            }
        }
        column(time).scope.rehearseCommit();
    }

    /** Whether the rows of a node in a batch are remembered, or a later window reaches back to them. */
    private boolean outlives(Node node, Instant time) {
        return !graph.remembered(node).isZero()
                || graph.windowsOver(node).stream().anyMatch(window -> reachesLater(window, time));
    }

    private boolean reachesLater(Node window, Instant time) {
        Instant next = floor(window, time).plus(window.slide());
        return next.minus(window.reach()).isBefore(time);
    }

    /** Runs a step of the batch; what it adds to accumulators is forgotten if it fails. */
    void attempt(Instant time, Retries.Step step) throws Exception {
        column(time).scope.attempt(() -> {
            step.run();
            return true;
        });
    }

    /** Keeps what the batch has changed. */
    void commit(Instant time) {
        Column made = columns.get(time);
        if (made != null) { // else it was skipped
            made.scope.commit();
            made.states.close();
            made.rdds.keySet().forEach(node -> lastTimes.put(node, time));
        }
        states.commit();
        synchronized (panes) { // for a slice, both change at once
            lastCommitted = time;
            panes.forget(time, batchInterval, graph);
        }
    }

    /** Undoes what the batch has changed and forgets its RDDs. */
    void rollback(Instant time) {
        Column column = columns.remove(time);
        if (column != null) {
            column.end(); // a thread of a user's own may still evaluate a state
        }
        states.rollback();
        panes.drop(time);
    }

    /** Lets go of the RDDs of a batch that has ended, or once they are remembered no more; actions on them fail then. */
    void forget(Instant time) {
        close(columns.headMap(time.minus(graph.remembered()), true));
    }

    /** Lets go of everything. */
    @Override
    public void close() {
        close(columns);
        slices.close();
        panes.close();
    }

    private static void close(Map<Instant, Column> over) {
        over.values().forEach(Column::close);
        over.clear();
    }

    /**
     * The rows that a node had in the batches from one time to another that have ended, both included; none where it had no
     * RDD.
     *
     * @throws IllegalStateException if one of them is remembered no more
     */
    <T> List<RDD<T>> slice(Node node, Instant from, Instant to) {
        synchronized (panes) {
            return lastCommitted == null ? List.of() : slice(node, from, to, lastCommitted);
        }
    }

    private <T> List<RDD<T>> slice(Node node, Instant from, Instant to, Instant last) {
        List<RDD<T>> rdds = new ArrayList<>();
        Instant first = Objects.requireNonNull(zeroTime).plus(node.slide());
        if (from.isAfter(to) || to.isBefore(first) || from.isAfter(last.plus(node.slide()))) {
            return rdds;
        }
        Instant end = floor(node, to.isBefore(last) ? to : last);
        Instant time = floor(node, from.isBefore(first) ? first : from);
        for (; !time.isAfter(end); time = time.plus(node.slide())) {
            List<InputPartition<T>> rows = panes.at(node, time);
            if (rows != null) {
                rdds.add(RDD.ofPartitions(slices, graph.idOf(node), rows));
            } else {
                requireKept(node, time, last);
            }
        }
        return rdds;
    }

    /** A batch that has no rows although they would be kept was skipped. */
    private void requireKept(Node node, Instant time, Instant last) {
        Duration kept = Panes.kept(node, batchInterval, graph);
        if (!time.isAfter(last.minus(kept)) || !outlives(node, time)) {
            throw new IllegalStateException("The rows of '" + graph.idOf(node) + "' in the batch " + time
                    + " of pipeline '" + pipeline + "' are not remembered: the last batch is " + last
                    + ", and rows of this stream are kept " + describe(kept, node)
                    + ". Before the start, say how long they are to be, by remember(...) on the stream or"
                    + " the context");
        }
    }

    private String describe(Duration kept, Node node) {
        if (kept.isZero()) {
            return "not at all after their batch";
        }
        String where = graph.remembered(node).isZero() ? " where a window reaches back to them" : "";
        return "for " + kept + " after their batch" + where;
    }

    private Column column(Instant time) {
        return columns.computeIfAbsent(time, this::open);
    }

    private Column open(Instant time) {
        String batch = "the batch " + time.toEpochMilli() + " ms of pipeline '" + pipeline + "'";
        return new Column(
                engine.openBatch(batch), engine.openBatch(batch), new IdentityHashMap<>(), new IdentityHashMap<>());
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
            return rows(stateful, evaluate(stateful, time, column), column);
        }
        if (node instanceof Node.Snapshots snapshots) {
            rdd(snapshots.state(), time);
            return states(snapshots.state(), graph.idOf(snapshots), column);
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
        String id = graph.idOf(node);
        return new StateEvaluation<>(id, column.scope, () -> {
            PairRDD<K, S> initial = function.initialState();
            if (initial != null && states.isNew(id)) {
                begin(id, initial.reduceByKey((first, second) -> first, partitions(node, column)), time);
            }
            return update(node, (RDD<Pair<K, V>>) parent, function.forBatch(time), column);
        });
    }

    private <K, S> void begin(String id, PairRDD<K, S> initial, Instant time) {
        states.<K, S, S, Void>update(id, initial, (table, rows) -> {
            table.updateEach(
                    rows,
                    (key, state, none) -> {
                        table.requireCopyable(state);
                        return state;
                    },
                    time);
            return List.of();
        });
    }

    /** What goes out of a window and what comes in since the last one, or else all that is in this one. */
    @SuppressWarnings("unchecked") // the rows of the node's parent are the pairs that its reduction was made for
    private <K, V> StateEvaluation<Void> evaluate(
            Node.ReducedWindow node, WindowReduction<K, V> reduction, Instant time, Column column) throws Exception {
        Instant begin = time.minus(node.length());
        Instant last = time.minus(node.slide());
        boolean goesOn = last.equals(lastTimes.get(node)) && !last.isBefore(begin);
        RDD<Pair<K, V>> current = (RDD<Pair<K, V>>) rdd(node.parent(), time);
        String id = graph.idOf(node);
        RDD<Pair<K, V>> in = withPanes(current, node.parent(), goesOn ? last : begin, time, column.scope, id);
        RDD<Pair<K, V>> out =
                panes.between(node.parent(), goesOn ? last.minus(node.length()) : begin, begin, column.scope, id);
        return new StateEvaluation<>(id, column.scope, () -> {
            update(node, out, goesOn ? reduction.takeOut(time) : reduction.leave(), column);
            return update(node, in, reduction.takeIn(time), column);
        });
    }

    private <K, V, S, M> RDD<M> update(
            Node.Stateful node, RDD<Pair<K, V>> rows, StateStore.Update<K, V, S, M> update, Column column) {
        String id = graph.idOf(node);
        PairRDD<K, V> byKey = PairRDD.fromRDD(rows).partitionBy(partitions(node, column));
        return rows(id, states.update(id, byKey, update), column);
    }

    private static <M> RDD<M> rows(String id, List<List<M>> partitions, Column column) {
        return RDD.ofPartitions(
                column.scope, id, partitions.stream().map(InputPartition::of).toList());
    }

    private RDD<?> rows(Node.Stateful node, StateEvaluation<?> evaluation, Column column) {
        RDD<?> rows = node.givesStates() ? states(node, graph.idOf(node), column) : deferred(node, evaluation, column);
        return node.isValuesOnly() ? valuesOf(rows) : rows;
    }

    @SuppressWarnings("unchecked") // asked of nodes whose rows are pairs
    private static RDD<?> valuesOf(RDD<?> pairs) {
        return PairRDD.fromRDD((RDD<Pair<Object, Object>>) pairs).values();
    }

    private <M> RDD<M> deferred(Node.Stateful node, StateEvaluation<M> evaluation, Column column) {
        return RDD.deferred(column.scope, graph.idOf(node), partitions(node, column), false, evaluation);
    }

    /** The states as they are in the batch, which the next one changes; only rows that are kept of them outlive it. */
    private RDD<?> states(Node.Stateful node, String id, Column column) {
        StateEvaluation<?> evaluation = column.evaluation(node);
        int partitions = partitions(node, column);
        return RDD.deferred(column.scope, id, partitions, true, () -> {
            column.states.requireOpen(id);
            evaluation.get();
            return RDD.ofPartitions(
                    column.states, id, whileOpen(column.states, id, states.read(graph.idOf(node), partitions)), true);
        });
    }

    private static <T> List<InputPartition<T>> whileOpen(
            RunScope scope, String id, List<InputPartition<T>> partitions) {
        return partitions.stream()
                .<InputPartition<T>>map(partition -> () -> new OpenRows<>(partition.open(), scope, id))
                .toList();
    }

    private static int partitions(Node.Stateful node, Column column) {
        return node.partitions() > 0 ? node.partitions() : column.scope.defaultPartitions();
    }

    private RDD<?> window(Node.Window window, Instant time, RunScope scope) throws Exception {
        return withPanes(
                rdd(window.parent(), time), window.parent(), beginOf(window, time), time, scope, graph.idOf(window));
    }

    /** The rows of a node in a batch, and before them those of its panes after a time. */
    private <T> RDD<T> withPanes(RDD<T> current, Node node, Instant after, Instant time, RunScope scope, String name) {
        RDD<T> past = panes.between(node, after, time.minusMillis(1), scope, name);
        return past.getNumPartitions() == 0 ? current : past.union(current);
    }

    private Instant beginOf(Node.Window window, Instant time) {
        Instant begin = time.minus(window.length());
        Instant last = lastTimes.get(window);
        return window.isSinceLast() && last != null && last.isAfter(begin) ? last : begin;
    }

    private <T> RDD<T> read(InputSource<T> source, String id, Instant time, RunScope scope) throws Exception {
        @Nullable List<InputPartition<T>> partitions = source.read(time);
        if (partitions == null) {
            throw new StreamingException("The source of '" + id + "' in pipeline '" + pipeline
                    + "' returned null; return an empty list instead");
        }
        return RDD.ofPartitions(scope, id, partitions);
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

    /**
     * What belongs to one batch time.
     *
     * @param scope open until the RDDs are forgotten
     * @param states open until the batch ends, and states may change
     */
    private record Column(
            RunScope scope,
            RunScope states,
            IdentityHashMap<Node, RDD<?>> rdds,
            IdentityHashMap<Node.Stateful, StateEvaluation<?>> evaluations) {

        StateEvaluation<?> evaluation(Node.Stateful node) {
            return Objects.requireNonNull(evaluations.get(node));
        }

        void close() {
            states.close();
            scope.close();
        }

        /** Lets nobody act on its RDDs any more, and waits for whoever changes states. */
        void end() {
            close();
            evaluations.values().forEach(StateEvaluation::end);
        }
    }
}
