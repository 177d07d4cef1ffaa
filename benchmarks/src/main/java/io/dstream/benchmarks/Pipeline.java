package io.dstream.benchmarks;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.StreamingListener;
import io.dstream.rdd.RDD;
import io.dstream.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.function.UnaryOperator;

/** A pipeline whose batches are run one after the other, as fast as they go. */
final class Pipeline implements AutoCloseable {

    static final int THREADS = 2;

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final SynchronousQueue<BatchInfo> ended = new SynchronousQueue<>();
    private final Duration interval;
    private final StreamingContext context;

    Pipeline() {
        this(new StreamingListener() {});
    }

    /** A pipeline with an observer, which is told of a batch before whoever runs it. */
    Pipeline(StreamingListener observer) {
        this(config -> config, observer);
    }

    /** A pipeline with another configuration. */
    Pipeline(UnaryOperator<StreamingConfig> change, StreamingListener observer) {
        StreamingConfig config = change.apply(StreamingConfig.defaults());
        interval = config.batchInterval();
        context = new StreamingContext(config.withParallelism(THREADS)
                .withClock(clock)
                .withMaxRecordsPerBatch(Integer.MAX_VALUE)
                .withObserver(observer)
                .withObserver(new StreamingListener() {
                    @Override
                    public void onBatchCompleted(BatchInfo batch) {
                        put(batch);
                    }
                }));
    }

    StreamingContext context() {
        return context;
    }

    /** A stream of RDDs that are added to a queue. */
    <T> DStream<T> stream(Queue<RDD<T>> queue) {
        return context.queueStream(queue);
    }

    static <T> Queue<RDD<T>> queue() {
        return new ConcurrentLinkedQueue<>();
    }

    /** Runs one batch. */
    void runBatch() {
        clock.advance(interval);
        BatchInfo batch = take();
        if (batch.status() != Status.COMMITTED) {
            throw new IllegalStateException("The batch was not committed: " + batch);
        }
    }

    private BatchInfo take() {
        try {
            return ended.take();
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }

    private void put(BatchInfo batch) {
        try {
            ended.put(batch);
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
