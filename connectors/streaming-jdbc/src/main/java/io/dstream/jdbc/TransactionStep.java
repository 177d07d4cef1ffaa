package io.dstream.jdbc;

import java.sql.Connection;
import java.time.Instant;

/** Something that is to take effect together with the rows of a batch; see {@link JdbcSink#inTransaction}. */
@FunctionalInterface
public interface TransactionStep {

    /**
     * Runs in the transaction of a batch, after its rows were written and before the commit. What it throws undoes the transaction: failures
     * of the database are told apart as those of rows are.
     *
     * <p>Called by the pipeline's batch thread; again if the batch is tried again. Not called for a batch without rows, nor for one
     * that has taken effect before.
     *
     * @param connection that of the transaction, which must neither be committed nor closed
     * @param batchTime the time of the batch
     */
    void run(Connection connection, Instant batchTime) throws Exception;
}
