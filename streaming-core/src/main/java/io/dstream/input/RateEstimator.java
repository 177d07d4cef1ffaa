package io.dstream.input;

import java.time.Duration;
import java.time.Instant;

/**
 * Estimates from the batches that have run how many records per second can be processed: a discrete PID controller, whose
 * error is what was let in above what the last batch processed, and whose history is what waits.
 *
 * <pre>
 * processed = records / processing delay
 * error     = last rate - processed
 * waiting   = scheduling delay * processed / batch interval
 * change    = (error - last error) / time since the last batch
 * rate      = max(last rate - P * error - I * waiting - D * change, minimum)
 * </pre>
 *
 * <p>A batch without records, or not later than the last one, tells nothing. The first one gives the rate to begin with, and
 * no result yet. With the usual weight P = 1 the rate is that of the last batch, less what it takes to work off what waits.
 *
 * <p>The rule is that of Spark Streaming's PIDRateEstimator (SPARK-8979, and SPARK-9966 for the minimum). PID controllers in
 * general: K. J. Åström and T. Hägglund, "PID Controllers: Theory, Design, and Tuning", 1995.
 *
 * <p>Immutable: what it knows is in the {@link RateEstimate} that each call is given and returns.
 */
final class RateEstimator {

    private static final double MILLIS_PER_SECOND = 1_000;
    private static final double NANOS_PER_MILLI = 1e6;

    private final double batchIntervalMillis;
    private final BackpressureSettings.Pid weights;
    private final double minRate;

    /**
     * @param batchInterval the time between batches, more than zero
     * @param settings the weights and the minimum
     */
    RateEstimator(Duration batchInterval, BackpressureSettings settings) {
        this.batchIntervalMillis = millis(batchInterval);
        this.weights = settings.pid();
        this.minRate = settings.minRate();
    }

    /**
     * The estimate after one more batch; the last one if the batch tells nothing.
     *
     * @param last the estimate before
     * @param end when the batch ended
     * @param records how many records it had of the input
     * @param processingDelay how long it ran
     * @param schedulingDelay how long it had waited before
     */
    RateEstimate next(
            RateEstimate last, Instant end, long records, Duration processingDelay, Duration schedulingDelay) {
        long time = end.toEpochMilli();
        double processingMillis = millis(processingDelay);
        if (time <= last.time() || records <= 0 || processingMillis <= 0) {
            return last;
        }
        double processed = records / processingMillis * MILLIS_PER_SECOND;
        return last.isFirst()
                ? new RateEstimate(time, processed, 0, false)
                : next(last, time, processed, millis(schedulingDelay));
    }

    private RateEstimate next(RateEstimate last, long time, double processed, double schedulingMillis) {
        double error = last.rate() - processed;
        double waiting = schedulingMillis * processed / batchIntervalMillis;
        double change = (error - last.error()) / ((time - last.time()) / MILLIS_PER_SECOND);
        double rate = last.rate()
                - weights.proportional() * error
                - weights.integral() * waiting
                - weights.derivative() * change;
        return new RateEstimate(time, Math.max(rate, minRate), error, true);
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / NANOS_PER_MILLI;
    }
}
