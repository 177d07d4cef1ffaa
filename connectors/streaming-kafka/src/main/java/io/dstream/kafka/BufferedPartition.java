package io.dstream.kafka;

import java.util.Iterator;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Records of a direct stream, which are fetched once and read by whoever opens the partition until their batch is released.
 *
 * @param records where they are kept
 */
@SuppressWarnings("serial") // a process reads what it has itself
record BufferedPartition<K, V>(RangeRecords<K, V> records) implements RangePartition<ConsumerRecord<K, V>> {

    @Override
    public OffsetRange range() {
        return records.range();
    }

    @Override
    public Iterator<ConsumerRecord<K, V>> open() throws Exception {
        return records.await().iterator();
    }

    @Override
    public long size() {
        return records.sizeIfKnown();
    }
}
