package io.dstream.rdd;

/**
 * Statistics of numbers while they are gathered, by Welford's method: squares of distances are summed up as the mean moves,
 * so that large numbers close to each other do not cancel out.
 */
final class StatCounter {

    // Mutable state
    private long count;
    private double sum;
    private double mean;
    private double squares; // of the distances from the mean
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    StatCounter add(double number) {
        double distance = number - mean;
        count++;
        sum += number;
        mean += distance / count;
        squares += distance * (number - mean);
        min = Math.min(min, number);
        max = Math.max(max, number);
        return this;
    }

    StatCounter add(StatCounter other) {
        if (other.count > 0) {
            double distance = other.mean - mean;
            double share = (double) other.count / (count + other.count);
            squares += other.squares + distance * distance * count * share;
            mean += distance * share;
            count += other.count;
            sum += other.sum;
            min = Math.min(min, other.min);
            max = Math.max(max, other.max);
        }
        return this;
    }

    Stats stats() {
        return count == 0
                ? new Stats(0, 0, Double.NaN, min, max, Double.NaN)
                : new Stats(count, sum, mean, min, max, squares / count);
    }
}
