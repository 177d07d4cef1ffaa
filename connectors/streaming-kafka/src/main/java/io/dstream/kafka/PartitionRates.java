package io.dstream.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;

/**
 * How many records each partition gives to a batch. With backpressure the rate of the stream is shared out by lag, as Spark's
 * direct stream does, and no partition gets more than its own maximum.
 *
 * <p>Immutable.
 */
final class PartitionRates {

    private static final double MILLIS_PER_SECOND = 1_000;

    private final PerPartitionConfig config;
    private final double seconds;
    private final long maxRecords;

    /**
     * @param config the limits of single partitions
     * @param batchInterval the time between batches
     * @param maxRecords how many records a batch may have of all partitions
     */
    PartitionRates(PerPartitionConfig config, Duration batchInterval, long maxRecords) {
        this.config = config;
        this.seconds = batchInterval.toMillis() / MILLIS_PER_SECOND;
        this.maxRecords = maxRecords;
    }

    /**
     * The records for the next batch.
     *
     * @param lags how many each partition has
     * @param rate records per second of all partitions; 0 if that is not limited
     * @return no more than the lag for each
     */
    Map<TopicPartition, Long> shares(Map<TopicPartition, Long> lags, long rate) {
        Map<TopicPartition, Double> rates = new HashMap<>();
        double total = sum(lags);
        lags.forEach((partition, lag) -> rates.put(partition, rateOf(partition, total == 0 ? 0 : lag / total, rate)));
        boolean limited = rates.values().stream().anyMatch(own -> own > 0);
        Map<TopicPartition, Long> shares = new HashMap<>();
        lags.forEach((partition, lag) ->
                shares.put(partition, limited ? Math.min(lag, limit(partition, of(partition, rates))) : lag));
        return withinBatch(shares);
    }

    /**
     * Whether no partition would give more to the next batch if it had more.
     *
     * @param lags how many each partition has
     * @param rate records per second of all partitions; 0 if that is not limited
     */
    boolean areReached(Map<TopicPartition, Long> lags, long rate) {
        return rate <= 0
                && lags.entrySet().stream().allMatch(entry -> {
                    long max = config.maxRatePerPartition(entry.getKey());
                    return max > 0 && entry.getValue() >= limit(entry.getKey(), (double) max);
                });
    }

    private double rateOf(TopicPartition partition, double share, long rate) {
        long max = config.maxRatePerPartition(partition);
        if (rate <= 0) {
            return (double) max;
        }
        return max > 0 ? Math.min(share * (double) rate, (double) max) : share * (double) rate;
    }

    private long limit(TopicPartition partition, double rate) {
        return Math.max((long) (seconds * rate), config.minRatePerPartition(partition));
    }

    /** Cuts all in proportion; what rounding leaves goes to those who have most of theirs left. */
    private Map<TopicPartition, Long> withinBatch(Map<TopicPartition, Long> wanted) {
        double total = sum(wanted);
        if (total <= maxRecords) {
            return wanted;
        }
        Map<TopicPartition, Long> cut = new HashMap<>();
        wanted.forEach((partition, records) -> cut.put(partition, (long) (records / total * (double) maxRecords)));
        long left =
                maxRecords - cut.values().stream().mapToLong(Long::longValue).sum();
        List<TopicPartition> hungriest = new ArrayList<>(wanted.keySet());
        hungriest.sort(Comparator.<TopicPartition>comparingLong(partition -> of(partition, cut) - of(partition, wanted))
                .thenComparing(Subscription.ORDER));
        hungriest.stream().limit(Math.max(left, 0)).forEach(partition -> cut.merge(partition, 1L, Long::sum));
        return cut;
    }

    /** What a map has for one of its partitions. */
    static <T> T of(TopicPartition partition, Map<TopicPartition, T> values) {
        return Objects.requireNonNull(values.get(partition), partition::toString);
    }

    private static double sum(Map<TopicPartition, Long> records) {
        return records.values().stream().mapToDouble(Long::doubleValue).sum();
    }
}
