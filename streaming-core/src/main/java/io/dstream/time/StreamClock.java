package io.dstream.time;

import java.time.Instant;

/**
 * The only source of time: tells it, and owns every wait that ends at a time, so that a {@link ManualClock} controls both.
 *
 * <p>Thread-safe.
 */
public sealed interface StreamClock permits SystemClock, ManualClock {

    /** The machine's wall clock. */
    static StreamClock system() {
        return new SystemClock();
    }

    Instant now();

    /**
     * Waits until the clock reaches a time or a signal is set, whichever is first; returns at once if either is so already.
     *
     * @param signal what ends the wait early
     * @param deadline the time that ends it
     * @return whether the signal is set
     * @throws InterruptedException if the calling thread is interrupted
     */
    boolean await(Signal signal, Instant deadline) throws InterruptedException;
}
