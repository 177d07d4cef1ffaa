package io.dstream.rdd;

import io.dstream.function.Function2;
import io.dstream.function.StreamingException;
import io.dstream.function.ToDoubleFunction;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Rows taken by chance. Each partition has random numbers of its own, made from a seed and its index, so that the same seed
 * takes the same rows whenever they are computed.
 */
final class Sampling {

    private Sampling() {}

    static long newSeed() {
        return new SplittableRandom().nextLong();
    }

    /** Takes of each partition each row with the chance that a function gives it, or as often on average. */
    static <T> Function2<Integer, Iterator<T>, Iterator<T>> of(
            boolean withReplacement, ToDoubleFunction<T> fraction, long seed) {
        return withReplacement
                ? (index, rows) -> repeated(rows, fraction, new SplittableRandom(seed + index))
                : (index, rows) -> taken(rows, fraction, new SplittableRandom(seed + index));
    }

    /** Takes of each partition the rows whose random number is in a range. */
    static <T> Function2<Integer, Iterator<T>, Iterator<T>> between(double from, double until, long seed) {
        return (index, rows) -> between(rows, from, until, new SplittableRandom(seed + index));
    }

    /** Where to cut the range from 0 to 1 in the ratio of weights: one number more than there are weights. */
    static double[] bounds(double[] weights) {
        requireWeights(weights);
        double sum = Arrays.stream(weights).sum();
        double[] bounds = new double[weights.length + 1];
        for (int i = 1; i < weights.length; i++) {
            bounds[i] = bounds[i - 1] + weights[i - 1] / sum;
        }
        bounds[weights.length] = 1; // whatever the rounding
        return bounds;
    }

    static void requireFraction(String name, boolean withReplacement, double fraction) {
        double most = withReplacement ? Double.MAX_VALUE : 1;
        if (!(fraction >= 0 && fraction <= most)) {
            throw new IllegalArgumentException("'" + name + "' must be "
                    + (withReplacement ? "a number not below 0" : "from 0 to 1 without replacement") + ", but was "
                    + fraction);
        }
    }

    static <K> double fractionOf(K key, Map<K, Double> fractions) {
        Double fraction = fractions.get(key);
        if (fraction == null) {
            throw new IllegalArgumentException(
                    "'fractions' must have one for each key, but has none for '" + key + "'");
        }
        return fraction;
    }

    private static void requireWeights(double[] weights) {
        boolean valid = Arrays.stream(weights).allMatch(weight -> weight >= 0 && weight <= Double.MAX_VALUE);
        double sum = Arrays.stream(weights).sum();
        if (!valid || !(sum > 0 && sum <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "'weights' must be numbers not below 0, one of them above 0, but were " + Arrays.toString(weights));
        }
    }

    private static <T> Iterator<T> taken(Iterator<T> rows, ToDoubleFunction<T> fraction, SplittableRandom random) {
        return Iterators.streamOf(rows)
                .filter(row -> random.nextDouble() < fractionOf(row, fraction))
                .iterator();
    }

    private static <T> Iterator<T> repeated(Iterator<T> rows, ToDoubleFunction<T> fraction, SplittableRandom random) {
        return Iterators.streamOf(rows)
                .flatMap(row -> Collections.nCopies(poisson(fractionOf(row, fraction), random), row).stream())
                .iterator();
    }

    private static <T> Iterator<T> between(Iterator<T> rows, double from, double until, SplittableRandom random) {
        return Iterators.streamOf(rows)
                .filter(row -> {
                    double number = random.nextDouble();
                    return from <= number && number < until;
                })
                .iterator();
    }

    private static <T> double fractionOf(T row, ToDoubleFunction<T> fraction) {
        try {
            return fraction.call(row);
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }

    /** How many events there are in a time in which so many are expected: their distances are random by a logarithm. */
    private static int poisson(double expected, SplittableRandom random) {
        int events = -1;
        for (double time = 0; time <= expected; time -= Math.log(1 - random.nextDouble())) {
            events++;
        }
        return events;
    }
}
