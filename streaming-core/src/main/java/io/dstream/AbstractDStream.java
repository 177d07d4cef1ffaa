package io.dstream;

import io.dstream.function.FlatMapFunction;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.function.VoidFunction;
import io.dstream.function.VoidFunction2;
import io.dstream.graph.Node;
import io.dstream.graph.OutputOperation;
import io.dstream.graph.StreamGraph;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What streams of rows and streams of pairs have alike.
 *
 * @param <T> type of the rows
 * @param <R> type of a batch's RDD
 */
abstract sealed class AbstractDStream<T, R> permits DStream, PairDStream {

    private static final int PRINTED_ROWS = 10;

    private final StreamGraph.Builder graph;
    private final Node node;

    AbstractDStream(StreamGraph.Builder graph, Node node) {
        this.graph = graph;
        this.node = node;
    }

    abstract R typed(RDD<T> rdd);

    /** One row for each row. */
    public final <U> DStream<U> map(Function<T, U> function) {
        return derive("map", rdd -> rdd.map(function));
    }

    /** One pair for each row. */
    public final <K, V> PairDStream<K, V> mapToPair(Function<T, Pair<K, V>> function) {
        return this.<Pair<K, V>>derive("mapToPair", rdd -> rdd.map(function)).asPairs();
    }

    /** Any number of rows for each row, handed out by an iterator. */
    public final <U> DStream<U> flatMap(FlatMapFunction<T, U> function) {
        return derive("flatMap", rdd -> rdd.flatMap(function));
    }

    /** Any number of pairs for each row, handed out by an iterator. */
    public final <K, V> PairDStream<K, V> flatMapToPair(FlatMapFunction<T, Pair<K, V>> function) {
        return this.<Pair<K, V>>derive("flatMapToPair", rdd -> rdd.flatMap(function))
                .asPairs();
    }

    /** What a function makes of each partition's rows; called for empty partitions too. */
    public final <U> DStream<U> mapPartitions(FlatMapFunction<Iterator<T>, U> function) {
        return derive("mapPartitions", rdd -> rdd.mapPartitions(function));
    }

    /** As {@link #transform(Function2)}, for a function that does not ask for the batch time. */
    public final <U> DStream<U> transform(Function<R, RDD<U>> function) {
        return transform((rdd, time) -> function.call(rdd));
    }

    /**
     * What a function makes of each batch's RDD.
     *
     * @param function called once per batch, also for empty ones, by the pipeline's batch thread as the batch is planned,
     *     with the RDD and the batch time; must not return null
     */
    public final <U> DStream<U> transform(Function2<R, Instant, RDD<U>> function) {
        return derive("transform", (rdd, time) -> function.call(typed(rdd), time));
    }

    /** As {@link #transformToPair(Function2)}, for a function that does not ask for the batch time. */
    public final <K, V> PairDStream<K, V> transformToPair(Function<R, PairRDD<K, V>> function) {
        return transformToPair((rdd, time) -> function.call(rdd));
    }

    /** As {@link #transform(Function2)}, for a function that makes pairs. */
    public final <K, V> PairDStream<K, V> transformToPair(Function2<R, Instant, PairRDD<K, V>> function) {
        return this.<Pair<K, V>>derive("transformToPair", (rdd, time) -> rows(function.call(typed(rdd), time)))
                .asPairs();
    }

    /**
     * Prints the first ten rows of every batch; see {@link #print(int)}.
     *
     * @return the output, to name it
     */
    public final Output print() {
        return print(PRINTED_ROWS);
    }

    /**
     * Prints the time and the first rows of every batch, also of empty ones, to the standard output: a block that begins
     * with the batch time between two lines of hyphens, and says {@code ...} if there are more rows.
     *
     * @param rows how many at most; not negative
     * @return the output, to name it
     * @throws IllegalArgumentException if {@code rows} is negative
     */
    public final Output print(int rows) {
        PrintedBatch.requireRows(rows);
        return output("print", (rdd, time) -> System.out.print(PrintedBatch.of(rdd, time, rows)));
    }

    /**
     * Calls a function on each batch's RDD; see {@link #foreachRDD(VoidFunction2)}.
     *
     * @return the output, to name it
     */
    public final Output foreachRDD(VoidFunction<R> function) {
        return foreachRDD((rdd, time) -> function.call(rdd));
    }

    /**
     * Calls a function on each batch's RDD. It runs at least once per batch, again if it fails; (pipeline, output, batch
     * time) tells a repetition. Nothing is computed unless it calls an action.
     *
     * @param function called by the pipeline's batch thread, also for empty batches, with the RDD and the batch time
     * @return the output, to name it
     */
    public final Output foreachRDD(VoidFunction2<R, Instant> function) {
        return output("foreachRDD", (rdd, time) -> function.call(typed(rdd), time));
    }

    final <U> DStream<U> derive(String kind, Function<RDD<T>, RDD<U>> function) {
        return derive(kind, (rdd, time) -> function.call(rdd));
    }

    final <U> DStream<U> derive(String kind, Function2<RDD<T>, Instant, RDD<U>> function) {
        return add(kind, List.of(node), (parents, time) -> function.call(parent(parents, 0), time));
    }

    final DStream<T> unite(AbstractDStream<T, R> other) {
        return add("union", List.of(node, other.node), (parents, time) -> {
            RDD<T> own = parent(parents, 0);
            return own.union(parent(parents, 1));
        });
    }

    final void name(String name) {
        graph.name(node, name);
    }

    final StreamGraph.Builder graph() {
        return graph;
    }

    final Node node() {
        return node;
    }

    private <U> DStream<U> add(String kind, List<Node> parents, Function2<List<RDD<?>>, Instant, RDD<?>> function) {
        return new DStream<>(graph, graph.add(new Node.Transform(kind, parents, function)));
    }

    private Output output(String kind, VoidFunction2<RDD<T>, Instant> body) {
        OutputOperation operation =
                new OutputOperation(kind, node, (rdd, time) -> body.call(parent(List.of(rdd), 0), time));
        return new Output(graph, graph.add(operation));
    }

    @SuppressWarnings("NullAway") // null is passed on to the scheduler, which tells the user
    private static <K, V> RDD<Pair<K, V>> rows(@Nullable PairRDD<K, V> pairs) {
        return pairs == null ? null : pairs.toRDD();
    }

    @SuppressWarnings("unchecked") // a node's RDD has the rows of the stream that the node was made for
    private static <T> RDD<T> parent(List<RDD<?>> rdds, int index) {
        return (RDD<T>) rdds.get(index);
    }
}
