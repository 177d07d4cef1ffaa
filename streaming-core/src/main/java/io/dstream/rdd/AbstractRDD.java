package io.dstream.rdd;

import io.dstream.function.FlatMapFunction;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.function.StreamingException;
import io.dstream.function.VoidFunction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/** What RDDs of rows and RDDs of pairs have alike. */
abstract sealed class AbstractRDD<T> permits RDD, PairRDD {

    private static final int SCALE_UP_FACTOR = 4;

    private final RunScope scope;
    private final Plan<T> plan;

    AbstractRDD(RunScope scope, Plan<T> plan) {
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

    /** One row for each row. */
    public final <U> RDD<U> map(Function<T, U> function) {
        return RDD.of(scope, new Plan.Map<>(plan, function));
    }

    /** One pair for each row. */
    public final <K, V> PairRDD<K, V> mapToPair(Function<T, Pair<K, V>> function) {
        return PairRDD.fromRDD(map(function));
    }

    /** Any number of rows for each row, handed out by an iterator. */
    public final <U> RDD<U> flatMap(FlatMapFunction<T, U> function) {
        return RDD.of(scope, new Plan.FlatMap<>(plan, function));
    }

    /** Any number of pairs for each row, handed out by an iterator. */
    public final <K, V> PairRDD<K, V> flatMapToPair(FlatMapFunction<T, Pair<K, V>> function) {
        return PairRDD.fromRDD(flatMap(function));
    }

    /** What a function makes of each partition's rows; called for empty partitions too. */
    public final <U> RDD<U> mapPartitions(FlatMapFunction<Iterator<T>, U> function) {
        return mapPartitionsWithIndex((index, rows) -> function.call(rows));
    }

    /** As {@link #mapPartitions}, with the number of the partition, from 0. */
    public final <U> RDD<U> mapPartitionsWithIndex(Function2<Integer, Iterator<T>, Iterator<U>> function) {
        return RDD.of(scope, new Plan.MapPartitions<>(plan, function));
    }

    /** One list for each partition, with its rows. */
    public final RDD<List<T>> glom() {
        return mapPartitions(rows -> List.of(listOf(rows)).iterator());
    }

    /** One pair for each row: the key that a function gives it, and the row. */
    public final <K> PairRDD<K, T> keyBy(Function<T, K> function) {
        return mapToPair(row -> Pair.of(function.call(row), row));
    }

    /** The rows by the key that a function gives them. */
    public final <K> PairRDD<K, List<T>> groupBy(Function<T, K> function) {
        return keyBy(function).groupByKey();
    }

    /** One pair for each row: the row, and its place in the order of the partitions, from 0. Counts the rows at once. */
    public final PairRDD<T, Long> zipWithIndex() {
        List<Long> starts = new ArrayList<>(List.of(0L));
        runAll(AbstractRDD::countOf).forEach(count -> starts.add(starts.get(starts.size() - 1) + count));
        return PairRDD.fromRDD(mapPartitionsWithIndex((index, rows) -> indexed(rows, starts.get(index))));
    }

    /**
     * All rows, in the order of the partitions; empty if there are none.
     *
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final List<T> collect() {
        List<T> all = new ArrayList<>();
        runAll(AbstractRDD::listOf).forEach(all::addAll);
        return all;
    }

    /**
     * The number of rows.
     *
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final long count() {
        return runAll(AbstractRDD::countOf).stream().mapToLong(Long::longValue).sum();
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
        for (List<T> rows : run(from, until, rows -> firstOf(rows, missing))) {
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
            throw new NoSuchElementException("first() of an RDD without rows; ask isEmpty() before");
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
        List<T> results = new ArrayList<>();
        runAll(rows -> rows.hasNext() ? List.of(new Reduction<>(function, rows)) : List.<Reduction<T>>of())
                .forEach(partition -> partition.forEach(reduction -> results.add(reduction.result)));
        if (results.isEmpty()) {
            throw new NoSuchElementException("reduce() of an RDD without rows; ask isEmpty() before");
        }
        return new Reduction<>(function, results.iterator()).result;
    }

    /**
     * All rows and a neutral value in one; the neutral value is used once per partition and once more at the end.
     *
     * @return the neutral value if there are no rows
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final T fold(T zero, Function2<T, T, T> function) {
        return aggregate(zero, function, function);
    }

    /**
     * All rows in a result of another type.
     *
     * @param zero what a partition and the end begin with; shared by all partitions, so it must not be changed
     * @param add a result with one more row
     * @param combine two results in one
     * @return {@code zero} if there are no rows
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final <U> U aggregate(U zero, Function2<U, T, U> add, Function2<U, U, U> combine) {
        List<U> results = runAll(rows -> accumulated(zero, rows, add));
        try {
            return accumulated(zero, results.iterator(), combine);
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
        return reduce((a, b) -> order.compare(a, b) >= 0 ? a : b);
    }

    /**
     * The least row.
     *
     * @throws NoSuchElementException if there are no rows
     */
    public final T min(Comparator<? super T> order) {
        return reduce((a, b) -> order.compare(a, b) <= 0 ? a : b);
    }

    /**
     * The greatest rows, greatest first; each task keeps no more than it may give.
     *
     * @param n how many at most; not negative
     */
    public final List<T> top(int n, Comparator<? super T> order) {
        return takeOrdered(n, order.reversed());
    }

    /**
     * The least rows, least first; each task keeps no more than it may give.
     *
     * @param n how many at most; not negative
     */
    public final List<T> takeOrdered(int n, Comparator<? super T> order) {
        requireNotNegative("n", n);
        List<T> candidates = new ArrayList<>();
        runAll(rows -> least(n, rows, order)).forEach(candidates::addAll);
        candidates.sort(order);
        return candidates.subList(0, Math.min(n, candidates.size()));
    }

    /** How often each distinct row is there; empty if there are none. */
    public final Map<T, Long> countByValue() {
        return mapToPair(row -> Pair.of(row, 1L)).reduceByKey(Long::sum).collectAsMap();
    }

    /**
     * Calls a function on every row, in parallel over the partitions.
     *
     * @throws IllegalStateException if the batch it belongs to is over
     */
    public final void foreach(VoidFunction<T> function) {
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
        runAll(rows -> {
            function.call(rows);
            return true;
        });
    }

    /** Lets go of the rows that {@code persist} or {@code cache} has kept; does nothing if there are none. */
    public final void unpersist() {
        scope.drop(plan);
    }

    final void keepRows() {
        scope.keep(plan);
    }

    /** The scope of an RDD made of this one and another: the one that ends first. */
    final RunScope scopeWith(AbstractRDD<?> other) {
        return scope.outlivesBatches() ? other.scope : scope;
    }

    final RunScope scope() {
        return scope;
    }

    final List<T> collect(int partition) {
        return run(partition, partition + 1, AbstractRDD::listOf).get(0);
    }

    private <R> List<R> runAll(Function<Iterator<T>, R> task) {
        return run(0, getNumPartitions(), task);
    }

    private <R> List<R> run(int from, int until, Function<Iterator<T>, R> task) {
        plan.requireOpen();
        return scope.run(plan, from, until, task);
    }

    private static void requireNotNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException("'" + name + "' must not be negative, but was " + value);
        }
    }

    private static <T, U> U accumulated(U zero, Iterator<T> rows, Function2<U, T, U> add) throws Exception {
        U result = zero;
        while (rows.hasNext()) {
            result = add.call(result, rows.next());
        }
        return result;
    }

    private static <T> List<T> least(int n, Iterator<T> rows, Comparator<? super T> order) {
        PriorityQueue<T> kept = new PriorityQueue<>(order.reversed()); // the greatest kept row is the first to go
        rows.forEachRemaining(row -> {
            kept.add(row);
            if (kept.size() > n) {
                kept.remove();
            }
        });
        return new ArrayList<>(kept);
    }

    private static <T> Iterator<Pair<T, Long>> indexed(Iterator<T> rows, long start) {
        return new Iterator<>() {
            private long next = start;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Pair<T, Long> next() {
                return Pair.of(rows.next(), next++);
            }
        };
    }

    private static <T> List<T> listOf(Iterator<T> rows) {
        List<T> list = new ArrayList<>();
        rows.forEachRemaining(list::add);
        return list;
    }

    private static <T> List<T> firstOf(Iterator<T> rows, int n) {
        List<T> list = new ArrayList<>();
        while (list.size() < n && rows.hasNext()) {
            list.add(rows.next());
        }
        return list;
    }

    private static long countOf(Iterator<?> rows) {
        long[] count = new long[1];
        rows.forEachRemaining(row -> count[0]++);
        return count[0];
    }

    private static <T> void callUnchecked(VoidFunction<T> function, T row) {
        try {
            function.call(row);
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }

    /** Rows reduced to one. */
    private static final class Reduction<T> {

        private final Function2<T, T, T> function;
        private T result;

        Reduction(Function2<T, T, T> function, Iterator<T> rows) {
            this.function = function;
            this.result = rows.next();
            rows.forEachRemaining(this::add);
        }

        private void add(T row) {
            try {
                result = function.call(result, row);
            } catch (Exception failure) {
                throw StreamingException.unchecked(failure);
            }
        }
    }
}
