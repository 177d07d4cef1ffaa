package io.dstream.scheduler;

import io.dstream.event.ListenerBus;
import io.dstream.time.StreamClock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people how far a log is read, now and then; of one that is read at once it tells nothing. Listeners are told each percent.
 *
 * <p>Used by the thread that reads.
 */
final class RestoreProgress implements IntConsumer {

    private static final Logger log = LoggerFactory.getLogger(RestoreProgress.class);
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private final String pipeline;
    private final StreamClock clock;
    private final ListenerBus events;

    // Mutable state
    private Instant next;
    private int told = -1; // percent

    RestoreProgress(String pipeline, StreamClock clock, ListenerBus events) {
        this.pipeline = pipeline;
        this.clock = clock;
        this.events = events;
        this.next = clock.now().plus(SILENCE);
    }

    @Override
    public void accept(int percent) {
        if (percent > told) {
            told = percent;
            events.post(listener -> listener.onRestoreProgress(pipeline, percent));
        }
        Instant now = clock.now();
        if (!now.isBefore(next)) {
            next = now.plus(SILENCE);
            log.info("Pipeline '{}' reads what was before it: {} %", pipeline, percent);
        }
    }
}
