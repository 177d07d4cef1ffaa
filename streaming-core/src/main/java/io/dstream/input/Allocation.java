package io.dstream.input;

/**
 * What an input has set aside for a batch.
 *
 * @param records how many records; 0 if that is not known without reading them
 * @param description where they come from, for people; empty if there is nothing to tell
 */
public record Allocation(long records, String description) {}
