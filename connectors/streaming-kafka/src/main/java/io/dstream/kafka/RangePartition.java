package io.dstream.kafka;

import io.dstream.rdd.InputPartition;

/** A partition of an RDD with the rows of one range of offsets. */
sealed interface RangePartition<T> extends InputPartition<T> permits BufferedPartition, FixedPartition {

    OffsetRange range();
}
