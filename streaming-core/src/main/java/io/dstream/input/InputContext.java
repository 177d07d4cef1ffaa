package io.dstream.input;

import io.dstream.event.ListenerBus;
import io.dstream.time.StreamClock;

/**
 * What an input is told at its start.
 *
 * @param pipeline the name of its pipeline
 * @param input its id in the pipeline, such as {@code socket-0}
 * @param clock the only source of time
 * @param maxRecordsPerBatch how many records it may give to one batch, at least 1; the rest waits, in order
 * @param events where to post what happens
 */
public record InputContext(
        String pipeline, String input, StreamClock clock, int maxRecordsPerBatch, ListenerBus events) {}
