package io.dstream.rdd;

import io.dstream.function.Function;
import io.dstream.function.Function2;

/**
 * An RDD of pairs, with the operations that need keys.
 *
 * <p>Keys are compared by {@code equals} and {@code hashCode}; arrays, which have neither, are refused. Otherwise as
 * {@link RDD}.
 */
public final class PairRDD<K, V> extends AbstractRDD<Pair<K, V>> {

    private final RDD<Pair<K, V>> rdd;

    private PairRDD(RDD<Pair<K, V>> rdd) {
        super(rdd.scope(), rdd.plan());
        this.rdd = rdd;
    }

    /** The same rows with the operations of pairs. */
    public static <K, V> PairRDD<K, V> fromRDD(RDD<Pair<K, V>> rdd) {
        return new PairRDD<>(rdd);
    }

    /** The same rows with the operations of any rows. */
    public RDD<Pair<K, V>> toRDD() {
        return rdd;
    }

    /** The pairs for which a function returns true. */
    public PairRDD<K, V> filter(Function<Pair<K, V>, Boolean> function) {
        return new PairRDD<>(rdd.filter(function));
    }

    /** The same keys with other values. */
    public <U> PairRDD<K, U> mapValues(Function<V, U> function) {
        return mapToPair(pair -> Pair.of(pair.key(), function.call(pair.value())));
    }

    /** The keys, one for each pair. */
    public RDD<K> keys() {
        return map(Pair::key);
    }

    /** The values, one for each pair. */
    public RDD<V> values() {
        return map(Pair::value);
    }

    /** These pairs, then those of the other RDD; nothing is removed. */
    public PairRDD<K, V> union(PairRDD<K, V> other) {
        return new PairRDD<>(rdd.union(other.rdd));
    }

    /** As {@link #reduceByKey(Function2, int)}, into as many partitions as the engine has threads. */
    public PairRDD<K, V> reduceByKey(Function2<V, V, V> function) {
        return reduceByKey(function, scope().defaultPartitions());
    }

    /**
     * One pair for each key; values are reduced before the shuffle and after it, and a single value is left as it is.
     *
     * @param function two values in one; associative and commutative
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public PairRDD<K, V> reduceByKey(Function2<V, V, V> function, int partitions) {
        RDD.requirePartitions(partitions);
        Aggregation<V, V> reduction = new Aggregation<>(value -> value, function, function);
        return new PairRDD<>(RDD.of(scope(), new Plan.CombineByKey<>(plan(), reduction, partitions)));
    }
}
