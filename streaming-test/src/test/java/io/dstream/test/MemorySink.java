package io.dstream.test;

import io.dstream.output.BatchSink;
import io.dstream.output.SinkConflictException;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkUnavailableException;
import io.dstream.output.SinkWriter;
import io.dstream.rdd.RDD;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A system in memory that keeps the batches of one output, and can be away or broken. */
final class MemorySink<T> implements BatchSink<T> {

    private final String kind;

    // Mutable state, guarded by this
    private final TreeMap<Instant, List<T>> batches = new TreeMap<>();
    private final List<String> calls = new ArrayList<>();
    private int epoch;
    private int away; // so many calls more
    private @Nullable RuntimeException broken;
    private @Nullable RuntimeException afterWrite;

    MemorySink(String kind) {
        this.kind = kind;
    }

    synchronized void goAway(int times) {
        away = times;
    }

    /** Lets every call fail; null lets none. */
    synchronized void breakBy(@Nullable RuntimeException failure) {
        broken = failure;
    }

    /** Lets every write fail after it has taken effect; null lets none. */
    synchronized void breakAfterWrite(@Nullable RuntimeException failure) {
        afterWrite = failure;
    }

    synchronized void put(Instant batchTime, List<T> rows) {
        batches.put(batchTime, rows);
    }

    /** The rows of each batch, in the order of their times. */
    synchronized List<List<T>> batches() {
        return List.copyOf(batches.values());
    }

    synchronized List<Instant> times() {
        return List.copyOf(batches.keySet());
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public synchronized SinkWriter<T> open(SinkContext context) {
        call("open " + context.pipeline() + "/" + context.output());
        epoch++;
        return new Writer(epoch, batches.isEmpty() ? null : batches.lastKey());
    }

    private void call(String call) {
        calls.add(call);
        if (away > 0) {
            away--;
            throw new SinkUnavailableException("the system is away", null);
        }
        if (broken != null) {
            throw broken;
        }
    }

    private final class Writer implements SinkWriter<T> {

        private final int ownEpoch;
        private final @Nullable Instant last;

        Writer(int ownEpoch, @Nullable Instant last) {
            this.ownEpoch = ownEpoch;
            this.last = last;
        }

        @Override
        public @Nullable Instant lastBatchTime() {
            return last;
        }

        @Override
        public void write(RDD<T> rdd, Instant batchTime) {
            synchronized (MemorySink.this) {
                call("write");
                if (ownEpoch != epoch) {
                    throw new SinkConflictException("another instance has the output");
                }
                if (!batches.containsKey(batchTime)) {
                    batches.put(batchTime, rdd.collect());
                }
                if (afterWrite != null) {
                    throw afterWrite;
                }
            }
        }

        @Override
        public void close() {
            synchronized (MemorySink.this) {
                calls.add("close");
            }
        }
    }
}
