package io.dstream.jdbc;

import io.dstream.function.StreamingException;
import java.sql.SQLException;

/**
 * Where rows go, as it was described.
 *
 * <p>Implementations are immutable.
 */
interface RowTarget<T> {

    /**
     * The same with one more column.
     *
     * @throws IllegalStateException if it cannot have one
     * @throws IllegalArgumentException if it has one of this name
     */
    RowTarget<T> with(Column<T> column);

    /**
     * Looks whether the database has what was described.
     *
     * @return the statement for each row
     * @throws StreamingException if it has not
     */
    RowStatement<T> prepare(Session session) throws SQLException;
}
