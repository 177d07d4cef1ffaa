package io.dstream.kafka;

import java.io.Serializable;
import org.apache.kafka.common.TopicPartition;

/**
 * Records of one partition of a topic. Immutable.
 *
 * @param topic the topic's name
 * @param partition the partition's number
 * @param fromOffset offset of the first record, at least 0
 * @param untilOffset offset behind the last record, at least {@code fromOffset}
 */
public record OffsetRange(String topic, int partition, long fromOffset, long untilOffset) implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * @throws IllegalArgumentException if {@code fromOffset} is negative or {@code untilOffset} is below it
     */
    public OffsetRange {
        if (fromOffset < 0) {
            throw new IllegalArgumentException("'fromOffset' must not be negative, but was " + fromOffset);
        }
        if (untilOffset < fromOffset) {
            throw new IllegalArgumentException("'untilOffset' must be at least " + fromOffset
                    + ", where the range begins, but was " + untilOffset);
        }
    }

    /** As the constructor. */
    public static OffsetRange create(String topic, int partition, long fromOffset, long untilOffset) {
        return new OffsetRange(topic, partition, fromOffset, untilOffset);
    }

    /** As the constructor. */
    public static OffsetRange create(TopicPartition partition, long fromOffset, long untilOffset) {
        return new OffsetRange(partition.topic(), partition.partition(), fromOffset, untilOffset);
    }

    public TopicPartition topicPartition() {
        return new TopicPartition(topic, partition);
    }

    /** How many offsets there are; with gaps, which compaction and transactions leave, there are fewer records. */
    public long count() {
        return untilOffset - fromOffset;
    }

    /** Such as {@code orders-3 [120, 150)}. */
    @Override
    public String toString() {
        return topic + "-" + partition + " [" + fromOffset + ", " + untilOffset + ")";
    }
}
