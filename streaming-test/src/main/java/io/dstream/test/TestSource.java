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
 * The source of a test input: what it is given for a batch is in that batch. A batch that it is given nothing for has the
 * partitions that it has of the source that it stands for.
 *
 * @param <T> type of the rows
 */
final class TestSource<T> implements InputSource<T> {

    private final Queue<RDD<T>> queue = new ConcurrentLinkedQueue<>();

    // Mutable state, guarded by this
    private QueueSource<T> source = new QueueSource<>(queue, false);
    private boolean withoutEmptyPartitions;
    private final List<List<RDD<T>>> batches = new ArrayList<>(); // those to come, the next one first
    private boolean started; // an input that feeds no output never is
    private boolean everStarted;

    /** Gives from now on the partitions that another source would give where there are no rows; before, those of a queue. */
    @SuppressWarnings("unchecked") // it stands for a source of the same type
    synchronized void standFor(InputSource<?> replaced) {
        if (replaced instanceof QueueSource<?> other) {
            source = ((QueueSource<T>) other).withQueue(queue);
        } else {
            source = new QueueSource<>(queue, false, null);
            withoutEmptyPartitions = true;
        }
    }

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
    public synchronized String kind() {
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
    public synchronized List<InputPartition<T>> read(Instant batchTime) {
        List<InputPartition<T>> partitions = source.read(batchTime);
        return withoutEmptyPartitions
                ? partitions.stream().filter(partition -> partition.size() != 0).toList()
                : partitions;
    }

    @Override
    public synchronized void release(Instant upTo) {
        source.release(upTo);
    }

    @Override
    public synchronized void close() {
        source.close();
        started = false;
    }
}
