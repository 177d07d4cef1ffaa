package io.dstream.storage;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a log knows about something that it keeps of a node.
 *
 * @param part the node in the last run that had it, and whether its states or its rows are kept
 * @param lastCommitted the time of the last committed batch in which it was evaluated
 * @param keyClass name of the class of a key, of those that were written last; null if there are no states, or the key was null
 * @param stateClass name of the class of a state, likewise
 * @param commitsAbsent how many batches were committed since a run began whose definition does not have it any more; negative
 *     if the last run had it
 */
public record LoggedNode(
        LoggedRun.Part part,
        Instant lastCommitted,
        @Nullable String keyClass,
        @Nullable String stateClass,
        long commitsAbsent) {

    /** Whether the definition of the last run did not have it. */
    public boolean isAbsent() {
        return commitsAbsent >= 0;
    }
}
