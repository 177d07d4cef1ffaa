package io.dstream.input;

import io.dstream.storage.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limit of the rate at which one input takes in records: the least of what the source itself allows and, with
 * backpressure, of what batches were estimated to process. The estimate is one of the input's positions, so it survives a
 * restart.
 *
 * <p>A source that keeps to the limit says so by {@link #follow} when it is started, and asks for the {@link #limit} as often
 * as it likes. The other methods are for the pipeline.
 *
 * <p>Thread-safe: the limit may be asked for by any thread.
 */
public final class RateController {

    /** In place of a limit where there is none. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final Logger log = LoggerFactory.getLogger(RateController.class);
    private static final String POSITION = "dstream.rate";
    private static final double MILLIS_PER_SECOND = 1_000;

    private final String input;
    private final Duration batchInterval;
    private final BackpressureSettings settings;
    private final RateEstimator estimator;

    // Mutable state
    private volatile boolean followed; // by a source that keeps to the limit; with its maximum
    private volatile long maxRate = UNLIMITED;
    private volatile RateEstimate estimate; // written by the batch thread
    private RateEstimate saved; // of the ticker thread

    /**
     * @param input the input's id, for the log
     * @param batchInterval the time between batches
     * @param settings whether and how the limit follows the batches
     * @param progress how far the input had come: its last estimate is gone on with
     */
    public RateController(String input, Duration batchInterval, BackpressureSettings settings, Progress progress) {
        this.input = input;
        this.batchInterval = batchInterval;
        this.settings = settings;
        this.estimator = new RateEstimator(batchInterval, settings);
        this.estimate = settings.enabled() ? restored(progress) : RateEstimate.NONE;
        this.saved = estimate;
    }

    /**
     * Is called by a source, in its start, that takes in no more than the {@link #limit}. Without that call there is no limit.
     *
     * @param newMaxRate the records per second that the source itself allows, at least 1; {@link #UNLIMITED} if it allows any
     * @throws IllegalArgumentException if {@code newMaxRate} is below 1
     */
    public void follow(long newMaxRate) {
        if (newMaxRate < 1) {
            throw new IllegalArgumentException("'newMaxRate' must be at least 1, but was " + newMaxRate);
        }
        maxRate = newMaxRate;
        followed = true;
    }

    /** How many records per second the input may take in at the moment, at least 1; {@link #UNLIMITED} if any number. */
    public long limit() {
        return followed ? Math.min(maxRate, controlled()) : UNLIMITED;
    }

    /** How many records that is in one batch, at least 1; {@link #UNLIMITED} if any number. */
    public long limitPerBatch() {
        long limit = limit();
        return limit == UNLIMITED
                ? UNLIMITED
                : Math.max(1, (long) (limit * (batchInterval.toMillis() / MILLIS_PER_SECOND)));
    }

    /**
     * Learns from a batch that was committed; called once for each, in order, by the batch thread.
     *
     * @param end when it ended
     * @param records how many records it had of this input
     * @param processingDelay how long it ran
     * @param schedulingDelay how long it had waited before
     */
    public void completed(Instant end, long records, Duration processingDelay, Duration schedulingDelay) {
        if (settings.enabled() && followed) {
            estimate = estimator.next(estimate, end, records, processingDelay, schedulingDelay);
        }
    }

    /**
     * The positions of an allocation with the estimate, if it has changed since this was called last. Called by the ticker
     * thread.
     */
    public Map<String, String> addTo(Map<String, String> positions) {
        RateEstimate current = estimate;
        if (current.equals(saved)) {
            return positions;
        }
        saved = current;
        Map<String, String> more = new HashMap<>(positions);
        more.put(POSITION, current.format());
        return more;
    }

    /** The progress that a source is told: without the estimate. */
    public static Progress withoutEstimate(Progress progress) {
        NavigableMap<Instant, Map<String, String>> batches = new TreeMap<>();
        progress.batches().forEach((time, changes) -> batches.put(time, withoutEstimate(changes)));
        return new Progress(withoutEstimate(progress.positions()), batches);
    }

    private static Map<String, String> withoutEstimate(Map<String, String> positions) {
        Map<String, String> rest = new HashMap<>(positions);
        rest.remove(POSITION);
        return rest;
    }

    private long controlled() {
        if (!settings.enabled()) {
            return UNLIMITED;
        }
        RateEstimate current = estimate;
        if (current.isResult()) {
            return Math.max(settings.minRate(), (long) current.rate());
        }
        @Nullable Long initial = settings.initialRate();
        return initial == null ? UNLIMITED : initial;
    }

    private RateEstimate restored(Progress progress) {
        String last = progress.positions().get(POSITION);
        for (Map<String, String> changes : progress.batches().values()) {
            last = changes.getOrDefault(POSITION, last);
        }
        return last == null ? RateEstimate.NONE : parse(last);
    }

    /** An estimate is worth less than a start. */
    private RateEstimate parse(String text) {
        try {
            return RateEstimate.parse(text);
        } catch (IllegalArgumentException damaged) {
            log.warn("Input '{}' begins without an estimate of its rate: {}", input, damaged.getMessage());
            return RateEstimate.NONE;
        }
    }
}
