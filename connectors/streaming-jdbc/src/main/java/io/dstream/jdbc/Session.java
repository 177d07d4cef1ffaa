package io.dstream.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of the application's DataSource, given back as it was.
 *
 * <p>Used by one thread at a time.
 */
final class Session implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Session.class);

    /** How long after the end of a statement by the database its answer may come. */
    private static final int GRACE_SECONDS = 2;

    /** Drivers count milliseconds in an int. */
    private static final int MAX_SECONDS = Integer.MAX_VALUE / 1_000 - GRACE_SECONDS;

    private final Connection connection;
    private final Dialect dialect;
    private final boolean autoCommit;
    private final int networkTimeout; // milliseconds
    private final int seconds; // how long a statement may take; 0: as long as it does

    // Mutable state
    private boolean inTransaction;
    private boolean networkLimited;
    private @Nullable String unlimitIdle; // null: the idle time of the connection is not limited
    private @Nullable Integer queryTimeout; // that of the connection, if it was changed

    private Session(Connection connection, int seconds) throws SQLException {
        this.connection = connection;
        this.dialect = Dialect.of(connection.getMetaData().getDatabaseProductName());
        this.autoCommit = connection.getAutoCommit();
        this.networkTimeout = connection.getNetworkTimeout();
        this.seconds = seconds;
    }

    /** Opens one in which each statement is a transaction, until {@link #begin}. */
    static Session open(DataSource dataSource) throws SQLException {
        return open(dataSource, Duration.ZERO);
    }

    /**
     * As {@link #open(DataSource)}.
     *
     * @param timeout how long a statement may take, in seconds that have begun; a database that does not end it counts as away a little
     *     later
     */
    static Session open(DataSource dataSource, Duration timeout) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            Session session = new Session(connection, seconds(timeout));
            connection.setAutoCommit(true);
            session.limitNetwork();
            return session;
        } catch (SQLException | RuntimeException failure) {
            connection.close();
            throw failure;
        }
    }

    private static int seconds(Duration timeout) {
        return (int) Math.min(MAX_SECONDS, timeout.plusMillis(999).toSeconds());
    }

    /** One in a transaction of somebody else, which is not closed. */
    static Session in(Connection connection) throws SQLException {
        return new Session(connection, 0);
    }

    /** A limit that the application has set below counts. */
    private void limitNetwork() throws SQLException {
        int limit = (seconds + GRACE_SECONDS) * 1_000;
        if (seconds > 0 && (networkTimeout == 0 || networkTimeout > limit)) {
            networkLimited = true;
            connection.setNetworkTimeout(Runnable::run, limit);
        }
    }

    /** As {@link #open(DataSource, Duration)}, at the start of a run: makes sure that what will be committed outlives it. */
    static Session openFirst(DataSource dataSource, Duration timeout) throws SQLException {
        Session session = open(dataSource, timeout);
        try {
            session.dialect.requireDurable(session.connection);
            return session;
        } catch (SQLException | RuntimeException failure) {
            session.close();
            throw failure;
        }
    }

    Connection connection() {
        return connection;
    }

    Dialect dialect() {
        return dialect;
    }

    DatabaseMetaData metaData() throws SQLException {
        return connection.getMetaData();
    }

    /** A name in SQL. */
    String quoted(Identifier name) throws SQLException {
        return name.quoted(metaData().getIdentifierQuoteString());
    }

    /** The name in SQL of what is to be made, as SQL without quotes would have it. */
    String folded(Identifier name) throws SQLException {
        return quoted(name.candidates(metaData()).get(0));
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Begins a transaction. */
    void begin() throws SQLException {
        connection.setAutoCommit(false);
        inTransaction = true;
    }

    /** As {@link #begin}; the database may end it when nothing was heard of it for some time. */
    void begin(Duration idleTimeout) throws SQLException {
        begin();
        unlimitIdle = dialect.limitIdle(connection, idleTimeout);
    }

    PreparedStatement prepare(String sql) throws SQLException {
        return prepare(sql, seconds);
    }

    /**
     * As {@link #prepare(String)}.
     *
     * @param most how many seconds it may take, if there is no lower limit; 0 for as long as it does
     */
    PreparedStatement prepare(String sql, int most) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        int limit = seconds == 0 || most == 0 ? Math.max(seconds, most) : Math.min(seconds, most);
        if (limit > 0) {
            queryTimeout = queryTimeout == null ? Integer.valueOf(statement.getQueryTimeout()) : queryTimeout;
            statement.setQueryTimeout(limit);
        }
        return statement;
    }

    void commit() throws SQLException {
        connection.commit();
        inTransaction = false;
    }

    /** Undoes a transaction that was not committed. */
    @Override
    public void close() {
        try (Connection closed = connection) {
            if (inTransaction) {
                closed.rollback();
            }
            giveBack();
        } catch (SQLException failure) { // the database undoes what a broken connection leaves
            log.debug("A connection could not be given back as it was", failure);
        }
    }

    private void giveBack() throws SQLException {
        if (unlimitIdle != null) {
            execute(unlimitIdle);
        }
        if (queryTimeout != null) { // the driver of H2 keeps it for the connection
            try (Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(queryTimeout);
            }
        }
        connection.setAutoCommit(autoCommit);
        if (networkLimited) {
            connection.setNetworkTimeout(Runnable::run, networkTimeout);
        }
    }
}
