package io.dstream.kafka;

import io.dstream.rdd.InputPartition;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A partition of an RDD with the records of one range of offsets. */
sealed interface RangePartition<T extends ConsumerRecord<?, ?>> extends InputPartition<T>
        permits BufferedPartition, FixedPartition {

    OffsetRange range();
}
