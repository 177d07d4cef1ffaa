package io.dstream.scheduler;

import io.dstream.function.StreamingException;
import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkConflictException;
import io.dstream.output.SinkUnavailableException;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * What happens when a batch fails.
 *
 * @param policy what to do when the attempts are used up
 * @param maxAttempts how often a batch is tried, at least 1
 * @param backoff how long to wait after the first failure, at least 1 ms; doubled with every further one, up to a minute
 * @param surroundings tells which exceptions mean that another system is away, beside
 *     {@link SourceUnavailableException} and {@link SinkUnavailableException}: such a failure is waited for without limit and counts as no attempt
 */
public record FailureSettings(Policy policy, int maxAttempts, Duration backoff, Predicate<Throwable> surroundings) {

    public FailureSettings {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("'maxAttempts' must be at least 1, but was " + maxAttempts);
        }
        if (backoff.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(
                    "'backoff' must be at least 1 ms, but was " + backoff.toMillis() + " ms");
        }
    }

    /** Stop after three attempts, a second apart at first. */
    public static FailureSettings defaults() {
        return new FailureSettings(Policy.STOP, 3, Duration.ofSeconds(1), failure -> false);
    }

    /** Whether a failure, or a cause of it, means that another system is away. */
    public boolean isAway(Throwable failure) {
        return !isConflict(failure)
                && StreamingException.causes(failure)
                        .anyMatch(cause -> cause instanceof SourceUnavailableException
                                || cause instanceof SinkUnavailableException
                                || surroundings.test(cause));
    }

    /** Whether a failure, or a cause of it, means that the run must not go on, whatever the policy is. */
    static boolean isConflict(Throwable failure) {
        return StreamingException.causes(failure).anyMatch(SinkConflictException.class::isInstance);
    }

    /** What to do with a batch whose attempts are used up. */
    public enum Policy {
        /** Halt the pipeline, the batch's input uncommitted. */
        STOP,
        /** Commit the batch without effect and go on. */
        SKIP
    }
}
