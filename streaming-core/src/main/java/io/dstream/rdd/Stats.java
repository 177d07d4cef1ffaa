package io.dstream.rdd;

import java.io.Serializable;

/**
 * What the numbers of an RDD are like.
 *
 * @param count how many there are
 * @param sum all of them together; 0 if there are none
 * @param mean their mean; NaN if there are none
 * @param min the least; positive infinity if there are none
 * @param max the greatest; negative infinity if there are none
 * @param variance the mean of the squares of their distances from the mean; NaN if there are none
 */
public record Stats(long count, double sum, double mean, double min, double max, double variance)
        implements Serializable {

    /** The standard deviation, the root of the variance; NaN if there are no numbers. */
    public double stdev() {
        return Math.sqrt(variance);
    }

    /** The variance of what the numbers are a sample of; NaN for less than two. */
    public double sampleVariance() {
        return count < 2 ? Double.NaN : variance / (count - 1) * count;
    }

    /** The standard deviation of what the numbers are a sample of; NaN for less than two. */
    public double sampleStdev() {
        return Math.sqrt(sampleVariance());
    }
}
