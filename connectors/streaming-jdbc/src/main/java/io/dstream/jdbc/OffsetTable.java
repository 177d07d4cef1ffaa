package io.dstream.jdbc;

import io.dstream.function.MisconfigurationException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A table of offsets as it is in its database, and the statements for the rows of a group.
 *
 * <p>Immutable.
 *
 * @param description for people
 * @param table its name for SQL, as those of the columns are
 * @param group the column with the group
 */
record OffsetTable(String description, String table, String topic, String group, String partition, String offset) {

    private static final String OWNER_TOPIC = ""; // which no topic can be called
    private static final int OWNER_PARTITION = -1;
    private static final Set<Integer> LARGE = Set.of(Types.BIGINT, Types.NUMERIC, Types.DECIMAL);

    /** What table and columns are called, as they were given. */
    record Names(Identifier table, String topic, String group, String partition, String offset) {}

    /**
     * Finds the table, or makes it.
     *
     * @param session without a transaction
     * @throws MisconfigurationException if it cannot be made, or is another
     */
    static OffsetTable findOrCreate(Session session, Names wanted) throws SQLException {
        KnownTable known =
                KnownTable.findOrCreate(session, wanted.table(), "offsets", createStatement(session, wanted));
        if (!LARGE.contains(known.column(wanted.offset()).type())) {
            throw new MisconfigurationException(
                    "Table '" + wanted.table() + "' has a column '" + wanted.offset() + "' that is no bigint",
                    "Make it one, or name another by JdbcOffsetStore.table and columns",
                    null);
        }
        return new OffsetTable(
                "table '" + wanted.table() + "'",
                known.quoted(),
                quoted(session, known, wanted.topic()),
                quoted(session, known, wanted.group()),
                quoted(session, known, wanted.partition()),
                quoted(session, known, wanted.offset()));
    }

    private static String quoted(Session session, KnownTable known, String column) throws SQLException {
        return session.quoted(new Identifier(null, known.column(column).name()));
    }

    private static String createStatement(Session session, Names wanted) throws SQLException {
        String topic = session.folded(new Identifier(null, wanted.topic()));
        String group = session.folded(new Identifier(null, wanted.group()));
        String partition = session.folded(new Identifier(null, wanted.partition()));
        String offset = session.folded(new Identifier(null, wanted.offset()));
        Dialect dialect = session.dialect();
        return "create table " + session.folded(wanted.table()) + " (" + topic + " " + dialect.textType(249)
                + " not null, " + group + " " + dialect.textType(255) + " not null, " + partition + " int not null, "
                + offset + " bigint not null, primary key (" + topic + ", " + group + ", " + partition + "))";
    }

    /**
     * The epoch of a group.
     *
     * @param mode {@code " for update"}, so that nobody else saves until the end of the transaction; else empty
     * @param seconds how long to wait for the lock; 0 for as long as the database does
     * @return null if there is none
     * @throws MisconfigurationException if there are several
     */
    @Nullable
    Long epoch(Session session, String ofGroup, String mode, int seconds) throws SQLException {
        String sql = "select " + offset + " from " + table + where() + mode;
        try (PreparedStatement statement = session.prepare(sql, seconds)) {
            setKey(statement, 1, ofGroup, OWNER_TOPIC, OWNER_PARTITION);
            try (ResultSet rows = statement.executeQuery()) {
                Long epoch = rows.next() ? rows.getLong(1) : null;
                if (rows.next()) {
                    throw new MisconfigurationException(
                            "The " + description + " has several rows with the epoch of group '" + ofGroup + "'",
                            "Delete all but one, and make a primary key of topic, group and partition",
                            null);
                }
                return epoch;
            }
        }
    }

    void insertEpoch(Session session, String ofGroup, long epoch) throws SQLException {
        insert(session, ofGroup, Map.of(new TopicPartition(OWNER_TOPIC, OWNER_PARTITION), epoch));
    }

    /**
     * Sets the epoch of a group if it is what it is taken for, in one statement, and locks it until the end of the transaction.
     *
     * @return whether the database says that it has; MariaDB and MySQL may be configured to deny it if the epoch stays the same
     */
    boolean setEpoch(Session session, String ofGroup, long expected, long epoch) throws SQLException {
        String sql = "update " + table + " set " + offset + " = ?" + where() + " and " + offset + " = ?";
        try (PreparedStatement statement = session.prepare(sql)) {
            statement.setLong(1, epoch);
            setKey(statement, 2, ofGroup, OWNER_TOPIC, OWNER_PARTITION);
            statement.setLong(5, expected);
            return statement.executeUpdate() == 1;
        }
    }

    /** All offsets of a group. */
    Map<TopicPartition, Long> offsets(Session session, String ofGroup) throws SQLException {
        String sql = "select " + topic + ", " + partition + ", " + offset + " from " + table + " where " + group
                + " = ? and " + partition + " >= 0";
        Map<TopicPartition, Long> offsets = new HashMap<>();
        try (PreparedStatement statement = session.prepare(sql)) {
            statement.setString(1, ofGroup);
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
    void put(Session session, String ofGroup, Map<TopicPartition, Long> known, Map<TopicPartition, Long> offsets)
            throws SQLException {
        Map<TopicPartition, Long> missing = new HashMap<>(offsets);
        missing.keySet().removeAll(known.keySet());
        Map<TopicPartition, Long> moved = new HashMap<>(offsets);
        moved.keySet().retainAll(known.keySet());
        moved.entrySet().removeIf(entry -> entry.getValue().equals(known.get(entry.getKey())));
        update(session, ofGroup, moved);
        insert(session, ofGroup, missing);
    }

    private void update(Session session, String ofGroup, Map<TopicPartition, Long> offsets) throws SQLException {
        String sql = "update " + table + " set " + offset + " = ?" + where();
        execute(session, sql, ofGroup, offsets);
    }

    private void insert(Session session, String ofGroup, Map<TopicPartition, Long> offsets) throws SQLException {
        String sql = "insert into " + table + " (" + offset + ", " + group + ", " + topic + ", " + partition
                + ") values (?, ?, ?, ?)";
        execute(session, sql, ofGroup, offsets);
    }

    private static void execute(Session session, String sql, String ofGroup, Map<TopicPartition, Long> offsets)
            throws SQLException {
        if (offsets.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = session.prepare(sql)) {
            for (Map.Entry<TopicPartition, Long> entry : offsets.entrySet()) {
                statement.setLong(1, entry.getValue());
                setKey(
                        statement,
                        2,
                        ofGroup,
                        entry.getKey().topic(),
                        entry.getKey().partition());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private String where() {
        return " where " + group + " = ? and " + topic + " = ? and " + partition + " = ?";
    }

    private static void setKey(PreparedStatement statement, int first, String ofGroup, String ofTopic, int number)
            throws SQLException {
        statement.setString(first, ofGroup);
        statement.setString(first + 1, ofTopic);
        statement.setInt(first + 2, number);
    }
}
