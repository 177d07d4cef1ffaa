package io.dstream.jdbc;

import io.dstream.output.SinkWriter;
import io.dstream.rdd.RDD;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes the batches of one output in one run, each in a transaction of its own.
 *
 * <p>Used by the batch thread.
 */
final class JdbcWriter<T> implements SinkWriter<T> {

    private final TransactionSettings<T> settings;
    private final BatchKey key;

    // Mutable state
    private @Nullable Instant written; // the last batch that is known to be

    JdbcWriter(TransactionSettings<T> settings, BatchKey key) {
        this.settings = settings;
        this.key = key;
        this.written = key.lastBatch();
    }

    @Override
    public @Nullable Instant lastBatchTime() {
        return key.lastBatch();
    }

    @Override
    public void write(RDD<T> rdd, Instant batchTime) {
        if (batchTime.equals(written)) {
            return;
        }
        try (BatchTransaction<T> transaction = settings.transaction(key, batchTime)) {
            rdd.foreachPartition(transaction::write);
            transaction.commit();
        }
        written = batchTime;
    }
}
