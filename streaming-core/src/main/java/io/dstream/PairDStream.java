package io.dstream;

import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;

/**
 * A stream of pairs, with the operations that need keys. Keys are compared by {@code equals} and {@code hashCode}; arrays
 * are refused. Otherwise as {@link DStream}.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class PairDStream<K, V> extends AbstractDStream<Pair<K, V>, PairRDD<K, V>> {

    private PairDStream(StreamGraph.Builder graph, Node node) {
        super(graph, node);
    }

    static <K, V> PairDStream<K, V> of(DStream<Pair<K, V>> stream) {
        return new PairDStream<>(stream.graph(), stream.node());
    }

    /** The pairs for which a function returns true. */
    public PairDStream<K, V> filter(Function<Pair<K, V>, Boolean> function) {
        return of(derive("filter", rdd -> rdd.filter(function)));
    }

    /** The same keys with other values. */
    public <U> PairDStream<K, U> mapValues(Function<V, U> function) {
        return of(this.<Pair<K, U>>derive(
                "mapValues", rdd -> PairRDD.fromRDD(rdd).mapValues(function).toRDD()));
    }

    /** As {@link #reduceByKey(Function2, int)}, into as many partitions as the context's parallelism. */
    public PairDStream<K, V> reduceByKey(Function2<V, V, V> function) {
        return of(derive(
                "reduceByKey", rdd -> PairRDD.fromRDD(rdd).reduceByKey(function).toRDD()));
    }

    /**
     * One pair for each key of a batch.
     *
     * @param function two values in one; associative and commutative; not called for a single value
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public PairDStream<K, V> reduceByKey(Function2<V, V, V> function, int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("'partitions' must be at least 1, but was " + partitions);
        }
        return of(derive(
                "reduceByKey",
                rdd -> PairRDD.fromRDD(rdd).reduceByKey(function, partitions).toRDD()));
    }

    /**
     * The pairs of both streams; nothing is removed.
     *
     * @throws IllegalArgumentException if the other stream belongs to another pipeline
     */
    public PairDStream<K, V> union(PairDStream<K, V> other) {
        return of(unite(other));
    }

    /**
     * Names the stream's last operation: its id wherever progress is kept; without one it is known by its kind and number.
     *
     * @param name letters, digits, {@code .}, {@code _} and {@code -}; unique in the pipeline
     * @return this stream
     * @throws IllegalArgumentException if the name is not of this form or given twice
     */
    public PairDStream<K, V> named(String name) {
        name(name);
        return this;
    }

    @Override
    PairRDD<K, V> typed(RDD<Pair<K, V>> rdd) {
        return PairRDD.fromRDD(rdd);
    }
}
