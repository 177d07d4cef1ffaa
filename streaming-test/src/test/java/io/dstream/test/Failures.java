package io.dstream.test;

import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import java.time.Duration;

/** Failure settings with which tests need not wait. */
final class Failures {

    private static final Duration BACKOFF = Duration.ofMillis(1);

    private Failures() {}

    /** Stop after so many attempts. */
    static FailureSettings attempts(int attempts) {
        return new FailureSettings(Policy.STOP, attempts, BACKOFF, failure -> false);
    }

    /** Skip a batch after so many attempts. */
    static FailureSettings skipAfter(int attempts) {
        return new FailureSettings(Policy.SKIP, attempts, BACKOFF, failure -> false);
    }
}
