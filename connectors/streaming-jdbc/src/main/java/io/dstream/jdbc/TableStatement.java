package io.dstream.jdbc;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An insert or upsert into columns of a table.
 *
 * <p>Immutable.
 *
 * @param columns what is written, keys first
 * @param types what the database has for them
 * @param keys how many of them are keys; 0 for an insert
 */
record TableStatement<T>(String sql, List<Column<T>> columns, List<ColumnType> types, int keys)
        implements RowStatement<T> {

    @Override
    public PendingRows<T> newPendingRows() {
        return new Rows();
    }

    private @Nullable Object[] values(T row) throws Exception {
        @Nullable Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = columns.get(i).value().call(row);
        }
        return values;
    }

    /** What the database takes for the same as a key must be equal. */
    private static @Nullable Object comparable(@Nullable Object value) {
        if (value instanceof BigDecimal number) {
            return number.stripTrailingZeros();
        }
        return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
    }

    /**
     * One row of a key at most: a driver may make one statement of many rows, and PostgreSQL refuses to update a row twice in one.
     */
    private final class Rows implements PendingRows<T> {

        // Mutable state
        private final Map<Object, @Nullable Object[]> rows = new LinkedHashMap<>(); // by key, or by identity

        @Override
        public void add(T row) throws Exception {
            @Nullable Object[] values = values(row);
            rows.put(keys == 0 ? values : key(values), values);
        }

        private Object key(@Nullable Object[] values) {
            return Arrays.asList(Arrays.stream(values, 0, keys)
                    .map(TableStatement::comparable)
                    .toArray());
        }

        @Override
        public int size() {
            return rows.size();
        }

        @Override
        public void addTo(PreparedStatement statement) throws SQLException {
            for (@Nullable Object[] values : rows.values()) {
                for (int i = 0; i < values.length; i++) {
                    types.get(i).set(statement, i + 1, values[i]);
                }
                statement.addBatch();
            }
        }

        @Override
        public void clear() {
            rows.clear();
        }
    }
}
