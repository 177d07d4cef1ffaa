package io.dstream.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a run of a pipeline begins with, as it is written in the log: what its code looks like, and how its batches lie.
 *
 * @param start the time of its start
 * @param batchInterval the time between batches
 * @param zeroTime from which slides are counted: one batch interval before the first batch of the first run
 * @param parts what the definition consists of, as far as something of it is kept
 */
public record LoggedRun(Instant start, Duration batchInterval, Instant zeroTime, List<Part> parts) {

    public LoggedRun {
        parts = List.copyOf(parts);
    }

    /**
     * A part of a definition.
     *
     * @param role what is kept of it
     * @param id its id in the pipeline
     * @param kind its kind, such as {@code mapWithState}
     * @param named whether the id is a name that was given to it, else it was counted
     * @param detail what else decides what can be made of what is kept of it: for states of a window its length, for rows of
     *     which a window is made the id under which they are kept; empty if there is nothing
     */
    public record Part(Role role, String id, String kind, boolean named, String detail) {

        /** A part without a detail. */
        public Part(Role role, String id, String kind, boolean named) {
            this(role, id, kind, named, "");
        }
    }

    /** What is kept of a part of a definition. A part that has several roles is in a run once for each. */
    public enum Role {

        /** The positions of an input. */
        INPUT,

        /** The states of a node by key. */
        STATE,

        /** The rows of a node in some batches. */
        PANES,

        /** That there is an output of this id. */
        OUTPUT,

        /** That there is an operator which looks at rows that are kept, of batches before. */
        READER,

        /** That there is an output of this id whose system knows by it which batches it has. */
        SINK
    }
}
