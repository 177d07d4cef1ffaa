package io.dstream.kafka;

import io.dstream.rdd.FailedRows;
import java.util.Iterator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records of a direct stream, which are fetched once and read by whoever opens the partition until their batch is released.
 *
 * @param records where they are kept
 * @param failures what becomes of records that fail; null if they fail their task
 */
@SuppressWarnings("serial") // a process reads what it has itself
record BufferedPartition<K, V>(
        RangeRecords<K, V> records, @Nullable RecordFailures failures) implements RangePartition<ConsumerRecord<K, V>> {

    @Override
    public OffsetRange range() {
        return records.range();
    }

    @Override
    public Iterator<ConsumerRecord<K, V>> open() throws Exception {
        return records.await().iterator();
    }

    @Override
    public @Nullable FailedRows<ConsumerRecord<K, V>> failedRows() {
        return failures == null ? null : new FailedRecords<>(failures, records.failed());
    }

    @Override
    public long size() {
        return records.sizeIfKnown();
    }
}
