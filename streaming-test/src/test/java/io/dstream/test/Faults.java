package io.dstream.test;

import io.dstream.DStream;
import io.dstream.event.BatchInfo;
import io.dstream.event.StreamingListener;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Failures in some batches: as they are planned, at a row, or in an output. In which and where follows from a seed.
 *
 * <p>Thread-safe. Observes the context, so that it knows the first batch.
 */
final class Faults implements StreamingListener {

    static final Faults NONE = new Faults(0, 0, Duration.ofSeconds(1));

    private final long seed;
    private final int times;
    private final Duration batchInterval;

    // Mutable state
    private final Map<Integer, AtomicInteger> struck = new ConcurrentHashMap<>();
    private volatile @Nullable Instant first; // written by the ticker thread alone

    /**
     * @param times how often a batch that is to fail fails; 0 for no failures at all
     */
    Faults(long seed, int times, Duration batchInterval) {
        this.seed = seed;
        this.times = times;
        this.batchInterval = batchInterval;
    }

    @Override
    public void onBatchSubmitted(BatchInfo batch) {
        if (first == null) {
            first = batch.batchTime();
        }
    }

    /** The number of a batch, from 1. */
    int numberOf(Instant time) {
        return 1 + (int) Duration.between(first, time).dividedBy(batchInterval);
    }

    /** The same stream, with failures as batches are planned and at their rows. */
    <T> DStream<T> into(DStream<T> stream) {
        return times == 0
                ? stream
                : stream.transform((rdd, time) -> {
                    strike(Place.PLAN, time);
                    return rdd.map(row -> {
                        strike(Place.ROW, time);
                        return row;
                    });
                });
    }

    /** Fails as an output does. */
    void strikeOutput(Instant time) {
        strike(Place.OUTPUT, time);
    }

    private void strike(Place place, Instant time) {
        int batch = numberOf(time);
        if (place == placeIn(batch)
                && struck.computeIfAbsent(batch, absent -> new AtomicInteger()).incrementAndGet() <= times) {
            throw new IllegalStateException("a fault of batch " + batch);
        }
    }

    private Place placeIn(int batch) {
        SplittableRandom random = new SplittableRandom(31 * seed + batch);
        return times > 0 && random.nextInt(3) == 0
                ? Place.values()[random.nextInt(Place.values().length)]
                : Place.NOWHERE;
    }

    private enum Place {
        NOWHERE,
        PLAN,
        ROW,
        OUTPUT
    }
}
