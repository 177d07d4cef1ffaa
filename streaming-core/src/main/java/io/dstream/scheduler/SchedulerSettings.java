package io.dstream.scheduler;

import io.dstream.input.BackpressureSettings;
import java.time.Duration;

/**
 * How a pipeline is run.
 *
 * @param batchInterval the time between batches; whole milliseconds, at least 1
 * @param maxRecordsPerBatch how many records an input may give to one batch, at least 1
 * @param failure what happens when a batch fails
 * @param backpressure how the rate of inputs follows that of the batches
 */
public record SchedulerSettings(
        Duration batchInterval, int maxRecordsPerBatch, FailureSettings failure, BackpressureSettings backpressure) {}
