package io.dstream.scheduler;

import io.dstream.time.StreamClock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people how far a log is read, now and then; of one that is read at once it tells nothing.
 *
 * <p>Used by the thread that reads.
 */
final class RestoreProgress implements IntConsumer {

    private static final Logger log = LoggerFactory.getLogger(RestoreProgress.class);
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private final String pipeline;
    private final StreamClock clock;

    // Mutable state
    private Instant next;

    RestoreProgress(String pipeline, StreamClock clock) {
        this.pipeline = pipeline;
        this.clock = clock;
        this.next = clock.now().plus(SILENCE);
    }

    @Override
    public void accept(int percent) {
        Instant now = clock.now();
        if (!now.isBefore(next)) {
            next = now.plus(SILENCE);
            log.info("Pipeline '{}' reads what was before it: {} %", pipeline, percent);
        }
    }
}
