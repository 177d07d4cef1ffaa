package io.dstream.test;

import io.dstream.event.BatchInfo;
import io.dstream.event.StreamingListener;
import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Lets a test wait for the end of a batch. */
final class EndedBatches implements StreamingListener {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<Key, End> ends = new ConcurrentHashMap<>();

    @Override
    public void onBatchCompleted(BatchInfo batch) {
        End end = endOf(new Key(batch.pipeline(), batch.batchTime()));
        end.batch = batch;
        end.reached.set();
    }

    BatchInfo await(String pipeline, Instant time) {
        End end = endOf(new Key(pipeline, time));
        awaitUnchecked(end.reached);
        BatchInfo batch = end.batch;
        if (batch == null) {
            throw new IllegalStateException("The batch " + time.toEpochMilli() + " ms of pipeline '" + pipeline
                    + "' has not ended within " + PATIENCE.toSeconds()
                    + " seconds; does one of its functions block, or wait for the clock?");
        }
        return batch;
    }

    private End endOf(Key key) {
        return ends.computeIfAbsent(key, absent -> new End());
    }

    private static void awaitUnchecked(Signal reached) {
        StreamClock real = StreamClock.system();
        try {
            real.await(reached, real.now().plus(PATIENCE));
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }

    private record Key(String pipeline, Instant time) {}

    private static final class End {

        private final Signal reached = new Signal();
        private volatile @Nullable BatchInfo batch; // set before the signal
    }
}
