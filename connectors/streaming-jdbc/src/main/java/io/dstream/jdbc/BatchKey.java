package io.dstream.jdbc;

import io.dstream.output.SinkConflictException;
import io.dstream.output.SinkContext;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of an output in the table of keys: which batch was written last, and the epoch of the instance that may write. Whoever writes a
 * batch, or a partition of it that has a row of its own, locks the row first.
 *
 * <p>Immutable.
 */
final class BatchKey {

    /** A stopped instance may hold the lock of its row; a start must not hang on it. */
    private static final int LOCK_SECONDS = 10;

    private static final String PARTITION_MARK = "#"; // which is in no name of an output

    private final String table;
    private final String pipeline;
    private final String output;
    private final String name; // what is in the column of the output
    private final long epoch;
    private final @Nullable Instant lastBatch;

    private BatchKey(
            String table, String pipeline, String output, String name, long epoch, @Nullable Instant lastBatch) {
        this.table = table;
        this.pipeline = pipeline;
        this.output = output;
        this.name = name;
        this.epoch = epoch;
        this.lastBatch = lastBatch;
    }

    /**
     * Raises the epoch of an output, whose row is made if it is missing, in a transaction that is not over yet.
     *
     * @param session without a transaction
     * @param idleTimeout how long the transaction may be one of an instance that hangs
     */
    static BatchKey takeOver(Session session, KnownTable table, SinkContext context, Duration idleTimeout)
            throws SQLException {
        BatchKey none = new BatchKey(table.quoted(), context.pipeline(), context.output(), context.output(), 0, null);
        if (none.read(session, "", 0) == null) {
            none.insert(session);
        }
        session.begin(idleTimeout);
        Row row = none.lock(session, LOCK_SECONDS);
        if (row == null) {
            throw none.gone();
        }
        return none.raised(session, row, row.epoch + 1);
    }

    /** Gives the row of a partition the epoch of this one, in the same transaction. */
    BatchKey takeOverPartition(Session session, String partition) throws SQLException {
        BatchKey none = new BatchKey(table, pipeline, output, partition, 0, null);
        Row row = none.lock(session, LOCK_SECONDS);
        if (row == null) {
            throw none.gone();
        }
        return none.raised(session, row, epoch);
    }

    private BatchKey raised(Session session, Row row, long newEpoch) throws SQLException {
        BatchKey key = new BatchKey(table, pipeline, output, name, newEpoch, row.lastBatch);
        key.update(session, row.lastBatch, row.epoch);
        return key;
    }

    /** What is in the column of the output for a partition. */
    static String partition(String output, int partition, int partitions) {
        return output + PARTITION_MARK + partition + "/" + partitions;
    }

    /** The partitions of the output that have rows. */
    List<String> partitions(Session session) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement statement =
                session.prepare("select output from " + table + " where pipeline = ? order by output")) {
            statement.setString(1, pipeline);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        found.removeIf(candidate -> !candidate.startsWith(output + PARTITION_MARK));
        return found;
    }

    void insertPartitions(Session session, List<String> partitions) throws SQLException {
        execute(session, "insert into " + table + " (pipeline, output, epoch) values (?, ?, 0)", partitions);
    }

    void deletePartitions(Session session, List<String> partitions) throws SQLException {
        execute(session, "delete from " + table + " where pipeline = ? and output = ?", partitions);
    }

    private void execute(Session session, String sql, List<String> partitions) throws SQLException {
        try (PreparedStatement statement = session.prepare(sql)) {
            for (String partition : partitions) {
                statement.setString(1, pipeline);
                statement.setString(2, partition);
                statement.executeUpdate();
            }
        }
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
            throw new SinkConflictException(this
                    + " belongs to an instance that was started later: its epoch is " + row.epoch
                    + ", that of this one "
                    + epoch + ". This one writes nothing more; stop it, or start it again to take the output back");
        }
        requireNotBefore(row.lastBatch, batchTime);
        return batchTime.equals(row.lastBatch);
    }

    /**
     * Makes sure that a batch does not come before one that is written.
     *
     * @param last null if there is none
     * @throws SinkConflictException if it does
     */
    void requireNotBefore(@Nullable Instant last, Instant batchTime) {
        if (last != null && last.isAfter(batchTime)) {
            throw new SinkConflictException(this + " has batches up to " + last + ", so batch " + batchTime
                    + " must not be written: nobody knows whether it was. It is"
                    + " of a checkpoint directory that is older than the database; start with the directory that belongs to"
                    + " it, or with an empty one, which begins after " + last);
        }
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
            statement.setString(4, name);
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
            statement.setString(2, name);
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
            statement.setString(2, name);
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
        return new SinkConflictException("The key '" + name + "' of output '" + output + "' of pipeline '" + pipeline
                + "' was removed from " + table
                + " while the pipeline ran, so nobody knows which batches are written. Start the pipeline again");
    }

    /** Which rows are those of the output, for people. */
    String rows() {
        return "in " + table + " those of pipeline '" + pipeline + "' whose output is '" + output + "' or begins with '"
                + output + PARTITION_MARK + "'";
    }

    @Override
    public String toString() {
        return "Output '" + output + "' of pipeline '" + pipeline + "'";
    }

    /** What is in the row. */
    private record Row(long epoch, @Nullable Instant lastBatch) {}
}
