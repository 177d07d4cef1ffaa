package io.dstream.kafka;

import io.dstream.time.StreamClock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a stream does in one run with records that have failed: counts and tells them, and knows where they go.
 *
 * <p>Thread-safe.
 */
final class RecordFailures {

    private static final Logger log = LoggerFactory.getLogger(RecordFailures.class);
    private static final Duration BETWEEN_LINES = Duration.ofMinutes(1);

    private final StreamStatus status;
    private final StreamClock clock;
    private final Predicate<Throwable> isAway;
    private final @Nullable DeadLetters deadLetters;

    // Mutable state, guarded by this
    private Instant nextLine = Instant.MIN;
    private long untold; // since the last line

    /**
     * @param isAway tells failures of systems that are away, which no record is to blame for
     * @param deadLetters where records go; null if they are skipped
     */
    RecordFailures(
            StreamStatus status, StreamClock clock, Predicate<Throwable> isAway, @Nullable DeadLetters deadLetters) {
        this.status = status;
        this.clock = clock;
        this.isAway = isAway;
        this.deadLetters = deadLetters;
    }

    boolean isAway(Exception failure) {
        return isAway.test(failure);
    }

    @Nullable
    DeadLetters deadLetters() {
        return deadLetters;
    }

    /** Notes a record that its batch goes on without. Nothing of its content is told. */
    void note(ConsumerRecord<?, ?> record, Exception failure) {
        status.failed(deadLetters != null);
        long others = others();
        if (others >= 0) {
            log.warn(
                    "Input {} goes on without the record of {}-{} at offset {}, which has failed with {}: {}. {} others since"
                            + " the last such line",
                    status.name(),
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    failure.getClass().getName(),
                    deadLetters == null ? "skipped" : "a dead letter in '" + deadLetters.topic() + "'",
                    others);
        }
    }

    /** How many were not told since the last line; -1 if it is too early for another one. */
    private synchronized long others() {
        Instant now = clock.now();
        if (now.isBefore(nextLine)) {
            untold++;
            return -1;
        }
        long others = untold;
        untold = 0;
        nextLine = now.plus(BETWEEN_LINES);
        return others;
    }

    void close() {
        if (deadLetters != null) {
            deadLetters.close();
        }
    }
}
