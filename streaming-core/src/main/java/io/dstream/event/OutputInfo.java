package io.dstream.event;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One run of an output operation in a batch.
 *
 * @param output the output's id in its pipeline, the same in every batch, such as {@code print-0}
 * @param startTime when it was begun for the last time
 * @param endTime when it ended; null while it runs
 * @param failureReason why it failed; null if it did not
 */
public record OutputInfo(
        String output,
        Instant startTime,
        @Nullable Instant endTime,
        @Nullable String failureReason) {

    /** How long it took; null while it runs. */
    public @Nullable Duration duration() {
        return endTime == null ? null : Duration.between(startTime, endTime);
    }
}
