package io.dstream.event;

/**
 * The rate to which an input is limited at the moment.
 *
 * @param pipeline the pipeline's name
 * @param input the id of the input
 * @param recordsPerSecond how many records per second it may take in, at least 1
 */
public record RateInfo(String pipeline, String input, long recordsPerSecond) {}
