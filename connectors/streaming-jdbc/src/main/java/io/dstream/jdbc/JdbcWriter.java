package io.dstream.jdbc;

import io.dstream.output.SinkWriter;
import io.dstream.rdd.RDD;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes the batches of one output in one run, each in a transaction of its own.
 *
 * <p>Used by the batch thread.
 */
final class JdbcWriter<T> implements SinkWriter<T> {

    private final DataSource dataSource;
    private final RowStatement<T> statement;
    private final BatchKey key;
    private final SqlFailures failures;
    private final int batchSize;
    private final Duration idleTimeout;
    private final List<TransactionStep> steps;

    // Mutable state
    private @Nullable Instant written; // the last batch that is known to be

    JdbcWriter(
            DataSource dataSource,
            RowStatement<T> statement,
            BatchKey key,
            SqlFailures failures,
            int batchSize,
            Duration idleTimeout,
            List<TransactionStep> steps) {
        this.dataSource = dataSource;
        this.statement = statement;
        this.key = key;
        this.failures = failures;
        this.batchSize = batchSize;
        this.idleTimeout = idleTimeout;
        this.steps = steps;
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
        try (BatchTransaction<T> transaction = new BatchTransaction<>(
                dataSource, statement, key, batchTime, failures, batchSize, idleTimeout, steps)) {
            rdd.foreachPartition(transaction::write);
            transaction.commit();
        }
        written = batchTime;
    }
}
