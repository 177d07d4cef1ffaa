package io.dstream.time;

import java.time.Duration;

/**
 * Delays between attempts: each is twice the one before, up to a minute.
 *
 * <p>Used by one thread.
 */
public final class Backoff {

    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Duration first;

    // Mutable state
    private Duration next;

    /** Begins with this delay; a longer one than a minute stays as it is. */
    public Backoff(Duration first) {
        this.first = first;
        this.next = first;
    }

    /** The delay before the next attempt. */
    public Duration next() {
        Duration delay = next;
        Duration twice = delay.multipliedBy(2);
        if (delay.compareTo(LONGEST) < 0) {
            next = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
        }
        return delay;
    }

    /** Begins again, after a success. */
    public void reset() {
        next = first;
    }
}
