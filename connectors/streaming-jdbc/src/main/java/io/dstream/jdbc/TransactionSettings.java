package io.dstream.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;

/**
 * What the transactions of an output have in common in a run.
 *
 * <p>Immutable.
 *
 * @param statement for each row
 * @param batchSize how many rows are sent together
 * @param idleTimeout how long a transaction may wait for rows
 * @param steps what else is done in each
 */
record TransactionSettings<T>(
        DataSource dataSource,
        RowStatement<T> statement,
        SqlFailures failures,
        int batchSize,
        Duration idleTimeout,
        List<TransactionStep> steps) {

    /** A transaction that begins with its first rows. */
    BatchTransaction<T> transaction(BatchKey key, Instant batchTime) {
        return new BatchTransaction<>(this, key, batchTime);
    }
}
