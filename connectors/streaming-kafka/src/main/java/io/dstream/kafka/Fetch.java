package io.dstream.kafka;

import io.dstream.time.Signal;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at reading a range: filled by the thread of the {@link Fetcher}, and then read by any.
 *
 * @param <R> type of the rows
 */
final class Fetch<R> {

    private static final int MAX_ROOM = 100_000; // that is made beforehand: a range may have fewer records than offsets

    private final OffsetRange range;
    private final Signal done = new Signal();

    // Mutable state, written before 'done' is set and read after that; 'failure' is set at the end or never
    private final List<R> rows;
    private long next; // the offset at which reading goes on
    private volatile @Nullable Exception failure;

    Fetch(OffsetRange range) {
        this.range = range;
        this.rows = new ArrayList<>((int) Math.min(range.count(), MAX_ROOM));
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
     * @param last the offset of the last one
     */
    void addAll(List<R> more, long last) {
        rows.addAll(more);
        next = last + 1;
    }

    /** Passes over what is not there. */
    void skipTo(long offset) {
        next = offset;
    }

    void complete() {
        next = range.untilOffset();
        done.set();
    }

    void fail(Exception reason) {
        failure = reason;
        done.set();
    }

    boolean isDone() {
        return done.isSet();
    }

    boolean hasFailed() {
        return failure != null;
    }

    /** How many records there are; -1 while that is not known. */
    long sizeIfKnown() {
        return done.isSet() && failure == null ? rows.size() : -1;
    }

    /**
     * Waits for the records.
     *
     * @throws Exception what has kept them from being read
     */
    List<R> await() throws Exception {
        done.await();
        Exception reason = failure;
        if (reason != null) {
            throw reason;
        }
        return rows;
    }
}
