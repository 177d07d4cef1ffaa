package io.dstream.rdd;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One part of a source's rows: a description of where they are, never a reference to the live source.
 *
 * <p>Immutable and thread-safe: it may be opened several times, also by several threads.
 */
public interface InputPartition<T> extends Serializable {

    /** A partition whose rows are given; they must not be modified afterwards. */
    static <T> InputPartition<T> of(List<T> rows) {
        return new ListPartition<>(rows);
    }

    /** A partition with the rows of several others, one after the other. */
    static <T> InputPartition<T> concatenated(List<InputPartition<T>> parts) {
        return new ConcatenatedPartition<>(List.copyOf(parts));
    }

    /**
     * Reads the rows from their beginning; called by the thread that runs the task. An iterator that is
     * {@link AutoCloseable} is closed when the task ends.
     *
     * @throws Exception if the rows cannot be read
     */
    Iterator<T> open() throws Exception;

    /**
     * What takes rows out whose operators fail, for one task; null if such a failure is that of the task. Asked by the thread that
     * runs the task.
     */
    default @Nullable FailedRows<T> failedRows() {
        return null;
    }

    /** How many rows there are if that is known without reading, else -1. */
    default long size() {
        return -1;
    }
}
