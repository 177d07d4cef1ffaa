package io.dstream.receiver;

import io.dstream.input.RateController;
import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import java.time.Duration;
import java.time.Instant;

/**
 * Slows whoever stores records down to the rate that is allowed at the moment, by a {@link TokenBucket}.
 *
 * <p>Thread-safe.
 */
final class RateLimiter {

    /** Threads are not woken more often than that; the permits that have come meanwhile are taken at once. */
    private static final long SHORTEST_WAIT = Duration.ofMillis(1).toNanos();

    /** The limit is asked for that often while somebody waits: it may have risen. */
    private static final long LONGEST_WAIT = Duration.ofMillis(100).toNanos();

    private final RateController rate;
    private final StreamClock clock;
    private final Instant start;
    private final Signal released = new Signal();

    // Mutable state, guarded by this
    private final TokenBucket bucket = new TokenBucket();

    RateLimiter(RateController rate, StreamClock clock) {
        this.rate = rate;
        this.clock = clock;
        this.start = clock.now();
    }

    /**
     * Waits until there is a permit, and takes as many as there are records; does not wait without a limit or once released.
     *
     * @throws InterruptedException if the calling thread is interrupted; no permit is taken
     */
    void acquire(int records) throws InterruptedException {
        long limit = rate.limit();
        while (limit != RateController.UNLIMITED && !released.isSet()) {
            Instant now = clock.now();
            long wait = take(records, limit, now);
            if (wait == 0) {
                return;
            }
            clock.await(released, now.plusNanos(Math.min(Math.max(wait, SHORTEST_WAIT), LONGEST_WAIT)));
            limit = rate.limit();
        }
    }

    /** Lets go of whoever waits, and of everybody from now on. */
    void release() {
        released.set();
    }

    private synchronized long take(int records, long limit, Instant now) {
        return bucket.take(records, limit, Duration.between(start, now).toNanos());
    }
}
