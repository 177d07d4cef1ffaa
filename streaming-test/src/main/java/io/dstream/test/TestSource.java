package io.dstream.test;

import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.input.QueueSource;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The source of a test input: what it is given for a batch is in that batch.
 *
 * @param <T> type of the rows
 */
final class TestSource<T> implements InputSource<T> {

    private final Queue<RDD<T>> queue = new ConcurrentLinkedQueue<>();
    private final QueueSource<T> source = new QueueSource<>(queue, false);

    // Mutable state, guarded by this
    private final List<List<RDD<T>>> batches = new ArrayList<>(); // those to come, the next one first
    private boolean started; // an input that feeds no output never is
    private boolean everStarted;

    /**
     * Adds rows to a batch to come.
     *
     * @param batch 0 for the next one
     */
    synchronized void add(int batch, RDD<T> rows) {
        while (batches.size() <= batch) {
            batches.add(new ArrayList<>());
        }
        batches.get(batch).add(rows);
    }

    /** Whether it is read and was given rows for a batch to come. */
    synchronized boolean hasRows() {
        return started && !batches.isEmpty();
    }

    /** Whether it was given rows that no batch will have, because nothing reads it in a pipeline that was started. */
    synchronized boolean hasLostRows() {
        return !everStarted && !batches.isEmpty();
    }

    @Override
    public String kind() {
        return source.kind();
    }

    @Override
    public synchronized void start(InputContext context) {
        source.start(context);
        started = true;
        everStarted = true;
    }

    @Override
    public synchronized Allocation allocate(Instant batchTime) throws Exception {
        if (!batches.isEmpty()) {
            queue.addAll(batches.remove(0));
        }
        return source.allocate(batchTime);
    }

    @Override
    public List<InputPartition<T>> read(Instant batchTime) {
        return source.read(batchTime);
    }

    @Override
    public void release(Instant upTo) {
        source.release(upTo);
    }

    @Override
    public synchronized void close() {
        source.close();
        started = false;
    }
}
