package io.dstream.rdd;

import io.dstream.function.ToDoubleFunction;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How many numbers are in each of several buckets. A bucket has the numbers from its lower bound to below its upper one, the
 * last bucket has those of its upper bound too.
 *
 * @param bounds of the buckets, least first; one more than there are buckets
 * @param counts one for each bucket
 */
public record Histogram(List<Double> bounds, List<Long> counts) implements Serializable {

    static <T> Histogram of(RddActions<T> rows, double[] bounds, ToDoubleFunction<T> number) {
        long[] counts = rows.aggregate(
                () -> new long[bounds.length - 1], (all, row) -> count(all, bounds, number.call(row)), Histogram::sum);
        return new Histogram(
                DoubleStream.of(bounds).boxed().toList(),
                LongStream.of(counts).boxed().toList());
    }

    static void requireBounds(double[] bounds) {
        boolean ascending = IntStream.range(1, bounds.length).allMatch(i -> bounds[i - 1] < bounds[i]);
        if (bounds.length < 2 || !ascending) {
            throw new IllegalArgumentException(
                    "'bounds' must be two or more numbers, each above the one before, but were "
                            + Arrays.toString(bounds));
        }
    }

    /** Bounds of buckets of equal width over all numbers; of one bucket if all numbers are equal. */
    static double[] evenBounds(Stats stats, int buckets) {
        if (stats.count() == 0) {
            throw new NoSuchElementException("histogram() of an RDD without rows; ask isEmpty() before");
        }
        double width = stats.max() - stats.min();
        if (!Double.isFinite(width)) {
            throw new IllegalArgumentException(
                    "histogram() needs finite numbers to be cut into buckets of equal width, but" + " they are from "
                            + stats.min() + " to " + stats.max());
        }
        if (width == 0) {
            return new double[] {stats.min(), stats.max()};
        }
        double[] bounds = new double[buckets + 1];
        Arrays.setAll(bounds, i -> stats.min() + width * i / buckets);
        bounds[buckets] = stats.max(); // whatever the rounding
        return bounds;
    }

    /** Counts a number if it is in a bucket. */
    private static long[] count(long[] counts, double[] bounds, double number) {
        if (number >= bounds[0] && number <= bounds[counts.length]) {
            int index = Arrays.binarySearch(bounds, number + 0.0); // -0.0 is searched for as a number below 0.0
            counts[Math.min(index < 0 ? -index - 2 : index, counts.length - 1)]++;
        }
        return counts;
    }

    private static long[] sum(long[] first, long[] second) {
        Arrays.setAll(first, i -> first[i] + second[i]);
        return first;
    }
}
