package io.dstream.rdd;

import io.dstream.function.FlatMapFunction;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.function.Functions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What RDDs of rows and RDDs of pairs have alike. Not to be named: it is public because method references, such as {@code
 * RDD::union}, are resolved with it.
 *
 * @param <T> type of the rows
 * @param <R> type of the RDD itself
 */
public abstract sealed class AbstractRDD<T, R extends AbstractRDD<T, R>> extends RddActions<T> permits RDD, PairRDD {

    private static final String KEPT_BY_STREAM =
            "a stream keeps its rows, because it is persisted, remembered or under a"
                    + " window, so give the stream another level, by persist(level) before the start";

    AbstractRDD(RunScope scope, Plan<T> plan) {
        super(scope, plan);
    }

    abstract R self();

    abstract R typed(RDD<T> rdd);

    /** As {@link #persist()}. */
    public final R cache() {
        return persist();
    }

    /** As {@link #persist(StorageLevel)}, in memory. */
    public final R persist() {
        return persist(StorageLevel.MEMORY_ONLY);
    }

    /**
     * Keeps the rows once they are computed, until the batch ends or {@link #unpersist} is called.
     *
     * @param level where; none does nothing. Rows that may have to become bytes are of allowed classes, as those in object
     *     files: others fail the action that computes them, with the class and the remedy
     * @return this RDD
     * @throws IllegalArgumentException if {@code level} is null
     * @throws IllegalStateException if its rows are kept elsewhere already, or the batch it belongs to is over
     */
    public final R persist(StorageLevel level) {
        Functions.requireNotNull("level", level);
        plan().requireOpen();
        scope().requireOpen("rows");
        StorageLevel assigned = getStorageLevel();
        if (assigned != StorageLevel.NONE && assigned != level) {
            throw new IllegalStateException("The storage level of an RDD cannot be changed from " + assigned + " to "
                    + level + "; " + (scope().isDroppable(plan()) ? "call unpersist() before" : KEPT_BY_STREAM));
        }
        if (level != StorageLevel.NONE) {
            scope().keep(plan(), level);
        }
        return self();
    }

    /**
     * Lets go of the rows that are kept; does nothing if there are none, or if a stream keeps them: one that is persisted or
     * remembered, or that windows reach back to.
     *
     * @return this RDD
     */
    public final R unpersist() {
        scope().drop(plan());
        return self();
    }

    /**
     * Gives it a name for people to see, such as in {@link #toDebugString}.
     *
     * @return this RDD
     */
    public final R setName(String name) {
        plan().setName(name);
        return self();
    }

    /** One row for each row. */
    public final <U> RDD<U> map(Function<T, U> function) {
        return RDD.of(scope(), new Plan.Map<>(plan(), function, false));
    }

    /** One pair for each row. */
    public final <K, V> PairRDD<K, V> mapToPair(Function<T, Pair<K, V>> function) {
        return PairRDD.fromRDD(map(function));
    }

    /** The rows for which a function returns true. */
    public final R filter(Function<T, Boolean> function) {
        return typed(RDD.of(scope(), new Plan.Filter<>(plan(), function)));
    }

    /** Any number of rows for each row, handed out by an iterator. */
    public final <U> RDD<U> flatMap(FlatMapFunction<T, U> function) {
        return RDD.of(scope(), new Plan.FlatMap<>(plan(), function, false));
    }

    /** Any number of pairs for each row, handed out by an iterator. */
    public final <K, V> PairRDD<K, V> flatMapToPair(FlatMapFunction<T, Pair<K, V>> function) {
        return PairRDD.fromRDD(flatMap(function));
    }

    /** What a function makes of each partition's rows; called for empty partitions too. */
    public final <U> RDD<U> mapPartitions(FlatMapFunction<Iterator<T>, U> function) {
        Functions.require("function", function);
        return mapPartitionsWithIndex((index, rows) -> function.call(rows));
    }

    /** As {@link #mapPartitions}, for a function that makes pairs. */
    public final <K, V> PairRDD<K, V> mapPartitionsToPair(FlatMapFunction<Iterator<T>, Pair<K, V>> function) {
        return PairRDD.fromRDD(mapPartitions(function));
    }

    /** As {@link #mapPartitions}, with the number of the partition, from 0. */
    public final <U> RDD<U> mapPartitionsWithIndex(Function2<Integer, Iterator<T>, Iterator<U>> function) {
        return RDD.of(scope(), new Plan.MapPartitions<>(plan(), function, false, true));
    }

    /**
     * As {@link #mapPartitionsWithIndex}, of a function that has little to do for a partition without rows, so that no other
     * thread is asked to help if there are none; for engines and operators.
     */
    public final <U> RDD<U> mapRows(Function2<Integer, Iterator<T>, Iterator<U>> function) {
        return RDD.of(scope(), new Plan.MapPartitions<>(plan(), function, false, false));
    }

    /** One list for each partition, with its rows. */
    public final RDD<List<T>> glom() {
        return mapRows((index, rows) -> List.of(Iterators.listOf(rows)).iterator());
    }

    /** One pair for each row: the key that a function gives it, and the row. */
    public final <K> PairRDD<K, T> keyBy(Function<T, K> function) {
        Functions.require("function", function);
        return mapToPair(row -> Pair.of(function.call(row), row));
    }

    /** As {@link #groupBy(Function, int)}, into as many partitions as the engine has threads. */
    public final <K> PairRDD<K, List<T>> groupBy(Function<T, K> function) {
        return keyBy(function).groupByKey();
    }

    /**
     * The rows by the key that a function gives them.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public final <K> PairRDD<K, List<T>> groupBy(Function<T, K> function, int partitions) {
        return keyBy(function).groupByKey(partitions);
    }

    /** These rows, then those of the other RDD, nothing removed; of pairs that lie by key alike, partition by partition. */
    public final R union(R other) {
        return typed(RDD.of(scopeWith(other), unionWith(other.plan())));
    }

    private Plan<T> unionWith(Plan<T> other) {
        boolean alike = plan().isPartitionedByKey()
                && other.isPartitionedByKey()
                && getNumPartitions() == other.partitionCount();
        return alike
                ? new Plan.ZipPartitions<>(plan(), other, Iterators::concatenated, true, false)
                : new Plan.Union<>(List.of(plan(), other));
    }

    /** As {@link #distinct(int)}, into as many partitions as the engine has threads. */
    public final R distinct() {
        return distinct(scope().defaultPartitions());
    }

    /**
     * Every row once, by {@code equals}.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public final R distinct(int partitions) {
        return typed(marked().reduceByKey((first, second) -> first, partitions).keys());
    }

    /** The rows that the other RDD does not have, in as many partitions as the engine has threads. */
    public final R subtract(R other) {
        return subtract(other, scope().defaultPartitions());
    }

    /**
     * The rows that the other RDD does not have, by {@code equals}.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public final R subtract(R other, int partitions) {
        return typed(marked().subtractByKey(other.marked(), partitions).keys());
    }

    /** The rows that both have, by {@code equals}; each once. */
    public final R intersection(R other) {
        return typed(marked().cogroup(other.marked())
                .filter(both ->
                        !both.value().key().isEmpty() && !both.value().value().isEmpty())
                .keys());
    }

    /**
     * The same rows, spread evenly over another number of partitions.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public final R repartition(int partitions) {
        RDD.requirePartitions(partitions);
        return typed(this.<Pair<Integer, List<T>>>mapRows((index, rows) -> Iterators.dealt(rows, index, partitions))
                .mapToPair(pair -> pair)
                .reduceByKey(AbstractRDD::concatenated, partitions)
                .flatMap(pair -> pair.value().iterator()));
    }

    /** As {@link #sample(boolean, double, long)}, with a seed taken by chance; actions on the same RDD see the same rows. */
    public final R sample(boolean withReplacement, double fraction) {
        return sample(withReplacement, fraction, Sampling.newSeed());
    }

    /**
     * Some of the rows, taken by chance.
     *
     * @param withReplacement whether a row may be taken more than once
     * @param fraction the chance of a row to be taken, 0 to 1; with replacement, how often it is taken on average, not below 0
     * @param seed the same one takes the same of the same rows
     * @throws IllegalArgumentException if {@code fraction} is out of range
     */
    public final R sample(boolean withReplacement, double fraction, long seed) {
        Sampling.requireFraction("fraction", withReplacement, fraction);
        return typed(mapRows(Sampling.of(withReplacement, row -> fraction, seed)));
    }

    /** As {@link #randomSplit(double[], long)}, with a seed taken by chance. */
    public final List<R> randomSplit(double[] weights) {
        return randomSplit(weights, Sampling.newSeed());
    }

    /**
     * The rows dealt out by chance: one RDD for each weight, and each row in one of them. Every one of them computes these
     * rows, which must be the same in the same order each time, so {@link #cache} them if they are not.
     *
     * @param weights in what ratio, not below 0 and one of them above 0; need not sum up to 1
     * @param seed the same one deals the same rows alike
     * @throws IllegalArgumentException if {@code weights} are not as asked for
     */
    public final List<R> randomSplit(double[] weights, long seed) {
        double[] bounds = Sampling.bounds(weights);
        return IntStream.range(0, weights.length)
                .mapToObj(i -> typed(mapRows(Sampling.<T>between(bounds[i], bounds[i + 1], seed))))
                .toList();
    }

    /** As {@link #sortBy(Function, boolean, int)}, into as many partitions as the engine has threads. */
    public final <K extends Comparable<? super K>> R sortBy(Function<T, K> key, boolean ascending) {
        return sortBy(key, ascending, scope().defaultPartitions());
    }

    /**
     * The rows in order over the partitions. Computes their keys once at once, to see where to cut.
     *
     * @param key what a row is ordered by
     * @param ascending whether the least comes first
     * @param partitions the number of partitions, at least 1; there are fewer if there are not so many different keys
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public final <K extends Comparable<? super K>> R sortBy(Function<T, K> key, boolean ascending, int partitions) {
        Functions.require("key", key);
        return typed(keyBy(key).sortByKey(ascending, partitions).values());
    }

    /**
     * The same rows in fewer partitions, without a shuffle: neighbours are put together, in their order. There are never more
     * partitions than before.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public final R coalesce(int partitions) {
        RDD.requirePartitions(partitions);
        int before = getNumPartitions();
        if (partitions >= before) {
            return self();
        }
        return typed(regrouped(
                partitions,
                group -> IntStream.range(
                        RDD.bound(group, before, partitions), RDD.bound(group + 1, before, partitions))));
    }

    /**
     * One pair for each row: the row, and that of the other RDD in the same partition and place.
     *
     * @param other has as many partitions as this RDD, of as many rows; an action fails with a StreamingException otherwise
     * @throws IllegalArgumentException if {@code other} has another number of partitions
     */
    public final <U> PairRDD<T, U> zip(RDD<U> other) {
        return PairRDD.fromRDD(zipRows(other, Zipped::new, false));
    }

    /** As {@link #zip(RDD)}, with the pairs of an RDD of pairs. */
    public final <K, V> PairRDD<T, Pair<K, V>> zip(PairRDD<K, V> other) {
        return zip(other.toRDD());
    }

    /**
     * What a function makes of the rows of each partition and those of the same partition of another RDD; called for empty
     * partitions too.
     *
     * @param other has as many partitions as this RDD
     * @throws IllegalArgumentException if it has another number
     */
    public final <U, W> RDD<W> zipPartitions(RDD<U> other, Function2<Iterator<T>, Iterator<U>, Iterator<W>> function) {
        return zipRows(other, function, true);
    }

    private <U, W> RDD<W> zipRows(
            RDD<U> other, Function2<Iterator<T>, Iterator<U>, Iterator<W>> function, boolean worksWithoutRows) {
        if (other.getNumPartitions() != getNumPartitions()) {
            throw new IllegalArgumentException("'other' must have as many partitions as this RDD, " + getNumPartitions()
                    + ", but has " + other.getNumPartitions());
        }
        return RDD.of(
                scopeWith(other), new Plan.ZipPartitions<>(plan(), other.plan(), function, false, worksWithoutRows));
    }

    /**
     * One pair for each row and row of the other RDD. Has as many partitions as the product of both numbers; each task has the
     * rows of one partition of the other RDD in memory.
     */
    public final <U> PairRDD<T, U> cartesian(RDD<U> other) {
        int columns = other.getNumPartitions();
        int cells = Math.multiplyExact(getNumPartitions(), columns);
        RDD<T> left = regrouped(cells, cell -> IntStream.of(cell / columns));
        RDD<U> right = other.regrouped(cells, cell -> IntStream.of(cell % columns));
        return PairRDD.fromRDD(((AbstractRDD<T, ?>) left).zipRows(right, Iterators::product, false));
    }

    /** As {@link #cartesian(RDD)}, with the pairs of an RDD of pairs. */
    public final <K, V> PairRDD<T, Pair<K, V>> cartesian(PairRDD<K, V> other) {
        return cartesian(other.toRDD());
    }

    /** One pair for each row: the row, and its place in the order of the partitions, from 0. Counts the rows at once. */
    public final PairRDD<T, Long> zipWithIndex() {
        List<Long> starts = new ArrayList<>(List.of(0L));
        counts().forEach(count -> starts.add(starts.get(starts.size() - 1) + count));
        return PairRDD.fromRDD(mapRows((index, rows) -> Iterators.numbered(rows, starts.get(index), 1)));
    }

    /**
     * One pair for each row: the row, and a number that no other row has. Of n partitions, the first has the numbers 0, n,
     * 2n and so on, the second 1, n+1, 2n+1; nothing is counted.
     */
    public final PairRDD<T, Long> zipWithUniqueId() {
        int partitions = getNumPartitions();
        return PairRDD.fromRDD(mapRows((index, rows) -> Iterators.numbered(rows, index, partitions)));
    }

    /** The scope of an RDD made of this one and another: the one that ends first. */
    final RunScope scopeWith(AbstractRDD<?, ?> other) {
        return scope().outlivesBatches() ? other.scope() : scope();
    }

    /** The rows as keys. */
    final PairRDD<T, Boolean> marked() {
        return mapToPair(row -> Pair.of(row, true));
    }

    private static <T> List<T> concatenated(List<T> first, List<T> second) {
        first.addAll(second);
        return first;
    }
}
