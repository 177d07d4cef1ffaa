package io.dstream.test;

import io.dstream.DStream;
import io.dstream.StreamingContext;
import java.util.ArrayList;
import java.util.List;

/**
 * An input that a test fills: everything pushed between two batches is in the second of them.
 *
 * @param <T> type of the rows
 */
public final class TestInput<T> {

    private final StreamingContext context;
    private final TestSource<T> source;
    private final DStream<T> stream;

    TestInput(StreamingContext context, TestSource<T> source, DStream<T> stream) {
        this.context = context;
        this.source = source;
        this.stream = stream;
    }

    /** The stream of what is pushed. */
    public DStream<T> stream() {
        return stream;
    }

    /** Adds rows to the next batch, in as many partitions as the context has threads. */
    @SafeVarargs
    public final void push(T... rows) {
        List<T> list = new ArrayList<>(); // List.of refuses null rows
        for (T row : rows) {
            list.add(row);
        }
        push(list);
    }

    /** As {@link #push(Object[])}. */
    public void push(List<T> rows) {
        push(0, rows);
    }

    /**
     * Adds rows to the batches to come.
     *
     * @param batches the rows of the next batch, of the one after it, and so on; an empty list adds none to its batch
     */
    @SafeVarargs
    public final void pushBatches(List<T>... batches) {
        for (int i = 0; i < batches.length; i++) {
            push(i, batches[i]);
        }
    }

    boolean hasPending() {
        return source.hasRows();
    }

    boolean hasLostRows() {
        return source.hasLostRows();
    }

    private void push(int batch, List<T> rows) {
        source.add(batch, context.parallelize(rows));
    }
}
