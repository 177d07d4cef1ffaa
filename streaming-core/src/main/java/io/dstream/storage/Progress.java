package io.dstream.storage;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How far an input had come when its pipeline last ran.
 *
 * <p>A position is a name and a value that mean something to the input alone, such as the path of a file and its size, or a
 * partition and the offset behind its last record. Immutable.
 *
 * @param positions as they were before the batches below
 * @param batches what each batch has changed in them that was allocated and may be read again, by batch time; an empty value
 *     takes a position away
 */
public record Progress(Map<String, String> positions, NavigableMap<Instant, Map<String, String>> batches) {

    public Progress {
        positions = Map.copyOf(positions);
        batches = Collections.unmodifiableNavigableMap(new TreeMap<>(batches));
    }

    /** That of an input that has never run. */
    public static Progress none() {
        return new Progress(Map.of(), new TreeMap<>());
    }
}
