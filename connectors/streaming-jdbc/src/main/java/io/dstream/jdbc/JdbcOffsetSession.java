package io.dstream.jdbc;

import io.dstream.function.MisconfigurationException;
import io.dstream.input.SourceUnavailableException;
import io.dstream.kafka.OffsetStore;
import io.dstream.kafka.OffsetStoreContext;
import io.dstream.kafka.OffsetStoreSession;
import io.dstream.output.SinkConflictException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of a group in a table, for one epoch. Whoever saves locks the row with the epoch first.
 *
 * <p>Immutable.
 */
final class JdbcOffsetSession implements OffsetStoreSession {

    /** A stopped instance may hold the lock; a start must not hang on it. */
    private static final int LOCK_SECONDS = 10;

    /** How long an instance that is stopped in its transaction may hold the lock, where the database can end it. */
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);

    private final DataSource dataSource;
    private final OffsetStoreContext context;
    private final OffsetTable table;
    private final long epoch;
    private final Map<TopicPartition, Long> offsets;

    private JdbcOffsetSession(
            DataSource dataSource,
            OffsetStoreContext context,
            OffsetTable table,
            long epoch,
            Map<TopicPartition, Long> offsets) {
        this.dataSource = dataSource;
        this.context = context;
        this.table = table;
        this.epoch = epoch;
        this.offsets = Map.copyOf(offsets);
    }

    /** As {@link OffsetStore#open}. */
    static JdbcOffsetSession open(DataSource dataSource, OffsetTable.Names names, OffsetStoreContext context) {
        try (Session session = Session.openFirst(dataSource, context.timeout())) {
            OffsetTable table = OffsetTable.findOrCreate(session, names);
            if (table.epoch(session, context.group(), "", 0) == null) {
                insertFirst(session, table, context.group());
            }
            session.begin(IDLE_TIMEOUT);
            JdbcOffsetSession opened = takeOver(dataSource, session, table, context);
            session.commit();
            return opened;
        } catch (SQLException failure) {
            throw SqlFailures.isAway(failure)
                    ? away(context, failure)
                    : new MisconfigurationException(
                            "The offsets of input " + context + " cannot be kept in table '" + names.table() + "': "
                                    + failure.getMessage(),
                            "Let the user of the database select, insert and update there, or correct the DataSource"
                                    + " (spring.datasource.*)",
                            failure);
        }
    }

    private static void insertFirst(Session session, OffsetTable table, String group) throws SQLException {
        try {
            table.insertEpoch(session, group, 0);
        } catch (SQLException failure) {
            if (table.epoch(session, group, "", 0) == null) { // else another instance was faster
                throw failure;
            }
        }
    }

    private static JdbcOffsetSession takeOver(
            DataSource dataSource, Session session, OffsetTable table, OffsetStoreContext context) throws SQLException {
        Long before = table.epoch(session, context.group(), " for update", LOCK_SECONDS);
        if (before == null) {
            throw gone(context, table);
        }
        if (!table.setEpoch(session, context.group(), before, before + 1)) {
            throw new SourceUnavailableException(
                    "Another instance opens the offsets of input " + context + " at this moment", null);
        }
        return new JdbcOffsetSession(dataSource, context, table, before + 1, table.offsets(session, context.group()));
    }

    @Override
    public Map<TopicPartition, Long> offsets() {
        return offsets;
    }

    @Override
    public void save(Map<TopicPartition, Long> newOffsets) throws SQLException {
        try (Session session = Session.open(dataSource, context.timeout())) {
            session.begin(IDLE_TIMEOUT);
            save(session, newOffsets);
            session.commit();
        } catch (SQLException failure) {
            if (SqlFailures.isAway(failure)) {
                throw away(context, failure);
            }
            throw failure;
        }
    }

    @Override
    public void saveIn(Connection connection, Map<TopicPartition, Long> newOffsets) throws SQLException {
        save(Session.in(connection), newOffsets);
    }

    private void save(Session session, Map<TopicPartition, Long> newOffsets) throws SQLException {
        if (!table.setEpoch(session, context.group(), epoch, epoch)) {
            requireOwn(table.epoch(session, context.group(), " for update", 0));
        }
        table.put(session, context.group(), table.offsets(session, context.group()), newOffsets);
    }

    private void requireOwn(@Nullable Long now) {
        if (now == null) {
            throw gone(context, table);
        }
        if (now != epoch) {
            throw new SinkConflictException("The offsets of input " + context + " in " + table.description()
                    + " belong to an instance that was started later, or to another stream of the group: their epoch is "
                    + now + ", that of this one " + epoch
                    + ". This one writes nothing more; stop it, or start it again to take them back; two streams need two"
                    + " groups");
        }
    }

    private static SinkConflictException gone(OffsetStoreContext context, OffsetTable table) {
        return new SinkConflictException(
                "The row with the epoch of group '" + context.group() + "', which has no topic, was removed from "
                        + table.description() + ", or the database is another. Start the pipeline again");
    }

    private static SourceUnavailableException away(OffsetStoreContext context, SQLException failure) {
        return new SourceUnavailableException(
                "The database with the offsets of input " + context + " is away or busy: " + failure.getMessage(),
                failure);
    }
}
