package io.dstream.jdbc;

import io.dstream.function.MisconfigurationException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Columns of a table.
 *
 * <p>Immutable.
 *
 * @param isUpsert whether the row of the same key is updated
 * @param columns at least one, keys first
 */
record TableTarget<T>(Identifier table, boolean isUpsert, List<Column<T>> columns) implements RowTarget<T> {

    TableTarget {
        columns = List.copyOf(columns);
    }

    static <T> TableTarget<T> upsert(Identifier table, Column<T> key) {
        return new TableTarget<>(table, true, List.of(key));
    }

    static <T> TableTarget<T> insert(Identifier table, Column<T> first) {
        return new TableTarget<>(table, false, List.of(first));
    }

    @Override
    public RowTarget<T> with(Column<T> column) {
        if (column.isKey() && !isUpsert) {
            throw new IllegalStateException("An insert has no key, but '" + column.name()
                    + "' is to be one; use column(...), or begin with JdbcSink.upsert");
        }
        if (columns.stream().anyMatch(known -> known.name().equalsIgnoreCase(column.name()))) {
            throw new IllegalArgumentException(
                    "Column '" + column.name() + "' of table '" + table + "' is given twice");
        }
        List<Column<T>> more = new ArrayList<>(columns);
        more.add(column.isKey() ? keys() : columns.size(), column);
        return new TableTarget<>(table, isUpsert, more);
    }

    private int keys() {
        return (int) columns.stream().filter(Column::isKey).count();
    }

    @Override
    public RowStatement<T> prepare(Session session) throws SQLException {
        KnownTable known = KnownTable.find(session, table);
        if (known == null) {
            throw new MisconfigurationException(
                    "Table '" + table + "' is not there, or not seen by this user",
                    "Make it, or correct its name",
                    null);
        }
        if (isUpsert) {
            known.requireUnique(session, names(known, true));
        }
        List<ColumnType> types =
                columns.stream().map(column -> known.column(column.name())).toList();
        return new TableStatement<>(sql(session, known), columns, types, keys());
    }

    private String sql(Session session, KnownTable known) throws SQLException {
        return isUpsert
                ? session.dialect()
                        .upsert(
                                known.quoted(),
                                quoted(session, names(known, true)),
                                quoted(session, names(known, false)))
                : Dialect.insert(known.quoted(), quoted(session, names(known, false)));
    }

    private List<String> names(KnownTable known, boolean keys) {
        return columns.stream()
                .filter(column -> column.isKey() == keys)
                .map(column -> known.column(column.name()).name())
                .toList();
    }

    private static List<String> quoted(Session session, List<String> names) throws SQLException {
        List<String> quoted = new ArrayList<>(names.size());
        for (String name : names) {
            quoted.add(session.quoted(new Identifier(null, name)));
        }
        return quoted;
    }
}
