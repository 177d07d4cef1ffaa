package io.dstream.receiver;

import org.jspecify.annotations.Nullable;

/**
 * Takes in records from a system that pushes them: extend it to connect one.
 *
 * <p>{@code onStart} is called by a thread of the receiver's own. It may do all the work there, for as long as the
 * receiver is not stopped, or start threads and return. {@code onStop} is called by another thread; it must make
 * {@code onStart} return and those threads end. Both are called again for every restart. An exception from
 * {@code onStart} restarts the receiver, after a delay that doubles as long as nothing is stored.
 *
 * <p>The other methods are thread-safe; they may be called from the moment {@code onStart} is called.
 *
 * @param <T> type of the records
 */
public abstract class Receiver<T> {

    private volatile @Nullable ReceiverSupervisor<T> supervisor; // set before the first onStart

    /** Connects and takes in records; may block until the receiver is stopped. */
    protected abstract void onStart() throws Exception;

    /** Lets go of what {@code onStart} holds and makes it, and the threads it started, end. */
    protected abstract void onStop() throws Exception;

    /** What kind of receiver this is: the first part of its input's id. */
    protected String kind() {
        return "receiver";
    }

    /**
     * Adds a record to the current block. Returns before the record is in a batch; waits while the pipeline cannot keep
     * up.
     *
     * @throws IllegalStateException if the receiver was stopped: the record is not accepted
     * @throws InterruptedException if the calling thread is interrupted while it waits: the record is not accepted
     */
    protected final void store(T record) throws InterruptedException {
        requireSupervisor().store(record);
    }

    /** Makes an error visible, in events and in the receiver's information, and goes on. */
    protected final void reportError(String message, @Nullable Throwable cause) {
        requireSupervisor().reportError(message, cause);
    }

    /** Stops the receiver and starts it again after a delay; returns at once. A second call before that does nothing. */
    protected final void restart(String message, @Nullable Throwable cause) {
        requireSupervisor().restart(message, cause);
    }

    /** Stops the receiver until its pipeline is started again; returns at once. */
    protected final void stop(String message) {
        requireSupervisor().stopForGood(message);
    }

    /** Whether the receiver is to end its work: it is stopped, or about to be restarted. */
    protected final boolean isStopped() {
        return requireSupervisor().isAttemptOver();
    }

    final void attach(ReceiverSupervisor<T> newSupervisor) {
        supervisor = newSupervisor;
    }

    private ReceiverSupervisor<T> requireSupervisor() {
        ReceiverSupervisor<T> current = supervisor;
        if (current == null) {
            throw new IllegalStateException(
                    "The receiver is not started; this method may be called from onStart() on, not before");
        }
        return current;
    }
}
