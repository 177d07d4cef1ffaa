package io.dstream.rdd;

import io.dstream.function.FlatMapFunction;
import io.dstream.function.Function;
import io.dstream.function.Function0;
import io.dstream.function.Function2;
import io.dstream.function.Functions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An RDD of pairs, with the operations that need keys.
 *
 * <p>Keys are compared by {@code equals} and {@code hashCode}; arrays, which have neither, are refused. Otherwise as
 * {@link RDD}.
 *
 * <p>An RDD lies by key after {@code partitionBy} and every operation that has brought the pairs of a key together, until its
 * keys may have changed: {@code filter}, {@code mapValues} and {@code flatMapValues} leave it so. What lies by key in the number of
 * partitions that is asked for is not shuffled again. The usual number of partitions is that of an RDD that lies by key, of two
 * of them the larger one, else as many as the engine has threads; the latter also where they are more and the other side has ten
 * times as many partitions or more.
 */
public final class PairRDD<K, V> extends AbstractRDD<Pair<K, V>, PairRDD<K, V>> {

    private static final int FEW = 10; // as many partitions on one side for each of the other are too few of these

    private PairRDD(RDD<Pair<K, V>> rdd) {
        super(rdd.scope(), rdd.plan());
    }

    /** The same rows with the operations of pairs. */
    public static <K, V> PairRDD<K, V> fromRDD(RDD<Pair<K, V>> rdd) {
        return new PairRDD<>(rdd);
    }

    /** The same rows with the operations of any rows. */
    public RDD<Pair<K, V>> toRDD() {
        return rdd();
    }

    /** As {@link #filter(Function)}, with key and value apart. */
    public PairRDD<K, V> filter(Function2<K, V, Boolean> function) {
        Functions.require("function", function);
        return filter(pair -> function.call(pair.key(), pair.value()));
    }

    /** As {@link #map(Function)}, with key and value apart. */
    public <U> RDD<U> map(Function2<K, V, U> function) {
        Functions.require("function", function);
        return map(pair -> function.call(pair.key(), pair.value()));
    }

    /** As {@link #mapToPair(Function)}, with key and value apart. */
    public <K2, V2> PairRDD<K2, V2> mapToPair(Function2<K, V, Pair<K2, V2>> function) {
        Functions.require("function", function);
        return mapToPair(pair -> function.call(pair.key(), pair.value()));
    }

    /** As {@link #flatMap(FlatMapFunction)}, with key and value apart. */
    public <U> RDD<U> flatMap(Function2<K, V, Iterator<U>> function) {
        Functions.require("function", function);
        return flatMap(pair -> function.call(pair.key(), pair.value()));
    }

    /** As {@link #flatMapToPair(FlatMapFunction)}, with key and value apart. */
    public <K2, V2> PairRDD<K2, V2> flatMapToPair(Function2<K, V, Iterator<Pair<K2, V2>>> function) {
        Functions.require("function", function);
        return flatMapToPair(pair -> function.call(pair.key(), pair.value()));
    }

    /** The same keys with other values. */
    public <U> PairRDD<K, U> mapValues(Function<V, U> function) {
        Functions.require("function", function);
        Function<Pair<K, V>, Pair<K, U>> onPair = pair -> Pair.of(pair.key(), function.call(pair.value()));
        return new PairRDD<>(RDD.of(scope(), new Plan.Map<>(plan(), onPair, true)));
    }

    /** The keys, one for each pair. */
    public RDD<K> keys() {
        return map(Pair::key);
    }

    /** The values, one for each pair. */
    public RDD<V> values() {
        return map(Pair::value);
    }

    /** As {@link #reduceByKey(Function2, int)}, in the usual number of partitions. */
    public PairRDD<K, V> reduceByKey(Function2<V, V, V> function) {
        return reduceByKey(function, usualPartitions());
    }

    /**
     * One pair for each key; values are reduced before the shuffle and after it, and a single value is left as it is.
     *
     * @param function two values in one; associative and commutative
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public PairRDD<K, V> reduceByKey(Function2<V, V, V> function, int partitions) {
        Functions.require("function", function);
        return combineByKey(value -> value, function, function, partitions);
    }

    /** As {@link #combineByKey(Function, Function2, Function2, int)}, in the usual number of partitions. */
    public <C> PairRDD<K, C> combineByKey(
            Function<V, C> create, Function2<C, V, C> mergeValue, Function2<C, C, C> mergeCombiners) {
        return combineByKey(create, mergeValue, mergeCombiners, usualPartitions());
    }

    /**
     * One pair for each key, its values in a result of another type.
     *
     * @param create the result of a first value
     * @param mergeValue a result with one more value; may change and return its first argument
     * @param mergeCombiners two results in one; may change and return its first argument
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public <C> PairRDD<K, C> combineByKey(
            Function<V, C> create, Function2<C, V, C> mergeValue, Function2<C, C, C> mergeCombiners, int partitions) {
        Functions.require("create", create);
        Functions.require("mergeValue", mergeValue);
        Functions.require("mergeCombiners", mergeCombiners);
        RDD.requirePartitions(partitions);
        Aggregation<V, C> aggregation = new Aggregation<>(create, mergeValue, mergeCombiners);
        return new PairRDD<>(RDD.of(
                scope(),
                liesByKey(partitions)
                        ? new Plan.MapPartitions<>(plan(), (index, pairs) -> aggregation.combine(pairs), true, false)
                        : new Plan.CombineByKey<>(plan(), aggregation, partitions)));
    }

    /**
     * The same pairs, each in the partition of its key; the pairs of a key keep their order.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public PairRDD<K, V> partitionBy(int partitions) {
        RDD.requirePartitions(partitions);
        return liesByKey(partitions)
                ? this
                : new PairRDD<>(RDD.of(scope(), new Plan.PartitionByKey<>(plan(), partitions)));
    }

    /** As {@link #aggregateByKey(Function0, Function2, Function2, int)}, in the usual number of partitions. */
    public <C> PairRDD<K, C> aggregateByKey(
            Function0<C> zero, Function2<C, V, C> mergeValue, Function2<C, C, C> mergeCombiners) {
        return aggregateByKey(zero, mergeValue, mergeCombiners, usualPartitions());
    }

    /**
     * One pair for each key, its values in a result of another type.
     *
     * @param zero makes what the values of a key are added to; called for each key and partition, so it may be changed
     * @param mergeValue a result with one more value; may change and return its first argument
     * @param mergeCombiners two results in one; may change and return its first argument
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public <C> PairRDD<K, C> aggregateByKey(
            Function0<C> zero, Function2<C, V, C> mergeValue, Function2<C, C, C> mergeCombiners, int partitions) {
        Functions.require("zero", zero);
        Functions.require("mergeValue", mergeValue);
        Functions.require("mergeCombiners", mergeCombiners);
        return combineByKey(value -> mergeValue.call(zero.call(), value), mergeValue, mergeCombiners, partitions);
    }

    /** As {@link #foldByKey(Object, Function2, int)}, in the usual number of partitions. */
    public PairRDD<K, V> foldByKey(V zero, Function2<V, V, V> function) {
        return foldByKey(zero, function, usualPartitions());
    }

    /**
     * One pair for each key, its values and a neutral value in one; the neutral value is used once per key and partition.
     *
     * @param zero the neutral value; like a row it must not be modified
     * @param function two values in one; associative and commutative
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public PairRDD<K, V> foldByKey(V zero, Function2<V, V, V> function, int partitions) {
        Functions.require("function", function);
        return combineByKey(value -> function.call(zero, value), function, function, partitions);
    }

    /**
     * One value for each key, as a map; empty if there are no pairs.
     *
     * @param function two values in one; associative and commutative
     */
    public Map<K, V> reduceByKeyLocally(Function2<V, V, V> function) {
        return reduceByKey(function).collectAsMap();
    }

    /** As {@link #groupByKey(int)}, in the usual number of partitions. */
    public PairRDD<K, List<V>> groupByKey() {
        return groupByKey(usualPartitions());
    }

    /**
     * One pair for each key, with the list of its values; within a partition they keep their order.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public PairRDD<K, List<V>> groupByKey(int partitions) {
        return combineByKey(PairRDD::listWith, PairRDD::added, PairRDD::concatenated, partitions);
    }

    /** Any number of pairs for each pair, of the same key. */
    public <U> PairRDD<K, U> flatMapValues(FlatMapFunction<V, U> function) {
        Functions.require("function", function);
        FlatMapFunction<Pair<K, V>, Pair<K, U>> onPair =
                pair -> Iterators.withKey(pair.key(), function.call(pair.value()));
        return new PairRDD<>(RDD.of(scope(), new Plan.FlatMap<>(plan(), onPair, true)));
    }

    /** As {@link #cogroup(PairRDD, int)}, in the usual number of partitions. */
    public <W> PairRDD<K, Pair<List<V>, List<W>>> cogroup(PairRDD<K, W> other) {
        return cogroup(other, usualPartitions(other));
    }

    /**
     * One pair for each key that either side has, with the values of both; the list of a side without the key is empty.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public <W> PairRDD<K, Pair<List<V>, List<W>>> cogroup(PairRDD<K, W> other, int partitions) {
        return meeting(other, partitions, Cogroup::of);
    }

    /** As {@link #join(PairRDD, int)}, in the usual number of partitions. */
    public <W> PairRDD<K, Pair<V, W>> join(PairRDD<K, W> other) {
        return join(other, usualPartitions(other));
    }

    /** One pair for each key and combination of a value of this side with one of the other. */
    public <W> PairRDD<K, Pair<V, W>> join(PairRDD<K, W> other, int partitions) {
        return meeting(other, partitions, HashJoin::inner);
    }

    /** As {@link #leftOuterJoin(PairRDD, int)}, in the usual number of partitions. */
    public <W> PairRDD<K, Pair<V, Optional<W>>> leftOuterJoin(PairRDD<K, W> other) {
        return leftOuterJoin(other, usualPartitions(other));
    }

    /** As {@link #join(PairRDD, int)}, and one pair for each value of this side whose key the other has not. */
    public <W> PairRDD<K, Pair<V, Optional<W>>> leftOuterJoin(PairRDD<K, W> other, int partitions) {
        return meeting(other, partitions, HashJoin::leftOuter);
    }

    /** As {@link #rightOuterJoin(PairRDD, int)}, in the usual number of partitions. */
    public <W> PairRDD<K, Pair<Optional<V>, W>> rightOuterJoin(PairRDD<K, W> other) {
        return rightOuterJoin(other, usualPartitions(other));
    }

    /** As {@link #join(PairRDD, int)}, and one pair for each value of the other side whose key this one has not. */
    public <W> PairRDD<K, Pair<Optional<V>, W>> rightOuterJoin(PairRDD<K, W> other, int partitions) {
        return meeting(other, partitions, HashJoin::rightOuter);
    }

    /** As {@link #fullOuterJoin(PairRDD, int)}, in the usual number of partitions. */
    public <W> PairRDD<K, Pair<Optional<V>, Optional<W>>> fullOuterJoin(PairRDD<K, W> other) {
        return fullOuterJoin(other, usualPartitions(other));
    }

    /** As {@link #join(PairRDD, int)}, and one pair for each value of either side whose key the other has not. */
    public <W> PairRDD<K, Pair<Optional<V>, Optional<W>>> fullOuterJoin(PairRDD<K, W> other, int partitions) {
        return cogroup(other, partitions)
                .flatMapValues(both -> Iterators.product(
                        optional(both.key()).iterator(), optional(both.value()).iterator()));
    }

    /** As {@link #subtractByKey(PairRDD, int)}, in the usual number of partitions. */
    public <W> PairRDD<K, V> subtractByKey(PairRDD<K, W> other) {
        return subtractByKey(other, usualPartitions(other));
    }

    /**
     * The pairs whose keys the other RDD does not have.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public <W> PairRDD<K, V> subtractByKey(PairRDD<K, W> other, int partitions) {
        return cogroup(other, partitions)
                .filter(both -> both.value().value().isEmpty())
                .flatMapValues(both -> both.key().iterator());
    }

    /** As {@link #sampleByKey(boolean, Map, long)}, with a seed taken by chance; actions on the same RDD see the same pairs. */
    public PairRDD<K, V> sampleByKey(boolean withReplacement, Map<K, Double> fractions) {
        return sampleByKey(withReplacement, fractions, Sampling.newSeed());
    }

    /**
     * Some of the pairs, taken by chance; see {@link #sample(boolean, double, long)}.
     *
     * @param fractions one for each key; an action fails with an IllegalArgumentException if a key has none
     * @throws IllegalArgumentException if a fraction is out of range
     */
    public PairRDD<K, V> sampleByKey(boolean withReplacement, Map<K, Double> fractions, long seed) {
        Map<K, Double> copy = new HashMap<>(fractions);
        copy.forEach((key, fraction) -> Sampling.requireFraction("fractions[" + key + "]", withReplacement, fraction));
        return typed(mapRows(Sampling.of(withReplacement, pair -> Sampling.fractionOf(pair.key(), copy), seed)));
    }

    /** As {@link #sortByKey(boolean)}, the least first. */
    public PairRDD<K, V> sortByKey() {
        return sortByKey(true);
    }

    /** As {@link #sortByKey(boolean, int)}, into as many partitions as the engine has threads. */
    public PairRDD<K, V> sortByKey(boolean ascending) {
        return sortByKey(ascending, scope().defaultPartitions());
    }

    /**
     * As {@link #sortByKey(Comparator, int)}, for keys that are Comparable.
     *
     * @param ascending whether the least comes first
     */
    public PairRDD<K, V> sortByKey(boolean ascending, int partitions) {
        Comparator<K> order = Sorting.naturalOrder();
        return sortByKey(ascending ? order : order.reversed(), partitions);
    }

    /** As {@link #sortByKey(Comparator, int)}, into as many partitions as the engine has threads. */
    public PairRDD<K, V> sortByKey(Comparator<? super K> order) {
        return sortByKey(order, scope().defaultPartitions());
    }

    /**
     * The pairs in the order of their keys over the partitions. Computes the keys once at once, to see where to cut.
     *
     * @param partitions the number of partitions, at least 1; there are fewer if there are not so many different keys
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public PairRDD<K, V> sortByKey(Comparator<? super K> order, int partitions) {
        Functions.require("order", order);
        return Sorting.byKey(this, order, partitions);
    }

    /** As {@link #partitionBy}, and the pairs of each partition in the order of their keys, which are Comparable. */
    public PairRDD<K, V> repartitionAndSortWithinPartitions(int partitions) {
        return repartitionAndSortWithinPartitions(partitions, Sorting.naturalOrder());
    }

    /** As {@link #partitionBy}, and the pairs of each partition in the order of their keys. */
    public PairRDD<K, V> repartitionAndSortWithinPartitions(int partitions, Comparator<? super K> order) {
        Functions.require("order", order);
        return PairRDD.fromRDD(partitionBy(partitions).mapRows((index, pairs) -> Sorting.sorted(pairs, order)));
    }

    /** The values of a key, in the order of the partitions; empty if there are none. */
    public List<V> lookup(K key) {
        return filter(pair -> Objects.equals(pair.key(), key)).values().collect();
    }

    /** How many pairs each key has; empty if there are none. */
    public Map<K, Long> countByKey() {
        return mapValues(value -> 1L).reduceByKey(Long::sum).collectAsMap();
    }

    /** The pairs as a map; of several values of a key it has the last. */
    public Map<K, V> collectAsMap() {
        Map<K, V> map = new LinkedHashMap<>();
        collect().forEach(pair -> map.put(pair.key(), pair.value()));
        return map;
    }

    @Override
    PairRDD<K, V> self() {
        return this;
    }

    @Override
    PairRDD<K, V> typed(RDD<Pair<K, V>> rdd) {
        return new PairRDD<>(rdd);
    }

    private boolean liesByKey(int partitions) {
        return plan().isPartitionedByKey() && getNumPartitions() == partitions;
    }

    private int usualPartitions() {
        return plan().isPartitionedByKey() ? getNumPartitions() : scope().defaultPartitions();
    }

    /** As Spark chooses, where the number of threads is its default parallelism. */
    private int usualPartitions(PairRDD<K, ?> other) {
        int byKey = Math.max(partitionsByKey(), other.partitionsByKey());
        int most = Math.max(getNumPartitions(), other.getNumPartitions());
        int threads = scope().defaultPartitions();
        boolean enough = byKey >= threads || most < FEW * byKey;
        return byKey > 0 && enough ? byKey : threads;
    }

    /** Its number of partitions if it lies by key, else 0. */
    private int partitionsByKey() {
        return plan().isPartitionedByKey() ? getNumPartitions() : 0;
    }

    /** What a function makes of the pairs of both sides in each partition, where those of a key meet. */
    private <W, R> PairRDD<K, R> meeting(
            PairRDD<K, W> other,
            int partitions,
            Function2<Iterator<Pair<K, V>>, Iterator<Pair<K, W>>, Iterator<Pair<K, R>>> function) {
        Plan<Pair<K, V>> left = partitionBy(partitions).plan();
        Plan<Pair<K, W>> right = other.partitionBy(partitions).plan();
        return new PairRDD<>(RDD.of(scopeWith(other), new Plan.ZipPartitions<>(left, right, function, true, false)));
    }

    /** The values as present, or one absent value if there are none. */
    private static <A> List<Optional<A>> optional(List<A> values) {
        return values.isEmpty()
                ? List.of(Optional.empty())
                : values.stream().map(Optional::ofNullable).toList();
    }

    private static <V> List<V> listWith(V value) {
        List<V> list = new ArrayList<>();
        list.add(value);
        return list;
    }

    private static <V> List<V> added(List<V> list, V value) {
        list.add(value);
        return list;
    }

    private static <V> List<V> concatenated(List<V> first, List<V> second) {
        first.addAll(second);
        return first;
    }
}
