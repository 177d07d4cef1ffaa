package io.dstream.kafka;

import io.dstream.rdd.FailedRows;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a direct stream, which are fetched once and read by whoever opens the partition until their batch is released.
 *
 * @param <R> type of the rows
 * @param records where they are kept
 * @param failures what becomes of records that fail; null if they fail their task
 */
@SuppressWarnings("serial") // a process reads what it has itself
record BufferedPartition<R>(
        RangeRecords<R> records, @Nullable RecordFailures failures) implements RangePartition<R> {

    @Override
    public OffsetRange range() {
        return records.range();
    }

    @Override
    public Iterator<R> open() throws Exception {
        return records.await().iterator();
    }

    @Override
    public @Nullable FailedRows<R> failedRows() {
        return failures == null ? null : new FailedRecords<>(failures, records.failed());
    }

    @Override
    public long size() {
        return records.sizeIfKnown();
    }
}
