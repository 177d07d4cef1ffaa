package io.dstream.receiver;

import org.jspecify.annotations.Nullable;

/**
 * The group of a receiver's thread, in which those that it starts are as well, unless they are put elsewhere: so a failure that ends
 * one of them is known to be one of the receiver.
 *
 * <p>Thread-safe.
 */
final class ReceiverThreads extends ThreadGroup {

    // Mutable state
    private volatile @Nullable ReceiverSupervisor<?> supervisor; // null after its end: a group may stay for longer

    ReceiverThreads(String name, ReceiverSupervisor<?> supervisor) {
        super(name);
        this.supervisor = supervisor;
    }

    /** Failures are those of any threads from now on. */
    void leave() {
        supervisor = null;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        ReceiverSupervisor<?> current = supervisor;
        if (current == null || !current.restartAfterFailureOf(thread, failure)) {
            super.uncaughtException(thread, failure);
        }
    }
}
