package io.dstream.receiver;

import java.time.Duration;

/**
 * Permits that come at a rate and are saved up for one second at most, so that much may be taken at once after a pause. Whoever finds
 * one permit takes as many as it needs; those after it wait until all have come, but for ten seconds at most: a limit that holds
 * everything up teaches nobody a better one, so what is above ten seconds' worth is not paid for.
 *
 * <p>The bucket is told by a time: the one from which on there is a permit, which everything that is taken puts off by its share
 * of a second (the generic cell rate algorithm, ITU-T I.371). What lies between that time and now is a number of permits, so it
 * becomes longer or shorter when the rate changes.
 *
 * <p>Used by one thread at a time.
 */
final class TokenBucket {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long SAVED = SECOND;
    private static final long OWED = 10 * SECOND;

    // Mutable state, in nanoseconds but for the rate
    private long free; // from when on there is a permit
    private long lastNow;
    private long lastRate;

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
        free = bounded(rescaled(rate, now), now);
        lastRate = rate;
        if (free > now) {
            return free - now;
        }
        free = bounded(free + (long) ((double) permits * SECOND / rate), now);
        return 0;
    }

    /** The same number of permits, saved or owed, at another rate. */
    private long rescaled(long rate, long now) {
        boolean isSame = rate == lastRate || lastRate == 0;
        return isSame ? free : now + (long) ((double) (free - now) * lastRate / rate);
    }

    private static long bounded(long time, long now) {
        return Math.min(Math.max(time, now - SAVED), now + OWED);
    }
}
