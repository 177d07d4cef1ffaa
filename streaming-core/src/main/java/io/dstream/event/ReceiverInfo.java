package io.dstream.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A receiver as it is now.
 *
 * @param pipeline the pipeline's name
 * @param input the id of the input it feeds
 * @param active whether it is started; false before its start, between a failure and its restart, and after its end
 * @param restarts how often it was restarted since the pipeline started
 * @param lastError the last error it met or reported; null if none
 * @param lastErrorTime when that was; null if none
 */
public record ReceiverInfo(
        String pipeline,
        String input,
        boolean active,
        long restarts,
        @Nullable String lastError,
        @Nullable Instant lastErrorTime) {}
