package io.dstream.time;

import java.time.Duration;
import java.time.Instant;

/** The machine's wall clock. */
final class SystemClock implements StreamClock {

    /** The wall clock may be set while a thread waits; it looks again at least this often. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public boolean await(Signal signal, Instant deadline) throws InterruptedException {
        Duration left = Duration.between(now(), deadline);
        while (left.compareTo(Duration.ZERO) > 0) {
            Duration step = left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
            if (signal.await(step.toNanos())) {
                return true;
            }
            left = Duration.between(now(), deadline);
        }
        return signal.isSet();
    }
}
