package io.dstream.kafka;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A table of offsets as it is in its database, and the statements for the rows of a group. Immutable.
 *
 * @param names table and columns, in quotes where they are in statements
 * @param description for people
 */
record OffsetTable(Names names, String description) {

    private static final String OWNER_TOPIC = ""; // which no topic can be called
    private static final int OWNER_PARTITION = -1;
    private static final Set<Integer> LARGE = Set.of(Types.BIGINT, Types.NUMERIC, Types.DECIMAL);

    /** States that say that a table, or its schema, is not there. */
    private static final Set<String> MISSING = Set.of("42S02", "42S03", "42S04", "42P01", "3F000", "90079");

    /**
     * What table and columns are called.
     *
     * @param table with its schema before it, if it was given
     */
    record Names(String table, String topic, String group, String partition, String offset) {

        List<String> columns() {
            return List.of(topic, group, partition, offset);
        }
    }

    /**
     * Finds the table, or makes it.
     *
     * @param connection without a transaction
     * @throws KafkaStreamException if it cannot be made, or is another
     */
    static OffsetTable findOrCreate(Connection connection, Names wanted) throws SQLException {
        OffsetTable found = find(connection, wanted);
        if (found != null) {
            return found;
        }
        String create = createStatement(connection, wanted);
        try (Statement statement = connection.createStatement()) {
            statement.execute(create);
        } catch (SQLException failure) {
            OffsetTable other = find(connection, wanted); // another instance was faster
            if (other == null) {
                throw new KafkaStreamException(
                        "The table of offsets '" + wanted.table() + "' is not there and cannot be made ("
                                + failure.getMessage() + ")",
                        "Make it: " + create,
                        failure);
            }
            return other;
        }
        OffsetTable made = find(connection, wanted);
        if (made == null) {
            throw new SQLException("Table '" + wanted.table() + "' was made and is not there");
        }
        return made;
    }

    private static @Nullable OffsetTable find(Connection connection, Names wanted) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        for (String name : Stream.of(folded(database, wanted.table()), wanted.table())
                .distinct()
                .toList()) {
            String table = quoted(database, name);
            try (PreparedStatement statement = connection.prepareStatement("select * from " + table + " where 1 = 0");
                    ResultSet rows = statement.executeQuery()) {
                return of(database, wanted, table, rows.getMetaData());
            } catch (SQLException failure) {
                if (!MISSING.contains(String.valueOf(failure.getSQLState()))) {
                    throw failure;
                }
            }
        }
        return null;
    }

    private static OffsetTable of(DatabaseMetaData database, Names wanted, String table, ResultSetMetaData columns)
            throws SQLException {
        Map<String, String> quoted = new HashMap<>();
        for (String column : wanted.columns()) {
            int index = indexOf(column, columns);
            if (index == 0) {
                throw wrong(database, wanted, "has no column '" + column + "'");
            }
            quoted.put(column, quoted(database, columns.getColumnName(index)));
        }
        if (!LARGE.contains(columns.getColumnType(indexOf(wanted.offset(), columns)))) {
            throw wrong(database, wanted, "has a column '" + wanted.offset() + "' that is no bigint");
        }
        return new OffsetTable(
                new Names(
                        table,
                        quoted.getOrDefault(wanted.topic(), ""),
                        quoted.getOrDefault(wanted.group(), ""),
                        quoted.getOrDefault(wanted.partition(), ""),
                        quoted.getOrDefault(wanted.offset(), "")),
                "table '" + wanted.table() + "'");
    }

    private static int indexOf(String column, ResultSetMetaData columns) throws SQLException {
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            if (columns.getColumnName(i).equalsIgnoreCase(column)) {
                return i;
            }
        }
        return 0;
    }

    private static KafkaStreamException wrong(DatabaseMetaData database, Names wanted, String problem)
            throws SQLException {
        return new KafkaStreamException(
                "The table of offsets '" + wanted.table() + "' " + problem,
                "Name another by JdbcOffsetStore.table and columns, or make it as: "
                        + createStatement(database.getConnection(), wanted),
                null);
    }

    private static String createStatement(Connection connection, Names wanted) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        boolean isMySql = Set.of("mysql", "mariadb")
                .contains(database.getDatabaseProductName().toLowerCase(Locale.ROOT));
        String collation = isMySql ? " character set utf8mb4 collate utf8mb4_bin" : ""; // case counts in names
        String topic = quoted(database, folded(database, wanted.topic()));
        String group = quoted(database, folded(database, wanted.group()));
        String partition = quoted(database, folded(database, wanted.partition()));
        return "create table " + quoted(database, folded(database, wanted.table())) + " (" + topic + " varchar(249)"
                + collation + " not null, " + group + " varchar(255)" + collation + " not null, " + partition
                + " int not null, " + quoted(database, folded(database, wanted.offset()))
                + " bigint not null, primary key (" + topic + ", " + group + ", " + partition + "))";
    }

    /** As SQL without quotes would have it. */
    private static String folded(DatabaseMetaData database, String name) throws SQLException {
        if (database.storesUpperCaseIdentifiers()) {
            return name.toUpperCase(Locale.ROOT);
        }
        return database.storesLowerCaseIdentifiers() ? name.toLowerCase(Locale.ROOT) : name;
    }

    /** In quotes, since names may be words of SQL, as offset is; no quote is in them. */
    private static String quoted(DatabaseMetaData database, String name) throws SQLException {
        String quote = database.getIdentifierQuoteString();
        return quote + name.replace(".", quote + "." + quote) + quote;
    }

    /**
     * The epoch of a group.
     *
     * @param mode {@code for update}, so that nobody else saves until the end of the transaction; else empty
     * @param seconds how long to wait for the lock; 0 for as long as the database does
     * @return null if there is none
     * @throws KafkaStreamException if there are several
     */
    @Nullable
    Long epoch(Connection connection, String group, String mode, int seconds) throws SQLException {
        String sql = "select " + names.offset() + " from " + names.table() + where() + " " + mode;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(seconds);
            setKey(statement, 1, group, OWNER_TOPIC, OWNER_PARTITION);
            try (ResultSet rows = statement.executeQuery()) {
                Long epoch = rows.next() ? rows.getLong(1) : null;
                if (rows.next()) {
                    throw new KafkaStreamException(
                            "The " + description + " has several rows with the epoch of group '" + group + "'",
                            "Delete all but one, and make a primary key of topic, group and partition",
                            null);
                }
                return epoch;
            }
        }
    }

    void insertEpoch(Connection connection, String group, long epoch) throws SQLException {
        insert(connection, group, Map.of(new TopicPartition(OWNER_TOPIC, OWNER_PARTITION), epoch));
    }

    /**
     * Sets the epoch of a group if it is what it is taken for, in one statement, and locks it until the end of the transaction.
     *
     * @return whether the database says that it has; MariaDB and MySQL may be configured to deny it if the epoch stays the same
     */
    boolean setEpoch(Connection connection, String group, long expected, long epoch) throws SQLException {
        String sql = "update " + names.table() + " set " + names.offset() + " = ?" + where() + " and " + names.offset()
                + " = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, epoch);
            setKey(statement, 2, group, OWNER_TOPIC, OWNER_PARTITION);
            statement.setLong(5, expected);
            return statement.executeUpdate() == 1;
        }
    }

    /** All offsets of a group. */
    Map<TopicPartition, Long> offsets(Connection connection, String group) throws SQLException {
        String sql = "select " + names.topic() + ", " + names.partition() + ", " + names.offset() + " from "
                + names.table() + " where " + names.group() + " = ? and " + names.partition() + " >= 0";
        Map<TopicPartition, Long> offsets = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, group);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    offsets.put(new TopicPartition(rows.getString(1), rows.getInt(2)), rows.getLong(3));
                }
            }
        }
        return offsets;
    }

    /**
     * Makes rows say where partitions go on.
     *
     * @param known what they say
     */
    void put(Connection connection, String group, Map<TopicPartition, Long> known, Map<TopicPartition, Long> offsets)
            throws SQLException {
        Map<TopicPartition, Long> missing = new HashMap<>(offsets);
        missing.keySet().removeAll(known.keySet());
        Map<TopicPartition, Long> moved = new HashMap<>(offsets);
        moved.keySet().retainAll(known.keySet());
        moved.entrySet().removeIf(entry -> entry.getValue().equals(known.get(entry.getKey())));
        update(connection, group, moved);
        insert(connection, group, missing);
    }

    private void update(Connection connection, String group, Map<TopicPartition, Long> offsets) throws SQLException {
        String sql = "update " + names.table() + " set " + names.offset() + " = ?" + where();
        execute(connection, sql, group, offsets);
    }

    private void insert(Connection connection, String group, Map<TopicPartition, Long> offsets) throws SQLException {
        String sql = "insert into " + names.table() + " (" + names.offset() + ", " + names.group() + ", "
                + names.topic() + ", " + names.partition() + ") values (?, ?, ?, ?)";
        execute(connection, sql, group, offsets);
    }

    private static void execute(Connection connection, String sql, String group, Map<TopicPartition, Long> offsets)
            throws SQLException {
        if (offsets.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Map.Entry<TopicPartition, Long> entry : offsets.entrySet()) {
                statement.setLong(1, entry.getValue());
                setKey(
                        statement,
                        2,
                        group,
                        entry.getKey().topic(),
                        entry.getKey().partition());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private String where() {
        return " where " + names.group() + " = ? and " + names.topic() + " = ? and " + names.partition() + " = ?";
    }

    private static void setKey(PreparedStatement statement, int first, String group, String topic, int partition)
            throws SQLException {
        statement.setString(first, group);
        statement.setString(first + 1, topic);
        statement.setInt(first + 2, partition);
    }
}
