package io.dstream.jdbc;

import io.dstream.function.StreamingException;
import io.dstream.jdbc.RowStatement.PendingRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.JdbcUtils;

/**
 * The transaction in which the rows of a batch and its key are written. It begins with the first rows, so that nothing is locked while
 * they are computed.
 *
 * <p>Thread-safe: tasks write their rows one after the other.
 */
final class BatchTransaction<T> implements AutoCloseable {

    private final DataSource dataSource;
    private final RowStatement<T> rowStatement;
    private final BatchKey key;
    private final Instant batchTime;
    private final SqlFailures failures;
    private final int batchSize;
    private final Duration idleTimeout;
    private final List<TransactionStep> steps;

    // Mutable state, guarded by this
    private @Nullable Session session; // null: there were no rows yet
    private @Nullable PreparedStatement statement; // null: the batch has been written before
    private @Nullable RuntimeException failure; // after which nothing is written

    BatchTransaction(
            DataSource dataSource,
            RowStatement<T> rowStatement,
            BatchKey key,
            Instant batchTime,
            SqlFailures failures,
            int batchSize,
            Duration idleTimeout,
            List<TransactionStep> steps) {
        this.dataSource = dataSource;
        this.rowStatement = rowStatement;
        this.key = key;
        this.batchTime = batchTime;
        this.failures = failures;
        this.batchSize = batchSize;
        this.idleTimeout = idleTimeout;
        this.steps = steps;
    }

    /** Writes the rows of a partition. */
    void write(Iterator<T> rows) {
        PendingRows<T> pending = rowStatement.newPendingRows();
        rows.forEachRemaining(row -> {
            add(pending, row);
            if (pending.size() >= batchSize) {
                write(pending);
            }
        });
        if (pending.size() > 0) {
            write(pending);
        }
    }

    private void add(PendingRows<T> pending, T row) {
        try {
            pending.add(row);
        } catch (Exception userFailure) {
            throw StreamingException.unchecked(userFailure);
        }
    }

    private synchronized void write(PendingRows<T> pending) {
        attempt(() -> {
            begin();
            if (statement != null) {
                pending.addTo(statement);
                statement.executeBatch();
            }
        });
        pending.clear();
    }

    private void begin() throws SQLException {
        if (session == null) {
            Session opened = Session.open(dataSource);
            session = opened;
            opened.begin(idleTimeout);
            if (!key.isWritten(opened, batchTime)) {
                statement = opened.connection().prepareStatement(rowStatement.sql());
            }
        }
    }

    /** Makes the batch take effect, if it has rows and has not before. */
    synchronized void commit() {
        attempt(() -> {
            if (session != null && statement != null) {
                runSteps(session.connection());
                key.put(session, batchTime);
                session.commit();
            }
        });
    }

    private void runSteps(Connection connection) throws SQLException {
        try {
            for (TransactionStep step : steps) {
                step.run(connection, batchTime);
            }
        } catch (SQLException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }

    /** After a failure the transaction is over: what another task has meanwhile is as little written as what was. */
    private void attempt(Step step) {
        if (failure != null) {
            throw failure; // the same, so that whichever task ends first tells of the first failure
        }
        try {
            step.run();
        } catch (SQLException | RuntimeException met) {
            failure = failures.of("batch " + batchTime, met);
            throw failure;
        }
    }

    /** Undoes what is not committed. */
    @Override
    public synchronized void close() {
        if (session != null) {
            JdbcUtils.closeStatement(statement);
            session.close();
            session = null;
        }
    }

    /** What may meet the database. */
    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }
}
