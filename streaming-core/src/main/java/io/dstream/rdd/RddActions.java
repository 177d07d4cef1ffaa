package io.dstream.rdd;

import io.dstream.function.Function;
import io.dstream.function.Function0;
import io.dstream.function.Function2;
import io.dstream.function.Functions;
import io.dstream.function.StreamingException;
import io.dstream.function.ToDoubleFunction;
import io.dstream.function.VoidFunction;
import io.dstream.function.VoidFunction2;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What can be asked of an RDD. Actions compute its rows, in parallel over the partitions, and fail with an
 * IllegalStateException if the batch it belongs to is over.
 */
abstract sealed class RddActions<T> permits AbstractRDD {

    private static final int SCALE_UP_FACTOR = 4;

    private final RunScope scope;
    private final Plan<T> plan;

    RddActions(RunScope scope, Plan<T> plan) {
        this.scope = scope;
        this.plan = plan;
    }

    /** How its rows come about; for engines and tests. */
    public final Plan<T> plan() {
        return plan;
    }

    /** The number of its partitions; an RDD may have none. */
    public final int getNumPartitions() {
        return plan.partitionCount();
    }

    /** What people call it: the name it was given, else that of its source; empty if it has neither. */
    public final Optional<String> name() {
        return plan.name();
    }

    /** Where its rows are kept. */
    public final StorageLevel getStorageLevel() {
        return scope.levelOf(plan);
    }

    /**
     * How its rows come about, for people: a line for each step from the last to the first, with the number of partitions, the
     * operator, its name in quotes if it has one (the id of the stream it is the RDD of, or what {@code setName} gave it), and
     * whether its rows are kept. Operators that are made of others are told as these: {@code reduceByKey} and {@code groupByKey}
     * are a {@code combineByKey}. What is behind a shuffle is indented. There is no line break at the end.
     */
    public final String toDebugString() {
        return Lineage.of(plan, scope);
    }

    /** What it is, such as {@code RDD(map 'words', 4 partitions)}; computes nothing. */
    @Override
    public final String toString() {
        int partitions = getNumPartitions();
        return getClass().getSimpleName() + "(" + Lineage.operator(plan) + ", " + partitions
                + (partitions == 1 ? " partition)" : " partitions)");
    }

    /**
     * All rows, in the order of the partitions; empty if there are none.
     *
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final List<T> collect() {
        List<T> all = new ArrayList<>();
        runAll(Iterators::listOf).forEach(all::addAll);
        return all;
    }

    /**
     * The rows of some partitions: a list for each, in the order asked for.
     *
     * @param partitions their numbers, from 0
     * @throws IllegalArgumentException if there is no partition of a number
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final List<List<T>> collectPartitions(int... partitions) {
        for (int partition : partitions) {
            requirePartition(partition);
        }
        return regrouped(partitions.length, i -> IntStream.of(partitions[i])).runAll(Iterators::listOf);
    }

    /**
     * All rows, in the order of the partitions. Computes a partition when the rows of the one before are used up, so only one
     * is in memory. Outside of batches, a shuffle runs again for each of them.
     *
     * @return an iterator that fails with an IllegalStateException if the batch is over
     */
    public final Iterator<T> toLocalIterator() {
        return IntStream.range(0, getNumPartitions())
                .mapToObj(this::collect)
                .flatMap(List::stream)
                .iterator();
    }

    /**
     * The number of rows.
     *
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final long count() {
        return counts().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * The first rows, in the order of the partitions. Computes one partition at first, then four times as many as
     * before, until there are enough.
     *
     * @param n how many at most; not negative
     * @throws IllegalArgumentException if {@code n} is negative
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final List<T> take(int n) {
        requireNotNegative("n", n);
        List<T> taken = new ArrayList<>();
        int until = 0;
        while (taken.size() < n && until < getNumPartitions()) {
            int from = until;
            until = (int) Math.min(getNumPartitions(), from + Math.max(1L, (long) from * SCALE_UP_FACTOR));
            addUpTo(n, taken, from, until);
        }
        return taken;
    }

    private void addUpTo(int n, List<T> taken, int from, int until) {
        int missing = n - taken.size();
        for (List<T> rows : run(from, until, rows -> Iterators.firstOf(rows, missing))) {
            taken.addAll(rows.subList(0, Math.min(rows.size(), n - taken.size())));
        }
    }

    /**
     * The first row.
     *
     * @throws NoSuchElementException if there is none
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final T first() {
        List<T> rows = take(1);
        if (rows.isEmpty()) {
            throw noRows("first");
        }
        return rows.get(0);
    }

    /**
     * Whether there are no rows; computes no more than it takes to find one.
     *
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final boolean isEmpty() {
        return take(1).isEmpty();
    }

    /**
     * All rows in one: each partition from its first row on, then the results in the order of the partitions.
     *
     * @param function two values in one; associative
     * @throws NoSuchElementException if there are no rows
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final T reduce(Function2<T, T, T> function) {
        Functions.require("function", function);
        return reduce("reduce", function);
    }

    private T reduce(String action, Function2<T, T, T> function) {
        List<T> results = new ArrayList<>();
        runAll(rows -> reduced(rows, function)).forEach(results::addAll);
        if (results.isEmpty()) {
            throw noRows(action);
        }
        return reduced(results.iterator(), function).get(0);
    }

    /**
     * All rows and a neutral value in one; the neutral value is used once per partition and once more at the end.
     *
     * @param zero the neutral value; like a row it must not be modified
     * @return the neutral value if there are no rows
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final T fold(T zero, Function2<T, T, T> function) {
        Functions.require("function", function);
        return aggregate(() -> zero, function, function);
    }

    /**
     * All rows in a result of another type.
     *
     * @param zero makes what a partition and the end begin with; called for each of them, so it may be changed
     * @param add a result with one more row; may change and return its first argument
     * @param combine two results in one; may change and return its first argument
     * @return a {@code zero} if there are no rows
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final <U> U aggregate(Function0<U> zero, Function2<U, T, U> add, Function2<U, U, U> combine) {
        Functions.require("zero", zero);
        Functions.require("add", add);
        Functions.require("combine", combine);
        List<U> results = runAll(rows -> Iterators.folded(zero.call(), rows, add));
        try {
            return Iterators.folded(zero.call(), results.iterator(), combine);
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }

    /**
     * The greatest row.
     *
     * @throws NoSuchElementException if there are no rows
     */
    public final T max(Comparator<? super T> order) {
        Functions.require("order", order);
        return reduce("max", (a, b) -> order.compare(a, b) >= 0 ? a : b);
    }

    /**
     * The least row.
     *
     * @throws NoSuchElementException if there are no rows
     */
    public final T min(Comparator<? super T> order) {
        Functions.require("order", order);
        return reduce("min", (a, b) -> order.compare(a, b) <= 0 ? a : b);
    }

    /** As {@link #top(int, Comparator)}, of rows that are Comparable. */
    public final List<T> top(int n) {
        return top(n, Sorting.naturalOrder());
    }

    /**
     * The greatest rows, greatest first; no task holds more than twice as many.
     *
     * @param n how many at most; not negative
     * @throws IllegalArgumentException if {@code n} is negative
     */
    public final List<T> top(int n, Comparator<? super T> order) {
        Functions.require("order", order);
        return takeOrdered(n, order.reversed());
    }

    /** As {@link #takeOrdered(int, Comparator)}, of rows that are Comparable. */
    public final List<T> takeOrdered(int n) {
        return takeOrdered(n, Sorting.naturalOrder());
    }

    /**
     * The least rows, least first; no task holds more than twice as many.
     *
     * @param n how many at most; not negative
     * @throws IllegalArgumentException if {@code n} is negative
     */
    public final List<T> takeOrdered(int n, Comparator<? super T> order) {
        Functions.require("order", order);
        requireNotNegative("n", n);
        if (n == 0) {
            return List.of();
        }
        List<T> candidates = new ArrayList<>();
        runAll(rows -> Sorting.least(n, rows, order)).forEach(candidates::addAll);
        return Sorting.least(n, candidates.iterator(), order);
    }

    /** How often each distinct row is there; empty if there are none. */
    public final Map<T, Long> countByValue() {
        return rdd().mapToPair(row -> Pair.of(row, 1L)).reduceByKey(Long::sum).collectAsMap();
    }

    /** Count, sum, mean, least, greatest and variance of the numbers that a function gives the rows, computed in one pass. */
    public final Stats stats(ToDoubleFunction<T> number) {
        Functions.require("number", number);
        return aggregate(StatCounter::new, (counter, row) -> counter.add(number.call(row)), StatCounter::add)
                .stats();
    }

    /** The sum of the numbers that a function gives the rows; 0 if there are no rows. */
    public final double sum(ToDoubleFunction<T> number) {
        return stats(number).sum();
    }

    /** The mean of the numbers that a function gives the rows; NaN if there are no rows. */
    public final double mean(ToDoubleFunction<T> number) {
        return stats(number).mean();
    }

    /**
     * How many of the numbers that a function gives the rows are in each bucket, of buckets of equal width from the least
     * number to the greatest. Computes the rows twice. If all numbers are equal there is one bucket.
     *
     * @param buckets how many, at least 1
     * @throws IllegalArgumentException if {@code buckets} is below 1, or a number is infinite or NaN
     * @throws NoSuchElementException if there are no rows
     */
    public final Histogram histogram(ToDoubleFunction<T> number, int buckets) {
        Functions.require("number", number);
        if (buckets < 1) {
            throw new IllegalArgumentException("'buckets' must be at least 1, but was " + buckets);
        }
        return Histogram.of(this, Histogram.evenBounds(stats(number), buckets), number);
    }

    /**
     * How many of the numbers that a function gives the rows are in each bucket; numbers in none of them are left out.
     *
     * @param bounds of the buckets, two or more, each above the one before
     * @throws IllegalArgumentException if {@code bounds} are not as asked for
     */
    public final Histogram histogram(ToDoubleFunction<T> number, double[] bounds) {
        Functions.require("number", number);
        double[] copy = bounds.clone();
        Histogram.requireBounds(copy);
        return Histogram.of(this, copy, number);
    }

    /**
     * Calls a function on every row, in parallel over the partitions.
     *
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final void foreach(VoidFunction<T> function) {
        Functions.require("function", function);
        runAll(rows -> {
            rows.forEachRemaining(row -> callUnchecked(function, row));
            return true;
        });
    }

    /**
     * Calls a function once for every partition, the empty ones too, in parallel: the place for one connection to serve
     * many rows.
     *
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final void foreachPartition(VoidFunction<Iterator<T>> function) {
        Functions.require("function", function);
        foreachPartition((index, rows) -> function.call(rows));
    }

    /**
     * As {@link #foreachPartition(VoidFunction)}, with the number of the partition, from 0: with the batch time it makes an id
     * that is the same when a batch runs again.
     */
    public final void foreachPartition(VoidFunction2<Integer, Iterator<T>> function) {
        Functions.require("function", function);
        rdd().mapPartitionsWithIndex((index, rows) -> {
                    function.call(index, rows);
                    return Collections.emptyIterator();
                })
                .count();
    }

    /**
     * Saves the rows into a directory: a file {@code part-00000} and so on for each partition, with a line of UTF-8 for each
     * row's {@code toString()}, and {@code _SUCCESS}. The directory has its name only once it is complete and safe on the
     * disk.
     *
     * @param path of the directory; missing ones above it are made. An RDD of a batch, which may run again, replaces what was
     *     saved there before; any other RDD does not
     * @throws IllegalArgumentException if {@code path} is no path of the local file system, or a row is null
     * @throws StreamingException if it cannot be written; with a {@link java.nio.file.FileAlreadyExistsException} as cause if
     *     something is there that is not to be replaced
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final void saveAsTextFile(String path) {
        TextFiles.save(rdd(), LocalPath.of("path", path));
    }

    /**
     * Saves the rows into a directory as {@link #saveAsTextFile} does, with the rows themselves in place of their text: {@code
     * StreamingContext.objectFile} reads them.
     *
     * @param path as there
     * @throws IllegalArgumentException if {@code path} is no path of the local file system
     * @throws StreamingException if there is something in a row that is no value or collection of the JDK and of no class in an
     *     allowed package, or if it cannot be written, as there
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final void saveAsObjectFile(String path) {
        PartFiles.save(rdd(), LocalPath.of("path", path), scope.objectWriter());
    }

    /** The same rows with the operations of any rows. */
    final RDD<T> rdd() {
        return RDD.of(scope, plan);
    }

    final RunScope scope() {
        return scope;
    }

    /** The number of rows of each partition. */
    final List<Long> counts() {
        return runAll(Iterators::countOf);
    }

    final List<T> collect(int partition) {
        return run(partition, partition + 1, Iterators::listOf).get(0);
    }

    final <U> List<U> runAll(Function<Iterator<T>, U> task) {
        return run(0, getNumPartitions(), task);
    }

    private <U> List<U> run(int from, int until, Function<Iterator<T>, U> task) {
        plan.requireOpen();
        return scope.run(plan, from, until, task);
    }

    /** So many partitions, each with the rows of those of this RDD that a function gives for it. */
    final RDD<T> regrouped(int partitions, IntFunction<IntStream> members) {
        List<List<Integer>> groups = IntStream.range(0, partitions)
                .mapToObj(members)
                .map(group -> group.boxed().toList())
                .toList();
        return RDD.of(scope, new Plan.Regroup<>(plan, groups));
    }

    private void requirePartition(int partition) {
        if (partition < 0 || partition >= getNumPartitions()) {
            throw new IllegalArgumentException("'partitions' must be numbers from 0 to below " + getNumPartitions()
                    + ", the number of partitions, but there was " + partition);
        }
    }

    private static NoSuchElementException noRows(String action) {
        return new NoSuchElementException(action + "() of an RDD without rows; ask isEmpty() before");
    }

    private static void requireNotNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException("'" + name + "' must not be negative, but was " + value);
        }
    }

    /** All rows in one; empty if there are none. */
    private static <T> List<T> reduced(Iterator<T> rows, Function2<T, T, T> function) {
        return rows.hasNext() ? Collections.singletonList(Iterators.folded(rows.next(), rows, function)) : List.of();
    }

    private static <T> void callUnchecked(VoidFunction<T> function, T row) {
        try {
            function.call(row);
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }
}
