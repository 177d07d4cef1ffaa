package io.dstream.scheduler;

import io.dstream.engine.Engine;
import io.dstream.engine.StateStore;
import io.dstream.function.StreamingException;
import io.dstream.graph.Node;
import io.dstream.graph.StateFunction;
import io.dstream.graph.StreamGraph;
import io.dstream.graph.WindowReduction;
import io.dstream.input.InputSource;
import io.dstream.rdd.DeadLetterOutput;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.BatchCommit;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which RDD a node has for a batch time: made when it is asked for first, and the same from then on until the batch ends. Rows
 * that outlive it are in panes.
 *
 * <p>Used by the batch thread alone, but for slices of batches that have ended. What it makes is evaluated by any thread that
 * calls an action.
 */
final class RddTable implements AutoCloseable {

    private final String pipeline;
    private final StreamGraph graph;
    private final Engine engine;
    private final Slides slides;
    private final Slices slices;
    private final NodeLog nodeLog;

    // Mutable state
    private @Nullable Column open; // of the batch that runs
    private final Panes panes;
    private final StateStore states;
    private final IdentityHashMap<Node, Instant> lastTimes = new IdentityHashMap<>(); // in batches that were committed

    RddTable(Pipeline pipeline) {
        this.pipeline = pipeline.name();
        this.graph = pipeline.graph();
        this.engine = pipeline.engine();
        this.slides = new Slides(graph, pipeline.settings().batchInterval());
        this.panes = new Panes(pipeline.rows(), time -> engine.openLasting(describe(time)));
        this.slices = new Slices(pipeline.name(), graph, slides, panes);
        this.states = engine.openState();
        this.nodeLog = new NodeLog(pipeline.name(), graph, slides, panes, states);
    }

    /** Looks back at batches that have ended. */
    Slices slices() {
        return slices;
    }

    /** As {@link Slides#begin} and {@link Slices#begin}. */
    void begin(Instant zeroTime, @Nullable Instant lastCommitted) {
        slides.begin(zeroTime);
        slices.begin(lastCommitted);
    }

    /**
     * Takes over what the runs before have left, before anything else.
     *
     * @throws IOException if a file cannot be read
     * @throws StreamingException if something in it cannot be
     */
    void restore(Restoration restoration) throws IOException {
        try (RunScope scope = engine.openLasting("the checkpoint of pipeline '" + pipeline + "'")) {
            nodeLog.restore(restoration, scope);
        }
        for (Node.Stateful node : restoration.nodes().stateful()) {
            Instant last = restoration.lastTime(node);
            if (last != null) {
                lastTimes.put(node, last);
            }
        }
    }

    /** As {@link Slides#isDue}. */
    boolean isDue(Node node, Instant time) {
        return slides.isDue(node, time);
    }

    /** The RDD of a node that is due; user functions of transforms run here, at most once, each as a step of its own. */
    RDD<?> rdd(Node node, Instant time) throws Exception {
        Column column = column(time);
        RDD<?> known = column.rdds.get(node);
        if (known == null) {
            known = kept(node, column.scope.attempt(() -> make(node, time, column)), column);
            column.rdds.put(node, known);
        }
        return known;
    }

    /** An RDD that was made for a node, named as the node, and with its rows where those of the node are to be. */
    private <T> RDD<T> kept(Node node, RDD<T> made, Column column) {
        if (made.name().isEmpty()) {
            made.setName(graph.idOf(node));
        }
        column.scope.share(made.plan());
        RDD<T> known = graph.remembered(node).isZero() ? made : remembered(node, made, column);
        StorageLevel level = graph.levelOf(node);
        if (level != StorageLevel.NONE) {
            column.scope.keepToEnd(known.plan(), level); // and not for longer, whatever the RDD was made of
        }
        return known;
    }

    private <T> RDD<T> remembered(Node node, RDD<T> made, Column column) {
        RememberedRows<T> rows = new RememberedRows<>(made, column.scope, graph.idOf(node));
        column.remembered.put(node, rows);
        column.scope.share(rows.rdd().plan());
        return rows.rdd();
    }

    /**
     * Evaluates what later batches build on, as far as it was not asked for: all states, and the rows that windows reach back
     * to, and hands over all that it has changed. After that, nothing can fail that the batch is to blame for.
     */
    void complete(Instant time, BatchCommit commit) throws Exception {
        for (Node.Stateful node : graph.stateful()) {
            if (isDue(node, time)) {
                rdd(node, time);
                column(time).evaluation(node).get();
            }
        }
        for (Node node : graph.outliving()) {
            if (isDue(node, time) && slides.outlives(node, time)) {
                panes.put(node, time, rdd(node, time), graph.levelOf(node));
            }
        }
        if (commit.isKept()) {
            write(time, commit, column(time).scope);
        } else {
            column(time).scope.rehearseCommit();
        }
    }

    /** Accumulators come last, because rows that are written may have to be computed. */
    private void write(Instant time, BatchCommit commit, RunScope scope) throws Exception {
        nodeLog.writeStates(commit);
        nodeLog.writeRows(time, commit, scope, node -> isDue(node, time) ? rdd(node, time) : null);
        scope.rehearsedTotals().forEach(commit::accumulator);
    }

    /** Says which rows later batches look at no more. */
    void forgetRows(BatchCommit commit) {
        if (commit.isKept()) {
            nodeLog.forgetRows(commit);
        }
    }

    /** Runs a step of the batch; what it adds to accumulators is forgotten if it fails. */
    void attempt(Instant time, Retries.Step step) throws Exception {
        column(time).scope.attempt(() -> {
            step.run();
            return true;
        });
    }

    /** As {@link #attempt(Instant, Retries.Step)}, of an output that writes dead letters with its results. */
    void attempt(Instant time, DeadLetterOutput output, Retries.Step step) throws Exception {
        column(time).scope.attempt(output, () -> {
            step.run();
            return true;
        });
    }

    /** Keeps what the batch has changed, and lets go of its RDDs but for those that are remembered. */
    void commit(Instant time) {
        Column made = open;
        if (made != null) { // else it was skipped
            made.scope.commit();
            made.remembered.forEach((node, rows) -> panes.outliveBatch(node, time, rows));
            forget();
            made.rdds.keySet().forEach(node -> lastTimes.put(node, time));
            nodeLog.evaluated(made.evaluations.keySet());
        }
        states.commit();
        slices.committed(time, node -> nodeLog.kept(node, time));
    }

    /** Undoes what the batch has changed and forgets its RDDs. */
    void rollback(Instant time) {
        Column column = open;
        if (column != null) {
            forget();
            column.evaluations.values().forEach(StateEvaluation::end); // a thread of a user's own may still be at it
        }
        states.rollback();
        panes.drop(time);
    }

    /** Lets go of the RDDs of the batch; actions on them fail from now on. */
    void forget() {
        Column column = open;
        if (column != null) {
            column.scope.close();
            open = null;
        }
    }

    /** Lets go of everything. */
    @Override
    public void close() {
        forget();
        slices.close();
    }

    private Column column(Instant time) {
        Column column = open;
        if (column == null) {
            column = new Column(
                    engine.openBatch(describe(time)),
                    new IdentityHashMap<>(),
                    new IdentityHashMap<>(),
                    new IdentityHashMap<>());
            open = column;
        }
        return column;
    }

    private String describe(Instant time) {
        return "the batch " + time.toEpochMilli() + " ms of pipeline '" + pipeline + "'";
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
            return rowsOf(stateful, beginEvaluation(stateful, time, column), column);
        }
        if (node instanceof Node.Snapshots snapshots) {
            rdd(snapshots.state(), time);
            return statesOf(snapshots.state(), graph.idOf(snapshots), column);
        }
        return transform((Node.Transform) node, time);
    }

    private StateEvaluation<?> beginEvaluation(Node.Stateful node, Instant time, Column column) throws Exception {
        StateEvaluation<?> evaluation = node instanceof Node.State state
                ? ofState(state, state.function(), rowsFor(state, time, column), time, column)
                : ofWindow((Node.ReducedWindow) node, ((Node.ReducedWindow) node).reduction(), time, column);
        column.evaluations.put(node, evaluation);
        return evaluation;
    }

    /** What comes in; to begin with, also what came in before as far as the state is to be made of it. */
    private RDD<?> rowsFor(Node.State node, Instant time, Column column) throws Exception {
        RDD<?> rows = rdd(node.parent(), time);
        return nodeLog.isRemade(node) && LoggedNodes.rowsOf(node) == node.parent()
                ? withPanes(rows, node.parent(), time.minus(node.madeOf()), time, column.scope, graph.idOf(node))
                : rows;
    }

    @SuppressWarnings("unchecked") // the rows of the node's parent are the pairs that its function was made for
    private <K, V, S, M> StateEvaluation<M> ofState(
            Node.State node, StateFunction<K, V, S, M> function, RDD<?> parent, Instant time, Column column) {
        String id = graph.idOf(node);
        return new StateEvaluation<>(id, column.scope, () -> {
            PairRDD<K, S> initial = function.initialState();
            if (initial != null && states.isNew(id)) {
                putInitial(id, initial.reduceByKey((first, second) -> first, partitions(node, column)), time);
            }
            return update(node, (RDD<Pair<K, V>>) parent, function.forBatch(id, time), column);
        });
    }

    private <K, S> void putInitial(String id, PairRDD<K, S> initial, Instant time) {
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
    private <K, V> StateEvaluation<Void> ofWindow(
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
            return update(node, in, reduction.takeIn(id, time), column);
        });
    }

    private <K, V, S, M> RDD<M> update(
            Node.Stateful node, RDD<Pair<K, V>> rows, StateStore.Update<K, V, S, M> update, Column column) {
        String id = graph.idOf(node);
        PairRDD<K, V> byKey = PairRDD.fromRDD(rows).partitionBy(partitions(node, column));
        try {
            List<InputPartition<M>> given = states.update(id, byKey, nodeLog.comparing(id, update)).stream()
                    .map(InputPartition::of)
                    .toList();
            return RDD.ofPartitions(column.scope, id, given);
        } catch (ClassCastException failure) {
            throw nodeLog.asRefusal(id, failure);
        }
    }

    private RDD<?> rowsOf(Node.Stateful node, StateEvaluation<?> evaluation, Column column) {
        RDD<?> rows =
                node.givesStates() ? statesOf(node, graph.idOf(node), column) : deferred(node, evaluation, column);
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
    private RDD<?> statesOf(Node.Stateful node, String id, Column column) {
        StateEvaluation<?> evaluation = column.evaluation(node);
        int partitions = partitions(node, column);
        RDD<?> evaluated = RDD.ofPartitions(
                column.scope, id, whileOpen(column.scope, id, states.read(graph.idOf(node), partitions)), true);
        return whenEvaluated(evaluation, evaluated, column);
    }

    private static <T> RDD<T> whenEvaluated(StateEvaluation<?> evaluation, RDD<T> states, Column column) {
        return RDD.deferred(column.scope, states.name().orElse(""), states.getNumPartitions(), true, () -> {
            evaluation.get();
            return states;
        });
    }

    private static <T> List<InputPartition<T>> whileOpen(
            RunScope scope, String id, List<InputPartition<T>> partitions) {
        return partitions.stream()
                .<InputPartition<T>>map(partition -> new OpenRows.Partition<>(partition, scope, id))
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
     * What belongs to the batch that runs.
     *
     * @param scope open until the batch ends, when states may change
     */
    private record Column(
            RunScope scope,
            IdentityHashMap<Node, RDD<?>> rdds,
            IdentityHashMap<Node, RememberedRows<?>> remembered,
            IdentityHashMap<Node.Stateful, StateEvaluation<?>> evaluations) {

        StateEvaluation<?> evaluation(Node.Stateful node) {
            return Objects.requireNonNull(evaluations.get(node));
        }
    }
}
