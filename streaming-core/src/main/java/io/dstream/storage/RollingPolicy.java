package io.dstream.storage;

import java.time.Duration;

/**
 * When a file that batches are appended to is finished and another one begun.
 *
 * <p>Immutable.
 *
 * @param maxBytes a file that has reached this size is finished, at least 1; it may be longer by one batch
 * @param maxAge a file whose first batch is this much older than the batch to come is finished, at least 1 ms
 */
public record RollingPolicy(long maxBytes, Duration maxAge) {

    public RollingPolicy {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("'maxBytes' must be at least 1, but was " + maxBytes);
        }
        if (maxAge.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("'maxAge' must be at least 1 ms, but was " + maxAge);
        }
    }

    /** 128 MB or an hour, whichever is first. */
    public static RollingPolicy defaults() {
        return new RollingPolicy(128L * 1024 * 1024, Duration.ofHours(1));
    }

    public RollingPolicy withMaxBytes(long newMaxBytes) {
        return new RollingPolicy(newMaxBytes, maxAge);
    }

    public RollingPolicy withMaxAge(Duration newMaxAge) {
        return new RollingPolicy(maxBytes, newMaxAge);
    }
}
