package io.dstream.rdd;

import java.util.ArrayList;
import java.util.Collections;
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
public final class RDD<T> extends AbstractRDD<T, RDD<T>> {

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
        return ofPartitions(scope, name, partitions, false);
    }

    /**
     * The rows of a source.
     *
     * @param scope where its plans run
     * @param name what errors call it
     * @param partitions where the rows are; may be empty
     * @param partitionedByKey whether they are pairs that lie where a shuffle by key into as many partitions would bring them
     */
    public static <T> RDD<T> ofPartitions(
            RunScope scope, String name, List<InputPartition<T>> partitions, boolean partitionedByKey) {
        return new RDD<>(scope, new Plan.Source<>(name, partitions, partitionedByKey, scope));
    }

    /**
     * Rows that are worked out in whole when they are first asked for.
     *
     * @param scope where its plans run
     * @param name what errors call it
     * @param partitions how many partitions they will have
     * @param partitionedByKey whether they are pairs that will lie where a shuffle by key into as many would bring them
     * @param work gives the rows, the same ones at each call; called by the thread that runs an action
     */
    public static <T> RDD<T> deferred(
            RunScope scope, String name, int partitions, boolean partitionedByKey, Supplier<RDD<T>> work) {
        return new RDD<>(scope, new Plan.Deferred<>(name, partitions, partitionedByKey, work, scope));
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
            slices.add(InputPartition.of(
                    copy.subList(bound(i, copy.size(), partitions), bound(i + 1, copy.size(), partitions))));
        }
        return ofPartitions(scope, "parallelize", slices);
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

    @Override
    RDD<T> self() {
        return this;
    }

    @Override
    RDD<T> typed(RDD<T> rdd) {
        return rdd;
    }

    static <T> RDD<T> of(RunScope scope, Plan<T> plan) {
        return new RDD<>(scope, plan);
    }

    static void requirePartitions(int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("'partitions' must be at least 1, but was " + partitions);
        }
    }

    /** Where the slice of this number begins, if so many things are cut into so many slices of about equal size. */
    static int bound(int slice, int size, int slices) {
        return (int) ((long) slice * size / slices);
    }
}
