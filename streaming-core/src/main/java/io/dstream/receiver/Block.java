package io.dstream.receiver;

import io.dstream.rdd.InputPartition;
import io.dstream.storage.StoredRows;

/**
 * Records that were stored one after the other; they become one partition.
 *
 * @param rows where they are
 * @param from the first of these, from 0
 * @param until the one after the last
 */
record Block<T>(StoredRows<T> rows, int from, int until) {

    /** All records. */
    static <T> Block<T> of(StoredRows<T> rows) {
        return new Block<>(rows, 0, rows.size());
    }

    int size() {
        return until - from;
    }

    /** The first records of it. */
    Block<T> head(int size) {
        return new Block<>(rows, from, from + size);
    }

    /** The records after the first. */
    Block<T> tail(int size) {
        return new Block<>(rows, from + size, until);
    }

    InputPartition<T> partition() {
        return rows.partition(from, until);
    }

    /** Lets go of the records. A block that was divided goes with its last part, because batches are released in order. */
    void release() {
        if (until == rows.size()) {
            rows.release();
        }
    }
}
