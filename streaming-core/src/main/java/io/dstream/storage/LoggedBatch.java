package io.dstream.storage;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A batch that was allocated, as it is written in the log.
 *
 * @param time its batch time, in whole milliseconds
 * @param inputs what each input has set aside for it, by the input's id; an input that failed to is missing
 */
public record LoggedBatch(Instant time, Map<String, LoggedInput> inputs) {

    public LoggedBatch {
        if (!time.equals(Instant.ofEpochMilli(time.toEpochMilli()))) {
            throw new IllegalArgumentException("'time' must be in whole milliseconds, but was " + time);
        }
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    }

    /**
     * What an input has set aside for a batch.
     *
     * @param records how many records
     * @param description where they come from, for people
     * @param positions what that has changed in the input's positions; an empty value takes a position away
     */
    public record LoggedInput(long records, String description, Map<String, String> positions) {

        public LoggedInput {
            positions = Map.copyOf(positions);
        }
    }
}
