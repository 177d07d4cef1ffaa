package io.dstream.kafka;

import io.dstream.function.StreamingException;
import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkConflictException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offsets of a group in a table, for one epoch. Whoever saves locks the row with the epoch first.
 *
 * <p>Immutable.
 */
final class JdbcOffsetSession implements OffsetStoreSession {

    private static final Logger log = LoggerFactory.getLogger(JdbcOffsetSession.class);

    /** A stopped instance may hold the lock; a start must not hang on it. */
    private static final int LOCK_SECONDS = 10;

    /** How long an instance that is stopped in its transaction may hold the lock, where the database can end it. */
    private static final int IDLE_SECONDS = 60;

    /** The first two digits of states: connections, transactions rolled back, resources, interventions, the system. */
    private static final Set<String> AWAY_CLASSES = Set.of("08", "40", "53", "57", "58");

    /** States beside: locks and statements that took too long, idle transactions that were ended, a server that takes no writes. */
    private static final Set<String> AWAY = Set.of("55P03", "HYT00", "HYT01", "25P03", "70100", "25006");

    /** No wrong name, password or database gets right by itself, nor does a constraint that the commit has found violated. */
    private static final Set<String> NEVER_AWAY = Set.of("28000", "28P01", "3D000", "40002");

    /** The same as {@link #AWAY}, of errors of MariaDB and MySQL whose state says nothing. */
    private static final Set<Integer> AWAY_CODES = Set.of(1205, 1290, 1836);

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
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            OffsetTable table = OffsetTable.findOrCreate(connection, names);
            if (table.epoch(connection, context.group(), "", 0) == null) {
                insertFirst(connection, table, context.group());
            }
            connection.setAutoCommit(autoCommit);
            return inTransaction(connection, () -> takeOver(dataSource, connection, table, context));
        } catch (SQLException failure) {
            throw isAway(failure)
                    ? away(context, failure)
                    : new KafkaStreamException(
                            "The offsets of input " + context + " cannot be kept in table '" + names.table() + "': "
                                    + failure.getMessage(),
                            "Let the user of the database select, insert and update there, or correct the DataSource",
                            failure);
        }
    }

    private static void insertFirst(Connection connection, OffsetTable table, String group) throws SQLException {
        try {
            table.insertEpoch(connection, group, 0);
        } catch (SQLException failure) {
            if (table.epoch(connection, group, "", 0) == null) { // else another instance was faster
                throw failure;
            }
        }
    }

    private static JdbcOffsetSession takeOver(
            DataSource dataSource, Connection connection, OffsetTable table, OffsetStoreContext context)
            throws SQLException {
        Long before = table.epoch(connection, context.group(), "for update", LOCK_SECONDS);
        if (before == null) {
            throw gone(context, table);
        }
        if (!table.setEpoch(connection, context.group(), before, before + 1)) {
            throw new SourceUnavailableException(
                    "Another instance opens the offsets of input " + context + " at this moment", null);
        }
        return new JdbcOffsetSession(
                dataSource, context, table, before + 1, table.offsets(connection, context.group()));
    }

    @Override
    public Map<TopicPartition, Long> offsets() {
        return offsets;
    }

    @Override
    public void save(Map<TopicPartition, Long> newOffsets) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            inTransaction(connection, () -> {
                save(connection, newOffsets);
                return newOffsets;
            });
        } catch (SQLException failure) {
            if (isAway(failure)) {
                throw away(context, failure);
            }
            throw failure;
        }
    }

    /**
     * As {@link #save(Map)}, in a transaction that somebody else commits.
     *
     * @param connection to the same database
     */
    void save(Connection connection, Map<TopicPartition, Long> newOffsets) throws SQLException {
        if (!table.setEpoch(connection, context.group(), epoch, epoch)) {
            requireOwn(table.epoch(connection, context.group(), "for update", 0));
        }
        table.put(connection, context.group(), table.offsets(connection, context.group()), newOffsets);
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

    private static <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        boolean done = false;
        try {
            limitIdle(connection);
            T result = work.run();
            connection.commit();
            done = true;
            return result;
        } finally {
            giveBack(connection, done, autoCommit);
        }
    }

    /** A connection that is broken is undone by the database, and thrown away by the pool. */
    private static void giveBack(Connection connection, boolean done, boolean autoCommit) {
        try {
            if (!done) {
                connection.rollback();
            }
            if (isMariaDb(connection)) {
                execute(connection, "set session idle_transaction_timeout = default");
            }
            connection.setAutoCommit(autoCommit);
        } catch (SQLException failure) {
            log.debug("A connection could not be given back as it was", failure);
        }
    }

    private static void limitIdle(Connection connection) throws SQLException {
        if (product(connection).equals("postgresql")) {
            execute(connection, "set local idle_in_transaction_session_timeout = " + IDLE_SECONDS * 1_000);
        } else if (isMariaDb(connection)) {
            execute(connection, "set session idle_transaction_timeout = " + IDLE_SECONDS);
        }
    }

    private static boolean isMariaDb(Connection connection) throws SQLException {
        return product(connection).equals("mariadb");
    }

    private static String product(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static SinkConflictException gone(OffsetStoreContext context, OffsetTable table) {
        return new SinkConflictException(
                "The row with the epoch of group '" + context.group() + "', which has no topic, was" + " removed from "
                        + table.description() + ", or the database is another. Start the pipeline again");
    }

    private static SourceUnavailableException away(OffsetStoreContext context, SQLException failure) {
        return new SourceUnavailableException(
                "The database with the offsets of input " + context + " is away or busy: " + failure.getMessage(),
                failure);
    }

    private static boolean isAway(SQLException failure) {
        return all(failure).noneMatch(sql -> NEVER_AWAY.contains(state(sql)))
                && all(failure).anyMatch(JdbcOffsetSession::tellsAway);
    }

    private static boolean tellsAway(SQLException failure) {
        String state = state(failure);
        return failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                || failure instanceof SQLNonTransientConnectionException
                || AWAY_CLASSES.contains(state.substring(0, Math.min(2, state.length())))
                || AWAY.contains(state)
                || AWAY_CODES.contains(failure.getErrorCode());
    }

    private static Stream<SQLException> all(SQLException failure) {
        return StreamingException.causes(failure)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .flatMap(sql ->
                        sql.getNextException() == null ? Stream.of(sql) : Stream.of(sql, sql.getNextException()));
    }

    private static String state(SQLException failure) {
        return String.valueOf(failure.getSQLState());
    }

    /** What is done in a transaction. */
    @FunctionalInterface
    private interface Work<T> {
        T run() throws SQLException;
    }
}
