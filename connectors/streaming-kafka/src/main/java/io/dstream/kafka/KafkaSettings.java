package io.dstream.kafka;

import io.dstream.StreamingConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the direct streams of a pipeline behave: begin with {@link #defaults()}, change what differs, and give it to {@link
 * StreamingConfig#withConnectorSettings}. In a Spring Boot application {@code streaming.kafka.*} does that.
 *
 * <p>Immutable but for the monitor.
 *
 * @param maxRatePerPartition records per second that each partition may give, at least 1; null if that is not limited
 * @param minRatePerPartition records that each partition may give to a batch however low its rate is, at least 0
 * @param lostOffsets what happens when records are gone before they were read
 * @param commitsOffsets whether offsets are committed to the consumers' group when a batch is; else only what {@link
 *     CanCommitOffsets} is told
 * @param discoveryInterval how long new topics and partitions may go unnoticed, not negative; with zero they are looked for in
 *     every batch
 * @param monitor is told how the streams are
 */
public record KafkaSettings(
        @Nullable Long maxRatePerPartition,
        long minRatePerPartition,
        LostOffsets lostOffsets,
        boolean commitsOffsets,
        Duration discoveryInterval,
        DirectStreamMonitor monitor) {

    public KafkaSettings {
        if (maxRatePerPartition != null && maxRatePerPartition < 1) {
            throw new IllegalArgumentException(
                    "'maxRatePerPartition' must be at least 1, but was " + maxRatePerPartition);
        }
        if (minRatePerPartition < 0) {
            throw new IllegalArgumentException(
                    "'minRatePerPartition' must not be negative, but was " + minRatePerPartition);
        }
        if (discoveryInterval.isNegative()) {
            throw new IllegalArgumentException(
                    "'discoveryInterval' must not be negative, but was " + discoveryInterval);
        }
    }

    /**
     * No limit for single partitions, one record at least, failing when records are lost, offsets committed with each batch, new
     * partitions looked for every five seconds, a monitor of its own.
     */
    public static KafkaSettings defaults() {
        return new KafkaSettings(null, 1, LostOffsets.FAIL, true, Duration.ofSeconds(5), new DirectStreamMonitor());
    }

    public KafkaSettings withMaxRatePerPartition(long newMaxRatePerPartition) {
        return new KafkaSettings(
                newMaxRatePerPartition, minRatePerPartition, lostOffsets, commitsOffsets, discoveryInterval, monitor);
    }

    public KafkaSettings withMinRatePerPartition(long newMinRatePerPartition) {
        return new KafkaSettings(
                maxRatePerPartition, newMinRatePerPartition, lostOffsets, commitsOffsets, discoveryInterval, monitor);
    }

    public KafkaSettings withLostOffsets(LostOffsets newLostOffsets) {
        return new KafkaSettings(
                maxRatePerPartition, minRatePerPartition, newLostOffsets, commitsOffsets, discoveryInterval, monitor);
    }

    public KafkaSettings withCommitsOffsets(boolean newCommitsOffsets) {
        return new KafkaSettings(
                maxRatePerPartition, minRatePerPartition, lostOffsets, newCommitsOffsets, discoveryInterval, monitor);
    }

    public KafkaSettings withDiscoveryInterval(Duration newDiscoveryInterval) {
        return new KafkaSettings(
                maxRatePerPartition, minRatePerPartition, lostOffsets, commitsOffsets, newDiscoveryInterval, monitor);
    }

    public KafkaSettings withMonitor(DirectStreamMonitor newMonitor) {
        return new KafkaSettings(
                maxRatePerPartition, minRatePerPartition, lostOffsets, commitsOffsets, discoveryInterval, newMonitor);
    }

    /** Those of a pipeline. */
    static KafkaSettings of(StreamingConfig config) {
        return config.connectorSettings(KafkaSettings.class).orElseGet(KafkaSettings::defaults);
    }

    /** The same rates for all partitions. */
    PerPartitionConfig perPartition() {
        return new UniformRates(maxRatePerPartition == null ? 0 : maxRatePerPartition, minRatePerPartition);
    }
}
