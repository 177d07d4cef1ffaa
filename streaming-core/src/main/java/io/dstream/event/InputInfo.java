package io.dstream.event;

/**
 * What one input contributed to a batch.
 *
 * @param input the input's id in its pipeline, such as {@code socket-0}
 * @param records how many records it gave; an estimate, or 0, where the source cannot know before the batch has run
 * @param description where they came from, for people; empty if there is nothing to tell
 */
public record InputInfo(String input, long records, String description) {}
