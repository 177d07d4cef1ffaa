package io.dstream.input;

import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import io.dstream.storage.StoredRows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
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

    // Mutable state, of the ticker thread
    private final List<Block<T>> blocks = new ArrayList<>(); // in the log, and in no batch yet
    private final List<InputPartition<T>> taken = new ArrayList<>(); // in neither
    private Instant batchTime = Instant.MIN; // of the last batch
    private boolean empty; // the queue was

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
    public void start(InputContext context) {
        log = LoggedBlocks.of(context);
        log.batches().forEach(this::put);
        blocks.addAll(log.waiting());
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

    /** RDDs that were taken and could not be logged yet. */
    @Override
    public boolean hasPending() {
        return !taken.isEmpty() || !blocks.isEmpty();
    }

    @Override
    public List<InputPartition<T>> read(Instant time) {
        return allocated.getOrDefault(time, whenEmpty);
    }

    @Override
    public void release(Instant upTo) {
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
        blocks.clear();
        batchTime = Instant.MIN;
    }

    /** Called again for a batch, it goes on where it has failed; what has failed for the batch before is not tried any more. */
    private void take(Instant time) throws Exception {
        if (!time.equals(batchTime)) {
            if (!batchTime.equals(Instant.MIN)) {
                taken.clear();
            }
            batchTime = time;
            takeFromQueue();
        }
        if (log.isWriting()) {
            write();
        }
        List<InputPartition<T>> rest = List.copyOf(taken);
        put(time, blocks);
        if (!rest.isEmpty() || (blocks.isEmpty() && !empty)) {
            allocated.merge(time, rest, QueueSource::concatenated);
        }
        blocks.clear();
        taken.clear();
    }

    /** What earlier runs have left, in the log or taken from the queue and not written to it, fills a batch that takes one RDD. */
    private void takeFromQueue() {
        empty = taken.isEmpty();
        RDD<T> rdd = oneAtATime && hasPending() ? null : queue.poll();
        while (rdd != null) {
            empty = false;
            taken.addAll(rdd.asInputPartitions());
            rdd = oneAtATime ? null : queue.poll();
        }
    }

    /** A block for each partition, one at least, so that a batch with an RDD without rows has it after a restart too. */
    private void write() throws Exception {
        if (!empty && !hasPending()) {
            taken.add(InputPartition.of(List.of()));
        }
        List<List<T>> rows = new ArrayList<>();
        for (InputPartition<T> partition : taken) {
            rows.add(rows(partition));
        }
        if (!rows.isEmpty()) {
            blocks.addAll(log.write(rows, rows.stream().map(Rows::new).toList()));
        }
        taken.clear();
    }

    private void put(Instant time, List<Block<T>> ofBatch) {
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

    private static <E> List<E> concatenated(List<E> first, List<E> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
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
