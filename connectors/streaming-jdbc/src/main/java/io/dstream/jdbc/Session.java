package io.dstream.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of the application's DataSource, given back as it was.
 *
 * <p>Used by one thread at a time.
 */
final class Session implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final Connection connection;
    private final Dialect dialect;
    private final boolean autoCommit;

    // Mutable state
    private boolean inTransaction;
    private boolean idleLimited;

    private Session(Connection connection) throws SQLException {
        this.connection = connection;
        this.dialect = Dialect.of(connection.getMetaData().getDatabaseProductName());
        this.autoCommit = connection.getAutoCommit();
    }

    /** Opens one in which each statement is a transaction, until {@link #begin}. */
    static Session open(DataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            Session session = new Session(connection);
            connection.setAutoCommit(true);
            return session;
        } catch (SQLException | RuntimeException failure) {
            connection.close();
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
        idleLimited = true;
        dialect.limitIdle(connection, idleTimeout);
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
            if (idleLimited) {
                dialect.unlimitIdle(closed);
            }
            closed.setAutoCommit(autoCommit);
        } catch (SQLException failure) { // the database undoes what a broken connection leaves
            log.debug("A connection could not be given back as it was", failure);
        }
    }
}
