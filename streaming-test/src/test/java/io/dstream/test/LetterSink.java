package io.dstream.test;

import io.dstream.output.BatchSink;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkWriter;
import io.dstream.rdd.RDD;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Keeps rows and dead letters of each batch together, once it is not broken. */
final class LetterSink<T> implements BatchSink<T> {

    private final ConcurrentLinkedQueue<Object> open = new ConcurrentLinkedQueue<>(); // of the batch that is written
    private final List<T> rows = new CopyOnWriteArrayList<>();
    private final List<Object> letters = new CopyOnWriteArrayList<>();
    private final AtomicInteger broken = new AtomicInteger(); // so many writes more

    /** Lets writes fail after all was computed. */
    void breakFor(int writes) {
        broken.set(writes);
    }

    List<T> rows() {
        return rows;
    }

    List<Object> letters() {
        return letters;
    }

    @Override
    public String kind() {
        return "letters";
    }

    @Override
    public SinkWriter<T> open(SinkContext context) {
        return new SinkWriter<>() {

            @Override
            public @Nullable Instant lastBatchTime() {
                return null;
            }

            @Override
            public boolean offerDeadLetter(Object letter) {
                return open.add(letter);
            }

            @Override
            public void write(RDD<T> rdd, Instant batchTime) {
                open.clear();
                List<T> computed = new ArrayList<>(rdd.collect());
                if (broken.getAndUpdate(writes -> Math.max(0, writes - 1)) > 0) {
                    throw new IllegalStateException("the transaction is undone");
                }
                rows.addAll(computed);
                letters.addAll(open);
            }
        };
    }
}
