package io.dstream.jdbc;

import io.dstream.output.SinkConflictException;
import io.dstream.output.SinkContext;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The row of an output in the table of keys: which batch was written last, and the epoch of the instance that may write. Whoever writes a
 * batch locks it first.
 *
 * <p>Immutable.
 */
final class BatchKey {

    /** A stopped instance may hold the lock of its row; a start must not hang on it. */
    private static final int LOCK_SECONDS = 10;

    private final String table;
    private final String pipeline;
    private final String output;
    private final long epoch;
    private final @Nullable Instant lastBatch;

    private BatchKey(String table, SinkContext context, long epoch, @Nullable Instant lastBatch) {
        this.table = table;
        this.pipeline = context.pipeline();
        this.output = context.output();
        this.epoch = epoch;
        this.lastBatch = lastBatch;
    }

    /**
     * Raises the epoch, so that no other instance writes the output any more.
     *
     * @param wanted the table of keys, which is made if it is missing
     */
    static BatchKey takeOver(Session session, Identifier wanted, SinkContext context) throws SQLException {
        String create = session.dialect().createKeyTable(session.folded(wanted));
        KnownTable table = KnownTable.findOrCreate(session, wanted, "batch keys", create);
        BatchKey none = new BatchKey(table.quoted(), context, 0, null);
        if (none.read(session, "", 0) == null) {
            none.insert(session);
        }
        session.begin();
        Row row = none.lock(session, LOCK_SECONDS);
        if (row == null) {
            throw none.gone();
        }
        BatchKey key = new BatchKey(none.table, context, row.epoch + 1, row.lastBatch);
        key.update(session, row.lastBatch, row.epoch);
        session.commit();
        return key;
    }

    /** The last batch that had been written when this was opened; null if there was none. */
    @Nullable
    Instant lastBatch() {
        return lastBatch;
    }

    /**
     * Locks the row until the end of the transaction.
     *
     * @return whether the batch has been written before
     * @throws SinkConflictException if it must not be written
     */
    boolean isWritten(Session session, Instant batchTime) throws SQLException {
        Row row = lock(session, 0);
        if (row == null) {
            throw gone();
        }
        if (row.epoch != epoch) {
            throw new SinkConflictException("Output '" + output + "' of pipeline '" + pipeline
                    + "' belongs to an instance that was started later: its epoch is " + row.epoch
                    + ", that of this one "
                    + epoch + ". This one writes nothing more; stop it, or start it again to take the output back");
        }
        if (row.lastBatch != null && row.lastBatch.isAfter(batchTime)) {
            throw new SinkConflictException("Output '" + output + "' of pipeline '" + pipeline + "' has batches up to "
                    + row.lastBatch + ", so batch " + batchTime
                    + " must not be written: nobody knows whether it was. It is"
                    + " of a checkpoint directory that is older than the database; start with the directory that belongs to"
                    + " it, or with an empty one, which begins after " + row.lastBatch);
        }
        return batchTime.equals(row.lastBatch);
    }

    /** Notes in the transaction that locks the row that a batch is written. */
    void put(Session session, Instant batchTime) throws SQLException {
        update(session, batchTime, epoch);
    }

    private void update(Session session, @Nullable Instant batchTime, long epochBefore) throws SQLException {
        try (PreparedStatement statement = session.connection()
                .prepareStatement("update " + table
                        + " set epoch = ?, batch_time = ? where pipeline = ? and output = ? and epoch = ?")) {
            statement.setLong(1, epoch);
            statement.setObject(2, batchTime == null ? null : batchTime.toEpochMilli(), Types.BIGINT);
            statement.setString(3, pipeline);
            statement.setString(4, output);
            statement.setLong(5, epochBefore);
            if (statement.executeUpdate() != 1) {
                throw gone();
            }
        }
    }

    private void insert(Session session) throws SQLException {
        try (PreparedStatement statement = session.connection()
                .prepareStatement("insert into " + table + " (pipeline, output, epoch) values (?, ?, 0)")) {
            statement.setString(1, pipeline);
            statement.setString(2, output);
            statement.executeUpdate();
        } catch (SQLException failure) {
            if (!String.valueOf(failure.getSQLState()).startsWith("23")) { // else another instance was faster
                throw failure;
            }
        }
    }

    private @Nullable Row lock(Session session, int seconds) throws SQLException {
        return read(session, " for update", seconds);
    }

    private @Nullable Row read(Session session, String mode, int seconds) throws SQLException {
        try (PreparedStatement statement = session.prepare(
                "select epoch, batch_time from " + table + " where pipeline = ? and output = ?" + mode, seconds)) {
            statement.setString(1, pipeline);
            statement.setString(2, output);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? row(rows) : null;
            }
        }
    }

    private static Row row(ResultSet rows) throws SQLException {
        long epoch = rows.getLong(1);
        long millis = rows.getLong(2);
        return new Row(epoch, rows.wasNull() ? null : Instant.ofEpochMilli(millis));
    }

    private SinkConflictException gone() {
        return new SinkConflictException(
                "The key of output '" + output + "' of pipeline '" + pipeline + "' was removed from " + table
                        + " while the pipeline ran, so nobody knows which batches are written. Start the pipeline again");
    }

    /** What is in the row. */
    private record Row(long epoch, @Nullable Instant lastBatch) {}
}
