package io.dstream.output;

import io.dstream.time.StreamClock;
import java.time.Duration;

/**
 * What a sink is told when it is opened. Pipeline, output and batch time are the key by which it knows a batch again.
 *
 * @param pipeline the name of the pipeline
 * @param output the id of the output in the pipeline, such as {@code jdbc-0} or the name that was given to it
 * @param clock the only source of time
 * @param batchInterval the time between batches
 */
public record SinkContext(String pipeline, String output, StreamClock clock, Duration batchInterval) {}
