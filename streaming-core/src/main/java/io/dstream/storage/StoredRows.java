package io.dstream.storage;

import io.dstream.rdd.InputPartition;
import java.io.IOException;
import java.util.Iterator;

/**
 * Rows that a {@link BlockStore} keeps until they are released.
 *
 * <p>Immutable and thread-safe: they may be opened several times, also by several threads.
 *
 * @param <T> type of the rows
 */
public interface StoredRows<T> {

    /** How many rows there are. */
    int size();

    /** As {@link #open(int, int)}, all rows. */
    default Iterator<T> open() throws IOException {
        return open(0, size());
    }

    /**
     * Reads some of the rows.
     *
     * @param from the first row, from 0
     * @param until the row after the last
     * @return the rows in their order; to be closed, if that can be, when they are not all read
     * @throws IOException if their file cannot be opened
     */
    Iterator<T> open(int from, int until) throws IOException;

    /**
     * Some of the rows as a partition of an RDD.
     *
     * @param from the first row, from 0
     * @param until the row after the last
     */
    default InputPartition<T> partition(int from, int until) {
        return new StoredPartition<>(this, from, until);
    }

    /** Lets go of the rows; a second time, nothing happens. */
    void release();
}
