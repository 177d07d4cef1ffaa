package io.dstream.time;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A switch that is set once and never reset, for which threads can wait; with a time limit by {@link StreamClock#await}.
 *
 * <p>Thread-safe.
 */
public final class Signal {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean set; // written under lock

    public boolean isSet() {
        return set;
    }

    /** Sets the switch and wakes every waiting thread; setting it again does nothing. */
    public void set() {
        lock.lock();
        try {
            set = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the switch is set.
     *
     * @throws InterruptedException if the calling thread is interrupted
     */
    public void await() throws InterruptedException {
        awaitUnless(() -> false);
    }

    /** Waits until the switch is set or the condition holds; {@link #recheck} makes it look at the condition again. */
    boolean awaitUnless(BooleanSupplier condition) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!set && !condition.getAsBoolean()) {
                changed.await();
            }
            return set;
        } finally {
            lock.unlock();
        }
    }

    boolean await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!set && left > 0) {
                left = changed.awaitNanos(left);
            }
            return set;
        } finally {
            lock.unlock();
        }
    }

    void recheck() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
