package io.dstream.rdd;

import org.jspecify.annotations.Nullable;

/**
 * Takes rows of a source out whose operators fail, so that a task goes on without them. It holds for the functions that are called
 * for each row between the source and the first operator that takes rows otherwise.
 *
 * <p>Made by a source for one task, and used by the thread of that task.
 *
 * @param <T> type of the rows
 */
public interface FailedRows<T> {

    /**
     * Makes sure that a row is one. A source may give rows in place of what it could not read, to have them taken out like others;
     * no operator sees them.
     *
     * @throws Exception why it could not be read
     */
    default void requireReadable(T row) throws Exception {}

    /**
     * Takes out a row. Nothing that its operators have made of it goes any further.
     *
     * @param failure what a function has thrown; never an interrupt, a cancellation or an {@link Error}
     * @param output writes dead letters together with the results of the action; null if the action has none of that kind
     * @throws Exception if the task is to fail: the failure itself if the row is not to blame for it, or what has kept the source
     *     from telling of the row
     */
    void takeOut(T row, Exception failure, @Nullable DeadLetterOutput output) throws Exception;

    /**
     * Waits until it is safe what the source itself tells of rows that were taken out. Called when the source has no more rows, before
     * whoever reads them goes on and may let them count, and again at the end of the task, which may be before that.
     *
     * @throws Exception if it is not; the task fails
     */
    void finish() throws Exception;
}
