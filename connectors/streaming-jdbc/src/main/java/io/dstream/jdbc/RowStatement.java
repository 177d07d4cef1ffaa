package io.dstream.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A statement that is run for each row.
 *
 * <p>Implementations are immutable.
 */
interface RowStatement<T> {

    String sql();

    /** Where rows wait until there are enough to be sent together. */
    PendingRows<T> newPendingRows();

    /**
     * Rows that wait.
     *
     * <p>Used by the thread of a task.
     */
    interface PendingRows<T> {

        void add(T row) throws Exception;

        int size();

        /** Adds all to the batch of a statement. */
        void addTo(PreparedStatement statement) throws SQLException;

        void clear();
    }
}
