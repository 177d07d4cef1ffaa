package io.dstream.input;

import io.dstream.rdd.InputPartition;
import io.dstream.storage.StoredRows;

/**
 * Records that came one after the other; they become one partition.
 *
 * @param number of the block among those of its input in the write-ahead log; negative if it is not in it
 * @param rows where the records are
 * @param from the first of these, from 0
 * @param until the one after the last
 */
public record Block<T>(long number, StoredRows<T> rows, int from, int until) {

    private static final long NOT_LOGGED = -1;

    /** All records. */
    public static <T> Block<T> of(StoredRows<T> rows) {
        return logged(NOT_LOGGED, rows);
    }

    /** All records of a block that is in the write-ahead log. */
    static <T> Block<T> logged(long number, StoredRows<T> rows) {
        return new Block<>(number, rows, 0, rows.size());
    }

    public int size() {
        return until - from;
    }

    /** The first records of it. */
    public Block<T> head(int size) {
        return new Block<>(number, rows, from, from + size);
    }

    /** The records after the first. */
    public Block<T> tail(int size) {
        return new Block<>(number, rows, from + size, until);
    }

    public InputPartition<T> partition() {
        return rows.partition(from, until);
    }

    /** Lets go of the records. A block that was divided goes with its last part, because batches are released in order. */
    public void release() {
        if (isEnd()) {
            rows.release();
        }
    }

    boolean isLogged() {
        return number != NOT_LOGGED;
    }

    /** Whether it has the last of the records that are kept together. */
    boolean isEnd() {
        return until == rows.size();
    }
}
