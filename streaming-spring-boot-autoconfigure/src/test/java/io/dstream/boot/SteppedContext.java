package io.dstream.boot;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.StreamingListener;
import io.dstream.rdd.RDD;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A context of one input whose batches, a second apart, a test runs one by one. The test kit itself depends on this module. */
public final class SteppedContext implements AutoCloseable {

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final BlockingQueue<BatchInfo> ended = new LinkedBlockingQueue<>();
    private final Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
    private final StreamingContext context;
    private final DStream<String> stream;

    /**
     * @param policy what happens to a batch that fails once
     * @param observers are told of a batch before {@link #runBatch} returns
     */
    public SteppedContext(Policy policy, StreamingListener... observers) {
        StreamingConfig config = StreamingConfig.defaults()
                .withClock(clock)
                .withFailure(new FailureSettings(policy, 1, Duration.ofMillis(1), failure -> false));
        for (StreamingListener observer : observers) {
            config = config.withObserver(observer);
        }
        this.context = new StreamingContext(config.withObserver(new EndObserver()));
        this.stream = context.queueStream(queue);
    }

    public StreamingContext context() {
        return context;
    }

    public ManualClock clock() {
        return clock;
    }

    public DStream<String> stream() {
        return stream;
    }

    public void push(String... rows) {
        queue.add(context.parallelize(List.of(rows)));
    }

    /** Starts the context if it was not, and waits for its next batch to end. */
    public void runBatch() throws InterruptedException {
        context.start();
        clock.advance(Duration.ofSeconds(1));
        if (ended.poll(30, TimeUnit.SECONDS) == null) {
            throw new IllegalStateException("The batch has not ended within 30 seconds");
        }
    }

    @Override
    public void close() {
        context.stop(false, Duration.ZERO);
        context.close();
    }

    private final class EndObserver implements StreamingListener {

        @Override
        public void onBatchCompleted(BatchInfo batch) {
            ended.add(batch);
        }
    }
}
