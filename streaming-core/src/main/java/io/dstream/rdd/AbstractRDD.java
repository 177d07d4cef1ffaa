package io.dstream.rdd;

import io.dstream.function.FlatMapFunction;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.function.StreamingException;
import io.dstream.function.VoidFunction;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

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
        return RDD.of(scope, new Plan.MapPartitions<>(plan, function));
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
        if (n < 0) {
            throw new IllegalArgumentException("'n' must not be negative, but was " + n);
        }
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
