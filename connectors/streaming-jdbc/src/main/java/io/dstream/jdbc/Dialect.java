package io.dstream.jdbc;

import io.dstream.function.MisconfigurationException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What databases say differently. */
enum Dialect {
    POSTGRESQL(false) {
        @Override
        String upsert(String table, List<String> keys, List<String> others) {
            String update = others.isEmpty()
                    ? "nothing"
                    : "update set " + joined(others, column -> column + " = excluded." + column);
            return insert(table, all(keys, others)) + " on conflict (" + String.join(", ", keys) + ") do " + update;
        }

        @Override
        @Nullable
        String limitIdle(Connection connection, Duration timeout) throws SQLException {
            try (PreparedStatement statement =
                    connection.prepareStatement("select set_config('idle_in_transaction_session_timeout', ?, true)")) {
                statement.setString(1, Long.toString(timeout.toMillis()));
                statement.execute();
            }
            return null; // until the end of the transaction
        }
    },

    MARIADB(true) {
        @Override
        String limitIdle(Connection connection, Duration timeout) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select @@session.idle_transaction_timeout")) {
                rows.next();
                String before = SET_IDLE_TIMEOUT + rows.getLong(1);
                execute(connection, SET_IDLE_TIMEOUT + timeout.toSeconds());
                return before;
            }
        }
    },

    MYSQL(true),

    H2(false) {
        @Override
        String upsert(String table, List<String> keys, List<String> others) {
            List<String> columns = all(keys, others);
            return "merge into " + table + " (" + String.join(", ", columns) + ") key (" + String.join(", ", keys)
                    + ") values (" + joined(columns, column -> "?") + ")";
        }

        @Override
        void requireDurable(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select setting_value from information_schema.settings"
                            + " where setting_name = 'WRITE_DELAY' and setting_value <> '0'")) {
                if (rows.next()) {
                    throw new MisconfigurationException(
                            "H2 keeps what is committed in memory for up to " + rows.getString(1)
                                    + " ms, so batches would be lost when its process is killed",
                            "Add ;WRITE_DELAY=0 to the URL of the DataSource (spring.datasource.url)",
                            null);
                }
            }
        }
    };

    private static final String SET_IDLE_TIMEOUT = "set session idle_transaction_timeout = "; // in seconds

    private final boolean isOfMySql; // MySQL, and what has come of it

    Dialect(boolean isOfMySql) {
        this.isOfMySql = isOfMySql;
    }

    /**
     * The dialect of a database.
     *
     * @param product what the database calls itself
     * @throws MisconfigurationException if it is none of these
     */
    static Dialect of(String product) {
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> POSTGRESQL;
            case "mariadb" -> MARIADB;
            case "mysql" -> MYSQL;
            case "h2" -> H2;
            default ->
                throw new MisconfigurationException(
                        "JdbcSink and JdbcOffsetStore know PostgreSQL, MariaDB, MySQL and H2, but the"
                                + " DataSource leads to " + product,
                        "Give another one, or write in foreachRDD",
                        null);
        };
    }

    /** Inserts a row, or updates all other columns of the row of the same key. */
    String upsert(String table, List<String> keys, List<String> others) {
        List<String> updated = others.isEmpty() ? keys : others;
        return insert(table, all(keys, others)) + " on duplicate key update "
                + joined(updated, column -> column + " = values(" + column + ")"); // which both MariaDB and MySQL know
    }

    /** Inserts a row. */
    static String insert(String table, List<String> columns) {
        return "insert into " + table + " (" + String.join(", ", columns) + ") values ("
                + joined(columns, column -> "?") + ")";
    }

    /** Makes the table of the keys of batches. */
    String createKeyTable(String table) {
        return "create table " + table + " (pipeline " + nameType() + " not null, output " + nameType()
                + " not null, batch_time bigint, epoch bigint not null, primary key (pipeline, output))";
    }

    /** Whether a table is in a schema, else in a catalog. */
    boolean hasSchemas() {
        return !isOfMySql;
    }

    /** The type of the name of a pipeline or output. */
    String nameType() {
        return isOfMySql ? "varchar(100) character set ascii collate ascii_bin" : "varchar(100)"; // case counts
    }

    /** The type of any other text in which case counts. */
    String textType(int length) {
        return "varchar(" + length + ")" + (isOfMySql ? " character set utf8mb4 collate utf8mb4_bin" : "");
    }

    /** Lets the database read a statement without running it. To ask for its parameters sends it there. */
    void requireReadable(Connection connection, String sql) throws SQLException {
        if (isOfMySql) {
            prepareOnServer(connection, sql);
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.getParameterMetaData().getParameterCount();
        }
    }

    /**
     * Makes sure that what is committed outlives a process that is killed, as far as the database tells.
     *
     * @throws MisconfigurationException if it may not
     */
    void requireDurable(Connection connection) throws SQLException {}

    /**
     * Lets the database end the transaction, and with it the connection, when nothing was heard of it for some time.
     *
     * @return what takes the limit away from a connection that is used on; null if nothing has to
     */
    @Nullable
    String limitIdle(Connection connection, Duration timeout) throws SQLException {
        return null;
    }

    /** The drivers of MySQL and MariaDB prepare statements by themselves, and tell nothing of them. */
    private static void prepareOnServer(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("set @dstream_sql = ?")) {
            statement.setString(1, sql);
            statement.execute();
        }
        execute(connection, "prepare dstream_statement from @dstream_sql");
        execute(connection, "deallocate prepare dstream_statement");
    }

    private static List<String> all(List<String> keys, List<String> others) {
        return Stream.concat(keys.stream(), others.stream()).toList();
    }

    private static String joined(List<String> columns, UnaryOperator<String> each) {
        return columns.stream().map(each).collect(Collectors.joining(", "));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
