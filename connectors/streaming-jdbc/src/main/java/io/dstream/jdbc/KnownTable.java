package io.dstream.jdbc;

import io.dstream.function.MisconfigurationException;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table that is there.
 *
 * <p>Immutable.
 *
 * @param name as the database has it
 * @param quoted the same, for SQL
 * @param columns its columns
 */
record KnownTable(Identifier name, String quoted, List<ColumnType> columns) {

    /**
     * Looks for a table by selecting nothing from it: so it is found wherever SQL finds it.
     *
     * @return the table; null if it is not there
     * @throws SQLException if it is there but cannot be read
     */
    static @Nullable KnownTable find(Session session, Identifier wanted) throws SQLException {
        for (Identifier candidate : wanted.candidates(session.metaData())) {
            try {
                return select(session, candidate);
            } catch (SQLException failure) {
                if (!isMissing(failure)) {
                    throw failure;
                }
            }
        }
        return null;
    }

    /**
     * Finds a table, or makes it.
     *
     * @param session without a transaction
     * @param content what the table is of
     * @param create the statement that makes it
     * @throws MisconfigurationException if it is not there and cannot be made
     */
    static KnownTable findOrCreate(Session session, Identifier wanted, String content, String create)
            throws SQLException {
        KnownTable known = find(session, wanted);
        return known == null ? create(session, wanted, content, create) : known;
    }

    private static KnownTable create(Session session, Identifier wanted, String content, String create)
            throws SQLException {
        SQLException problem = null;
        try {
            session.execute(create);
        } catch (SQLException failure) {
            problem = failure; // or another instance was faster
        }
        KnownTable made = find(session, wanted);
        if (made == null) {
            throw new MisconfigurationException(
                    "The table of " + content + " '" + wanted + "' is not there and cannot be made ("
                            + (problem == null ? "it was made and is not seen" : problem.getMessage()) + ")",
                    "Make it:\n\n" + create,
                    problem);
        }
        return made;
    }

    private static KnownTable select(Session session, Identifier name) throws SQLException {
        String quoted = session.quoted(name);
        try (PreparedStatement statement =
                        session.connection().prepareStatement("select * from " + quoted + " where 1 = 0");
                ResultSet rows = statement.executeQuery()) {
            return new KnownTable(name, quoted, columns(rows.getMetaData(), session.dialect()));
        }
    }

    private static List<ColumnType> columns(ResultSetMetaData metaData, Dialect dialect) throws SQLException {
        List<ColumnType> columns = new ArrayList<>();
        for (int i = 1; i <= metaData.getColumnCount(); i++) {
            columns.add(new ColumnType(
                    metaData.getColumnName(i),
                    metaData.getColumnType(i),
                    metaData.getColumnTypeName(i),
                    dialect == Dialect.POSTGRESQL));
        }
        return List.copyOf(columns);
    }

    /** States that say that a table, or its schema, is not there. */
    private static boolean isMissing(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return state.startsWith("42S0") || Set.of("42P01", "3F000", "90079").contains(state);
    }

    /**
     * Finds a column.
     *
     * @throws MisconfigurationException if there is none of this name
     */
    ColumnType column(String wanted) {
        return columns.stream()
                .filter(column -> column.name().equals(wanted))
                .findFirst()
                .or(() -> columns.stream()
                        .filter(column -> column.name().equalsIgnoreCase(wanted))
                        .findFirst())
                .orElseThrow(() -> new MisconfigurationException(
                        "Table '" + name + "' has no column '" + wanted + "', but "
                                + columns.stream().map(ColumnType::name).collect(Collectors.joining(", ")),
                        "Correct the name, or add the column",
                        null));
    }

    /**
     * Makes sure that there is at most one row of a key: else MariaDB and MySQL would insert one in every batch.
     *
     * @throws MisconfigurationException if no unique index is on exactly these columns
     */
    void requireUnique(Session session, List<String> keys) throws SQLException {
        Collection<Set<String>> indexes = uniqueIndexes(session, schema(session));
        if (indexes.isEmpty() && name.qualifier() == null && session.dialect().hasSchemas()) {
            indexes = uniqueIndexes(session, null); // SQL may have found it in another schema than the first
        }
        Set<String> wanted = keys.stream().map(KnownTable::lower).collect(Collectors.toSet());
        if (!indexes.contains(wanted)) {
            throw new MisconfigurationException(
                    "An upsert finds its rows by " + String.join(", ", keys) + ", so table '" + name
                            + "' needs a primary key or unique index on exactly that, but has "
                            + (indexes.isEmpty() ? "none" : "these: " + indexes),
                    "Make one, or name other columns by key(...)",
                    null);
        }
    }

    private @Nullable String schema(Session session) throws SQLException {
        if (name.qualifier() != null) {
            return name.qualifier();
        }
        return session.dialect().hasSchemas()
                ? session.connection().getSchema()
                : session.connection().getCatalog();
    }

    /** The columns of each unique index on all rows of the tables of this name in a schema; in all schemas if it is null. */
    private Collection<Set<String>> uniqueIndexes(Session session, @Nullable String schema) throws SQLException {
        Map<String, Set<String>> indexes = new TreeMap<>();
        try (ResultSet rows = indexRows(session, schema)) {
            while (rows.next()) {
                String column = rows.getString("COLUMN_NAME");
                boolean isOfAllRows = rows.getString("FILTER_CONDITION") == null;
                if (column != null && isOfAllRows && rows.getShort("TYPE") != DatabaseMetaData.tableIndexStatistic) {
                    String index = rows.getString("TABLE_SCHEM") + "." + rows.getString("INDEX_NAME");
                    indexes.computeIfAbsent(index, unknown -> new TreeSet<>()).add(lower(column));
                }
            }
        }
        return List.copyOf(indexes.values());
    }

    private ResultSet indexRows(Session session, @Nullable String schema) throws SQLException {
        return session.dialect().hasSchemas()
                ? session.metaData().getIndexInfo(null, schema, name.name(), true, true)
                : session.metaData().getIndexInfo(schema, null, name.name(), true, true);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
