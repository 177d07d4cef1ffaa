package io.dstream.scheduler;

import java.time.Duration;

/**
 * How a pipeline is run.
 *
 * @param batchInterval the time between batches; whole milliseconds, at least 1
 * @param maxRecordsPerBatch how many records an input may give to one batch, at least 1
 * @param failure what happens when a batch fails
 */
public record SchedulerSettings(Duration batchInterval, int maxRecordsPerBatch, FailureSettings failure) {}
