package io.dstream.local;

import io.dstream.function.StreamingException;
import io.dstream.rdd.FailedRows;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;

/**
 * Pushes rows of a source through their operators, and has those taken out that fail there.
 *
 * <p>Used by one thread.
 *
 * @param <S> type of the source's rows
 */
final class Isolation<S> {

    private final FailedRows<S> failedRows;
    private final LocalScope scope;

    Isolation(FailedRows<S> failedRows, LocalScope scope) {
        this.failedRows = failedRows;
        this.scope = scope;
    }

    /**
     * Pushes a row.
     *
     * @param operators ends in a buffer, so that all failures are those of the operators
     * @return whether it has come through; else what it has left in the buffer is void
     */
    @SuppressWarnings("unchecked") // it is given rows of the source that has made it
    boolean push(Sink<Object> operators, Object row) {
        try {
            failedRows.requireReadable((S) row);
            operators.push(row);
            return true;
        } catch (Exception failure) {
            takeOut((S) row, failure);
            return false;
        }
    }

    private void takeOut(S row, Exception failure) {
        if (Thread.currentThread().isInterrupted() || isCutOff(failure)) {
            throw StreamingException.unchecked(failure);
        }
        scope.requireOpen("rows"); // a thread that the batch has left behind tells of nothing
        try {
            failedRows.takeOut(row, failure, scope.engine().currentAttempt());
        } catch (Exception another) {
            throw StreamingException.unchecked(another);
        }
    }

    /** Whether the task was ended, or the virtual machine is in trouble, which is not for the row to answer for. */
    private static boolean isCutOff(Throwable failure) {
        return StreamingException.causes(failure)
                .anyMatch(cause -> cause instanceof InterruptedException
                        || cause instanceof ClosedByInterruptException
                        || cause instanceof CancellationException
                        || cause instanceof VirtualMachineError);
    }

    /** Waits until it is safe what is told of rows that were taken out. */
    void finish() {
        try {
            failedRows.finish();
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }
}
