package io.dstream.test;

import io.dstream.DStream;
import io.dstream.StreamingContext;
import io.dstream.rdd.RDD;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * An input that a test fills: everything pushed between two batches is in the second of them.
 *
 * @param <T> type of the rows
 */
public final class TestInput<T> {

    private final StreamingContext context;
    private final Queue<RDD<T>> queue;
    private final DStream<T> stream;

    TestInput(StreamingContext context, Queue<RDD<T>> queue, DStream<T> stream) {
        this.context = context;
        this.queue = queue;
        this.stream = stream;
    }

    /** The stream of what is pushed. */
    public DStream<T> stream() {
        return stream;
    }

    /** Adds rows to the next batch, in as many partitions as the context has threads. */
    @SafeVarargs
    public final void push(T... rows) {
        List<T> list = new ArrayList<>();
        for (T row : rows) {
            list.add(row);
        }
        push(list);
    }

    /** As {@link #push(Object[])}. */
    public void push(List<T> rows) {
        queue.add(context.parallelize(rows));
    }
}
