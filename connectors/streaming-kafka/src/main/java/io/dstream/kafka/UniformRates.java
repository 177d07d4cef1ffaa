package io.dstream.kafka;

import org.apache.kafka.common.TopicPartition;

/** The same rates for all partitions. */
record UniformRates(long maxRate, long minRate) implements PerPartitionConfig {

    @Override
    public long maxRatePerPartition(TopicPartition partition) {
        return maxRate;
    }

    @Override
    public long minRatePerPartition(TopicPartition partition) {
        return minRate;
    }
}
