package io.dstream.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A clock that moves only when it is told to: for tests that neither sleep nor depend on the machine's speed.
 *
 * <p>Thread-safe. Threads that wait for a time it reaches go on at once.
 */
public final class ManualClock implements StreamClock {

    // Mutable state, guarded by this
    private Instant now;
    private final List<Signal> waiting = new ArrayList<>();

    public ManualClock(Instant start) {
        this.now = start;
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    /**
     * Moves the clock forward.
     *
     * @param step how far; not negative
     * @throws IllegalArgumentException if {@code step} is negative
     */
    public void advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("'step' must not be negative, but was " + step);
        }
        moveBy(step).forEach(Signal::recheck);
    }

    /**
     * Waits until so many threads wait for a time on this clock: after that, advancing it is seen by all of them.
     *
     * @param threads how many, at least 1
     * @throws InterruptedException if the calling thread is interrupted
     */
    public synchronized void awaitWaiting(int threads) throws InterruptedException {
        while (waiting.size() < threads) {
            wait();
        }
    }

    @Override
    public boolean await(Signal signal, Instant deadline) throws InterruptedException {
        register(signal);
        try {
            return signal.awaitUnless(() -> !now().isBefore(deadline));
        } finally {
            unregister(signal);
        }
    }

    private synchronized List<Signal> moveBy(Duration step) {
        now = now.plus(step);
        return List.copyOf(waiting);
    }

    private synchronized void register(Signal signal) {
        waiting.add(signal);
        notifyAll();
    }

    private synchronized void unregister(Signal signal) {
        waiting.remove(signal);
    }
}
