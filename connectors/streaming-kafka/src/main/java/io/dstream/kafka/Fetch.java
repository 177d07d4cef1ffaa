package io.dstream.kafka;

import io.dstream.time.Signal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at reading a range: filled by the thread of the {@link Fetcher}, and read by any, also while it is filled.
 *
 * @param <K> type of the records' keys
 * @param <V> type of their values
 */
final class Fetch<K, V> {

    private final OffsetRange range;

    // Mutable state of the thread that fills it
    private long next; // the offset at which reading goes on

    // Mutable state, guarded by this
    private final List<List<ConsumerRecord<K, V>>> pieces = new ArrayList<>();
    private long size;
    private boolean done;
    private @Nullable RuntimeException failure;
    private Signal change = new Signal();

    Fetch(OffsetRange range) {
        this.range = range;
        this.next = range.fromOffset();
    }

    OffsetRange range() {
        return range;
    }

    TopicPartition partition() {
        return range.topicPartition();
    }

    long next() {
        return next;
    }

    /**
     * Takes the next records.
     *
     * @param piece not empty; is not changed any more
     */
    void add(List<ConsumerRecord<K, V>> piece) {
        piece.forEach(ReadHeaders::of);
        next = piece.get(piece.size() - 1).offset() + 1;
        synchronized (this) {
            pieces.add(piece);
            size += piece.size();
            tell();
        }
    }

    /** Passes over what is not there. */
    void skipTo(long offset) {
        next = offset;
    }

    void complete() {
        next = range.untilOffset();
        synchronized (this) {
            done = true;
            tell();
        }
    }

    synchronized void fail(RuntimeException reason) {
        failure = reason;
        done = true;
        tell();
    }

    synchronized boolean isDone() {
        return done;
    }

    synchronized boolean hasFailed() {
        return failure != null;
    }

    /** How many records there are; -1 while that is not known. */
    synchronized long sizeIfKnown() {
        return done && failure == null ? size : -1;
    }

    /**
     * Gives the records as they come, and waits for those that have not come yet. It throws what has kept the rest from being read, and
     * {@link InterruptException}.
     */
    Iterator<ConsumerRecord<K, V>> records() {
        return new Records();
    }

    private void tell() {
        Signal past = change;
        change = new Signal();
        past.set();
    }

    private List<ConsumerRecord<K, V>> await(int piece) {
        try {
            Signal coming = changeBefore(piece);
            while (coming != null) {
                coming.await();
                coming = changeBefore(piece);
            }
            return piece(piece);
        } catch (InterruptedException end) {
            throw new InterruptException(end);
        }
    }

    /** What to wait for before it is known whether there is such a piece; null if it is known. */
    private synchronized @Nullable Signal changeBefore(int piece) {
        return done || piece < pieces.size() ? null : change;
    }

    /** Empty if there is no such piece. */
    private synchronized List<ConsumerRecord<K, V>> piece(int number) {
        if (failure != null) {
            throw failure;
        }
        return number < pieces.size() ? pieces.get(number) : List.of();
    }

    /** Used by one thread. */
    private final class Records implements Iterator<ConsumerRecord<K, V>> {

        // Mutable state
        private Iterator<ConsumerRecord<K, V>> read =
                List.<ConsumerRecord<K, V>>of().iterator();
        private int pieces;

        @Override
        public boolean hasNext() {
            if (!read.hasNext()) {
                List<ConsumerRecord<K, V>> piece = await(pieces);
                pieces += piece.isEmpty() ? 0 : 1;
                read = piece.iterator();
            }
            return read.hasNext();
        }

        @Override
        public ConsumerRecord<K, V> next() {
            if (!hasNext()) {
                throw new NoSuchElementException("There are no more records of " + range);
            }
            return read.next();
        }

        @Override
        public void forEachRemaining(Consumer<? super ConsumerRecord<K, V>> action) {
            while (hasNext()) {
                read.forEachRemaining(action);
            }
        }
    }
}
