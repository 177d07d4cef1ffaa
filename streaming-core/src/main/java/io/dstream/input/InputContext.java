package io.dstream.input;

import io.dstream.event.ListenerBus;
import io.dstream.storage.BlockLog;
import io.dstream.storage.Progress;
import io.dstream.time.StreamClock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an input is told at its start.
 *
 * @param pipeline the name of its pipeline
 * @param input its id in the pipeline, such as {@code socket-0}
 * @param clock the only source of time
 * @param batchInterval the time between batches
 * @param maxRecordsPerBatch how many records it may give to one batch, at least 1; the rest waits, in order
 * @param events where to post what happens
 * @param progress how far it had come when its pipeline last ran: it goes on from there, and the batches in it are read again
 * @param rate how fast it may take in records; see {@link RateController#follow}
 * @param log for records that cannot be read again from where they came; null without a checkpoint directory
 */
public record InputContext(
        String pipeline,
        String input,
        StreamClock clock,
        Duration batchInterval,
        int maxRecordsPerBatch,
        ListenerBus events,
        Progress progress,
        RateController rate,
        @Nullable BlockLog log) {}
