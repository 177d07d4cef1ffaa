package io.dstream.rdd;

import io.dstream.function.Function;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A partitioned, immutable collection that is computed when an action asks for its rows, each time anew.
 *
 * <p>Thread-safe. It belongs to the batch it was made in: once that is over, its actions fail.
 *
 * @param <T> type of the rows; rows travel by reference and must not be modified
 */
public final class RDD<T> extends AbstractRDD<T> {

    private RDD(RunScope scope, Plan<T> plan) {
        super(scope, plan);
    }

    /**
     * The rows of a source.
     *
     * @param scope where its plans run
     * @param name what errors call it
     * @param partitions where the rows are; may be empty
     */
    public static <T> RDD<T> ofPartitions(RunScope scope, String name, List<InputPartition<T>> partitions) {
        return new RDD<>(scope, new Plan.Source<>(name, partitions, scope));
    }

    /**
     * Rows that are worked out in whole when they are first asked for.
     *
     * @param scope where its plans run
     * @param partitions how many partitions they will have
     * @param work gives the rows, the same ones at each call; called by the thread that runs an action
     */
    public static <T> RDD<T> deferred(RunScope scope, int partitions, Supplier<RDD<T>> work) {
        return new RDD<>(scope, new Plan.Deferred<>(partitions, work));
    }

    /**
     * Rows in memory, cut into slices of about equal size.
     *
     * @param scope where its plans run
     * @param rows the rows; copied
     * @param partitions how many slices, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public static <T> RDD<T> ofRows(RunScope scope, List<T> rows, int partitions) {
        requirePartitions(partitions);
        List<T> copy = Collections.unmodifiableList(new ArrayList<>(rows)); // List.copyOf refuses null rows
        List<InputPartition<T>> slices = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            slices.add(InputPartition.of(copy.subList(bound(i, copy, partitions), bound(i + 1, copy, partitions))));
        }
        return ofPartitions(scope, "parallelize", slices);
    }

    /**
     * Keeps the rows once they are computed, until the batch ends or {@code unpersist} is called.
     *
     * @return this RDD
     */
    public RDD<T> cache() {
        keepRows();
        return this;
    }

    /** The rows for which a function returns true. */
    public RDD<T> filter(Function<T, Boolean> function) {
        return new RDD<>(scope(), new Plan.Filter<>(plan(), function));
    }

    /** These rows, then those of the other RDD; nothing is removed. */
    public RDD<T> union(RDD<T> other) {
        return new RDD<>(scopeWith(other), new Plan.Union<>(List.of(plan(), other.plan())));
    }

    /** As {@link #distinct(int)}, into as many partitions as the engine has threads. */
    public RDD<T> distinct() {
        return distinct(scope().defaultPartitions());
    }

    /**
     * Every row once, by {@code equals}.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public RDD<T> distinct(int partitions) {
        return mapToPair(row -> Pair.of(row, true))
                .reduceByKey((first, second) -> first, partitions)
                .keys();
    }

    /**
     * The same rows, spread evenly over another number of partitions.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public RDD<T> repartition(int partitions) {
        requirePartitions(partitions);
        return this.<Pair<Integer, List<T>>>mapPartitionsWithIndex((index, rows) -> dealt(rows, index, partitions))
                .mapToPair(pair -> pair)
                .reduceByKey(RDD::concatenated, partitions)
                .flatMap(pair -> pair.value().iterator());
    }

    /** The rows that the other RDD does not have, by {@code equals}. */
    public RDD<T> subtract(RDD<T> other) {
        return mapToPair(row -> Pair.of(row, true))
                .subtractByKey(other.mapToPair(row -> Pair.of(row, true)))
                .keys();
    }

    /** The rows that both have, by {@code equals}; each once. */
    public RDD<T> intersection(RDD<T> other) {
        return mapToPair(row -> Pair.of(row, true))
                .cogroup(other.mapToPair(row -> Pair.of(row, true)))
                .filter(both ->
                        !both.value().key().isEmpty() && !both.value().value().isEmpty())
                .keys();
    }

    /**
     * The rows in order over the partitions. Computes them once at once, to see where to cut.
     *
     * @param key what a row is ordered by
     * @param ascending whether the least comes first
     */
    public <K extends Comparable<? super K>> RDD<T> sortBy(Function<T, K> key, boolean ascending) {
        return keyBy(key)
                .sortByKey(ascending ? Comparator.<K>naturalOrder() : Comparator.<K>reverseOrder())
                .values();
    }

    /** Its partitions as those of a source; each computes its rows when it is opened. */
    public List<InputPartition<T>> asInputPartitions() {
        if (plan() instanceof Plan.Source<T> source) {
            return source.partitions();
        }
        return IntStream.range(0, getNumPartitions())
                .<InputPartition<T>>mapToObj(
                        partition -> () -> collect(partition).iterator())
                .toList();
    }

    static <T> RDD<T> of(RunScope scope, Plan<T> plan) {
        return new RDD<>(scope, plan);
    }

    static void requirePartitions(int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("'partitions' must be at least 1, but was " + partitions);
        }
    }

    /** The rows of a partition, dealt out from its index on as key of the new one. */
    private static <T> Iterator<Pair<Integer, List<T>>> dealt(Iterator<T> rows, int index, int partitions) {
        List<List<T>> hands = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            hands.add(new ArrayList<>());
        }
        int next = index;
        while (rows.hasNext()) {
            hands.get(Math.floorMod(next++, partitions)).add(rows.next());
        }
        return IntStream.range(0, partitions)
                .mapToObj(hand -> Pair.of(hand, hands.get(hand)))
                .iterator();
    }

    private static <T> List<T> concatenated(List<T> first, List<T> second) {
        first.addAll(second);
        return first;
    }

    private static int bound(int slice, List<?> rows, int slices) {
        return (int) ((long) slice * rows.size() / slices);
    }
}
