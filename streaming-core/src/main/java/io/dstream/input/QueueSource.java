package io.dstream.input;

import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * RDDs from a queue that is looked at in every batch: what is added while the pipeline runs is seen.
 *
 * <p>An RDD is never split between batches. What is left in the queue at the end stays there.
 *
 * @param <T> type of the records
 */
public final class QueueSource<T> implements InputSource<T> {

    private final Queue<RDD<T>> queue;
    private final boolean oneAtATime;
    private final List<InputPartition<T>> whenEmpty;

    // Mutable state, guarded by this
    private final Map<Instant, List<RDD<T>>> allocated = new HashMap<>();

    /**
     * A source whose batches have one partition without rows when they find the queue empty.
     *
     * @param queue a thread-safe queue
     * @param oneAtATime whether a batch takes one RDD or all there are
     */
    public QueueSource(Queue<RDD<T>> queue, boolean oneAtATime) {
        this(queue, oneAtATime, List.of(InputPartition.of(List.of())));
    }

    /**
     * A source whose batches have the rows of another RDD when they find the queue empty.
     *
     * @param queue a thread-safe queue
     * @param oneAtATime whether a batch takes one RDD or all there are
     * @param defaultRdd lives as long as the context; if it is null, such a batch has no partitions
     */
    public QueueSource(Queue<RDD<T>> queue, boolean oneAtATime, @Nullable RDD<T> defaultRdd) {
        this(queue, oneAtATime, defaultRdd == null ? List.of() : defaultRdd.asInputPartitions());
    }

    private QueueSource(Queue<RDD<T>> queue, boolean oneAtATime, List<InputPartition<T>> whenEmpty) {
        this.queue = queue;
        this.oneAtATime = oneAtATime;
        this.whenEmpty = whenEmpty;
    }

    /** A source of another queue, all of which a batch takes, with the same rows for batches that find it empty. */
    public QueueSource<T> withQueue(Queue<RDD<T>> other) {
        return new QueueSource<>(other, false, whenEmpty);
    }

    @Override
    public String kind() {
        return "queue";
    }

    @Override
    public void start(InputContext context) {}

    /** Who has filled the queue is gone with the process. */
    @Override
    public boolean isReadAgain() {
        return false;
    }

    @Override
    public synchronized Allocation allocate(Instant batchTime) {
        List<RDD<T>> rdds = allocated.computeIfAbsent(batchTime, time -> takeFromQueue());
        long known = 0;
        for (InputPartition<T> partition : partitionsOf(rdds)) {
            known += Math.max(0, partition.size());
        }
        return new Allocation(known, "");
    }

    @Override
    public synchronized List<InputPartition<T>> read(Instant batchTime) {
        return partitionsOf(allocated.getOrDefault(batchTime, List.of()));
    }

    @Override
    public synchronized void release(Instant upTo) {
        allocated.keySet().removeIf(time -> !time.isAfter(upTo));
    }

    @Override
    public synchronized void close() {
        allocated.clear();
    }

    private List<RDD<T>> takeFromQueue() {
        List<RDD<T>> taken = new ArrayList<>();
        for (RDD<T> rdd = queue.poll(); rdd != null; rdd = oneAtATime ? null : queue.poll()) {
            taken.add(rdd);
        }
        return taken;
    }

    private List<InputPartition<T>> partitionsOf(List<RDD<T>> rdds) {
        if (rdds.isEmpty()) {
            return whenEmpty;
        }
        List<InputPartition<T>> partitions = new ArrayList<>();
        rdds.forEach(rdd -> partitions.addAll(rdd.asInputPartitions()));
        return partitions;
    }
}
