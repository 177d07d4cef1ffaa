package io.dstream.input;

import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import io.dstream.storage.StoredRows;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * RDDs from a queue that is looked at in every batch: what is added while the pipeline runs is seen.
 *
 * <p>An RDD is never split between batches. What is left in the queue at the end stays there. With a write-ahead log the partitions that
 * a batch takes are blocks, which are written before they are allocated.
 *
 * @param <T> type of the records
 */
public final class QueueSource<T> implements InputSource<T> {

    private final Queue<RDD<T>> queue;
    private final boolean oneAtATime;
    private final List<InputPartition<T>> whenEmpty;

    // Mutable state
    private volatile LoggedBlocks<T> log = LoggedBlocks.none(); // of this start
    private final Map<Instant, List<InputPartition<T>>> allocated = new ConcurrentHashMap<>();
    private final Map<Instant, List<Block<T>>> logged = new ConcurrentHashMap<>(); // of these, what is in the log
    private final NavigableMap<Instant, List<RDD<T>>> unwritten =
            new ConcurrentSkipListMap<>(); // taken by batches, in neither

    // Mutable state, of the ticker thread: what earlier runs have taken for batches of which nothing is known
    private final Deque<List<Block<T>>> waiting = new ArrayDeque<>(); // in the log
    private final Deque<List<RDD<T>>> left = new ArrayDeque<>(); // not in it

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

    /** What this process could not write is tried again, unless the batch for which it was taken is over. */
    @Override
    public void start(InputContext context) {
        log = LoggedBlocks.of(context);
        log.batches().forEach(this::putLogged);
        waiting.addAll(log.waiting());
        unwritten.descendingMap().values().forEach(left::addFirst);
        unwritten.clear();
    }

    /** Who has filled the queue is gone with the process, unless there is a log. */
    @Override
    public boolean isReadAgain() {
        return log.isWriting();
    }

    @Override
    public long recordsReadAgain(Instant batchTime, long allocated) {
        return log.batches().containsKey(batchTime) ? allocated : 0;
    }

    @Override
    public Allocation allocate(Instant time) throws Exception {
        if (!allocated.containsKey(time)) {
            take(time);
        }
        long known = 0;
        for (InputPartition<T> partition : read(time)) {
            known += Math.max(0, partition.size());
        }
        return new Allocation(known, "", log.positions(logged.getOrDefault(time, List.of())));
    }

    /** What is in the queue stays there. */
    @Override
    public boolean hasPending() {
        return !waiting.isEmpty() || !left.isEmpty();
    }

    @Override
    public List<InputPartition<T>> read(Instant time) {
        return allocated.getOrDefault(time, whenEmpty);
    }

    @Override
    public void release(Instant upTo) {
        unwritten.headMap(upTo, true).clear();
        allocated.keySet().removeIf(time -> !time.isAfter(upTo));
        logged.forEach((time, ofBatch) -> {
            if (!time.isAfter(upTo)) {
                log.release(ofBatch);
            }
        });
        logged.keySet().removeIf(time -> !time.isAfter(upTo));
    }

    @Override
    public void close() {
        allocated.clear();
        logged.clear();
        waiting.clear();
    }

    /**
     * What earlier runs have taken for a batch is one by itself, as it would have been. What cannot be written fails its batch, and
     * stays until it can, or the batch is over.
     */
    private void take(Instant time) throws Exception {
        if (!waiting.isEmpty()) {
            putLogged(time, waiting.remove());
            return;
        }
        List<RDD<T>> rdds = unwritten.computeIfAbsent(time, none -> left.isEmpty() ? takeFromQueue() : left.remove());
        if (!rdds.isEmpty()) {
            put(time, rdds);
        }
        unwritten.remove(time);
    }

    private List<RDD<T>> takeFromQueue() {
        List<RDD<T>> rdds = new ArrayList<>();
        RDD<T> rdd = queue.poll();
        while (rdd != null) {
            rdds.add(rdd);
            rdd = oneAtATime ? null : queue.poll();
        }
        return rdds;
    }

    private void put(Instant time, List<RDD<T>> rdds) throws Exception {
        List<InputPartition<T>> partitions =
                rdds.stream().flatMap(rdd -> rdd.asInputPartitions().stream()).toList();
        if (log.isWriting()) {
            putLogged(time, write(partitions));
        } else {
            allocated.put(time, partitions);
        }
    }

    /** A block for each partition, one at least, so that a batch with an RDD without rows has it after a restart too. */
    private List<Block<T>> write(List<InputPartition<T>> partitions) throws Exception {
        List<List<T>> rows = new ArrayList<>();
        for (InputPartition<T> partition : partitions) {
            rows.add(rows(partition));
        }
        if (rows.isEmpty()) {
            rows.add(List.of());
        }
        return log.write(rows, rows.stream().map(Rows::new).toList());
    }

    private void putLogged(Instant time, List<Block<T>> ofBatch) {
        if (!ofBatch.isEmpty()) {
            logged.put(time, List.copyOf(ofBatch));
            allocated.put(time, ofBatch.stream().map(Block::partition).toList());
        }
    }

    private static <T> List<T> rows(InputPartition<T> partition) throws Exception {
        List<T> rows = new ArrayList<>();
        Iterator<T> opened = partition.open();
        try {
            opened.forEachRemaining(rows::add);
        } finally {
            if (opened instanceof AutoCloseable closeable) {
                closeable.close();
            }
        }
        return rows;
    }

    /** Rows in memory. */
    private record Rows<T>(List<T> rows) implements StoredRows<T> {

        @Override
        public int size() {
            return rows.size();
        }

        @Override
        public Iterator<T> open(int from, int until) {
            return rows.subList(from, until).iterator();
        }

        @Override
        public void release() {}
    }
}
