package io.dstream.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A receiver as it is now.
 *
 * @param pipeline the pipeline's name
 * @param input the id of the input it feeds
 * @param receiver the name of its class, without the package
 * @param state what it does
 * @param restarts how often it was restarted since the pipeline started
 * @param bytesInMemory how many bytes of memory, by estimate, the records take that it has stored and whose batches have not
 *     ended, without those that are not in a block yet
 * @param bytesOnDisk how many bytes the files of such records have
 * @param lastError the last error it met or reported; null if none
 * @param lastErrorTime when that was; null if none
 */
public record ReceiverInfo(
        String pipeline,
        String input,
        String receiver,
        State state,
        long restarts,
        long bytesInMemory,
        long bytesOnDisk,
        @Nullable String lastError,
        @Nullable Instant lastErrorTime) {

    /** What a receiver does. */
    public enum State {
        /** It was not started yet. */
        INITIALIZED,
        /** It is started, and takes in records. */
        STARTED,
        /** It has failed, or asked to be restarted, and waits for that. */
        RESTARTING,
        /** It is stopped until its pipeline is started again. */
        STOPPED
    }

    /** Whether it is started. */
    public boolean active() {
        return state == State.STARTED;
    }
}
