package io.dstream.receiver;

import java.time.Duration;

/**
 * Permits that come at a rate and are saved up for one second at most, so that much may be taken at once after a pause. Whoever finds
 * one permit takes as many as it needs; those after it wait until all have come.
 *
 * <p>The bucket is told by a time: the one from which on there is a permit, which everything that is taken puts off by its share
 * of a second (the generic cell rate algorithm, ITU-T I.371). So a changed rate changes nothing in it.
 *
 * <p>Used by one thread at a time.
 */
final class TokenBucket {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long SAVED = SECOND;

    // Mutable state, in nanoseconds
    private long free; // from when on there is a permit
    private long lastNow;

    /** Begins with one permit at time 0. */
    TokenBucket() {}

    /**
     * Takes permits, if there is one.
     *
     * @param permits how many
     * @param rate how many come in a second, at least 1
     * @param now the time in nanoseconds since the beginning; if it is set back, nobody waits longer for that
     * @return 0 if they were taken, else the nanoseconds until there is a permit
     */
    long take(int permits, long rate, long now) {
        if (now < lastNow) {
            free -= lastNow - now;
        }
        lastNow = now;
        free = Math.max(free, now - SAVED);
        if (free > now) {
            return free - now;
        }
        free += (long) ((double) permits * SECOND / rate);
        return 0;
    }
}
