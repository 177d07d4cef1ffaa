package io.dstream.kafka;

import org.apache.kafka.common.TopicPartition;

/** How fast each partition is read. Called by the ticker thread of the pipeline, once or more for a batch. */
@FunctionalInterface
public interface PerPartitionConfig {

    /** Records per second that a partition may give at most; 0 if that is not limited. */
    long maxRatePerPartition(TopicPartition partition);

    /** Records that a partition may give to a batch, however low its rate is; in spite of its name not per second. */
    default long minRatePerPartition(TopicPartition partition) {
        return 1;
    }
}
