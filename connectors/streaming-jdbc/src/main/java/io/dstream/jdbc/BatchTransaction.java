package io.dstream.jdbc;

import io.dstream.function.StreamingException;
import io.dstream.jdbc.RowStatement.PendingRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.JdbcUtils;

/**
 * The transaction in which the rows of a batch, or of a partition of it, and the key are written. It begins with the first rows, so
 * that nothing is locked while they are computed.
 *
 * <p>Thread-safe: tasks write their rows one after the other.
 */
final class BatchTransaction<T> implements AutoCloseable {

    private final TransactionSettings<T> settings;
    private final BatchKey key;
    private final Instant batchTime;

    // Mutable state, guarded by this
    private @Nullable Session session; // null: there were no rows yet
    private @Nullable PreparedStatement statement; // null: the batch has been written before
    private @Nullable RuntimeException failure; // after which nothing is written

    BatchTransaction(TransactionSettings<T> settings, BatchKey key, Instant batchTime) {
        this.settings = settings;
        this.key = key;
        this.batchTime = batchTime;
    }

    /** Writes the rows of a partition. */
    void write(Iterator<T> rows) {
        PendingRows<T> pending = settings.statement().newPendingRows();
        rows.forEachRemaining(row -> {
            add(pending, row);
            if (pending.size() >= settings.batchSize()) {
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
            Session opened = Session.open(settings.dataSource());
            session = opened;
            opened.begin(settings.idleTimeout());
            if (!key.isWritten(opened, batchTime)) {
                statement = opened.connection()
                        .prepareStatement(settings.statement().sql());
            }
        }
    }

    /**
     * Makes the batch take effect, if it has rows and has not before.
     *
     * @return whether it has rows
     */
    synchronized boolean commit() {
        attempt(() -> {
            if (session != null && statement != null) {
                runSteps(session.connection());
                key.put(session, batchTime);
                session.commit();
            }
        });
        return session != null;
    }

    private void runSteps(Connection connection) throws SQLException {
        try {
            for (TransactionStep step : settings.steps()) {
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
            failure = settings.failures().of("batch " + batchTime, met);
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
