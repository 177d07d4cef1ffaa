package io.dstream.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.ParameterizedPreparedStatementSetter;

/** A statement of the user's. */
record SqlTarget<T>(String sql, ParameterizedPreparedStatementSetter<T> setter)
        implements RowTarget<T>, RowStatement<T> {

    SqlTarget {
        if (sql == null || sql.isBlank()) {
            throw new IllegalArgumentException("'sql' must be a statement, but was '" + sql + "'");
        }
    }

    @Override
    public RowTarget<T> with(Column<T> column) {
        throw new IllegalStateException("The sink has a statement of its own, so it has no column '" + column.name()
                + "'; set its parameters, or begin with JdbcSink.upsert or insert");
    }

    /** What is wrong with the statement is known at the start. */
    @Override
    public RowStatement<T> prepare(Session session) throws SQLException {
        session.dialect().requireReadable(session.connection(), sql);
        return this;
    }

    @Override
    public PendingRows<T> newPendingRows() {
        return new Rows();
    }

    private final class Rows implements PendingRows<T> {

        // Mutable state
        private final List<T> rows = new ArrayList<>();

        @Override
        public void add(T row) {
            rows.add(row);
        }

        @Override
        public int size() {
            return rows.size();
        }

        @Override
        public void addTo(PreparedStatement statement) throws SQLException {
            for (T row : rows) {
                setter.setValues(statement, row);
                statement.addBatch();
            }
        }

        @Override
        public void clear() {
            rows.clear();
        }
    }
}
