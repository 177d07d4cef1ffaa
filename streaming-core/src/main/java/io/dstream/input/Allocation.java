package io.dstream.input;

import java.util.Map;

/**
 * What an input has set aside for a batch.
 *
 * @param records how many records; an estimate, or 0, if that is not known without reading them: {@link
 *     InputSource#infoWhenRead} tells more later
 * @param description where they come from, for people; empty if there is nothing to tell
 * @param positions what this changes in the input's positions, which are kept for it and given back after a restart by
 *     {@link InputContext#progress()}; an empty value takes a position away. Empty if nothing has changed, or if the records
 *     cannot be read again after a restart. Names that begin with {@code dstream.} are not for sources
 */
public record Allocation(long records, String description, Map<String, String> positions) {

    public Allocation {
        positions = Map.copyOf(positions);
    }

    /** One that changes no positions. */
    public Allocation(long records, String description) {
        this(records, description, Map.of());
    }
}
