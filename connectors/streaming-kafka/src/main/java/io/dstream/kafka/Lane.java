package io.dstream.kafka;

import io.dstream.function.StreamingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One partition on its way: ranges that are waited for, in order, and records that were read beyond the last one handed out.
 *
 * <p>Used by the thread of the {@link Fetcher} alone.
 *
 * @param <R> type of the rows
 */
final class Lane<K, V, R> {

    private static final long NOWHERE = -1;

    private final RowMaker<K, V, R> rowMaker;
    private final BooleanSupplier isStopped;

    // Mutable state
    private final Deque<Fetch<R>> waiting = new ArrayDeque<>();
    private final List<ConsumerRecord<K, V>> ahead = new ArrayList<>();
    private long expected = NOWHERE; // where the first range begins
    private long cursor = NOWHERE; // the offset behind what was handed out; 'ahead' goes on from there
    private long position = NOWHERE; // the offset behind what the consumer has given

    /**
     * @param isStopped whether nobody waits for rows any more
     */
    Lane(RowMaker<K, V, R> rowMaker, BooleanSupplier isStopped) {
        this.rowMaker = rowMaker;
        this.isStopped = isStopped;
    }

    void add(Fetch<R> fetch) {
        waiting.add(fetch);
        if (expected == NOWHERE) {
            expected = fetch.next();
        }
    }

    /** The range that is read at the moment; null if none is waited for. */
    @Nullable
    Fetch<R> current() {
        while (!waiting.isEmpty() && waiting.peek().isDone()) {
            waiting.remove(); // it has failed
        }
        return waiting.peek();
    }

    /** Whether the consumer has to go elsewhere, to {@link #target}. */
    boolean isElsewhere() {
        return target() != cursor;
    }

    /** The offset of what is read next; negative if that is not known. */
    long target() {
        Fetch<R> current = current();
        if (current != null) {
            return current.next();
        }
        return cursor == NOWHERE ? expected : cursor;
    }

    /**
     * Whether the consumer is to read on: for what is waited for, and a little beyond it. One that fetches from a broker waits
     * there for new records of all partitions that it reads, and hears of no other partition meanwhile.
     */
    boolean isHungry() {
        return current() != null || (ahead.isEmpty() && cursor != NOWHERE);
    }

    /** Notes that the consumer goes on with the current range. */
    void moveTo(long offset) {
        ahead.clear();
        cursor = offset;
        position = offset;
    }

    /** Notes that where the consumer is is of no use. */
    void moveAway() {
        ahead.clear();
        cursor = NOWHERE;
        expected = NOWHERE;
    }

    /** Takes what the consumer has given, in the order of offsets. */
    void read(List<ConsumerRecord<K, V>> records) {
        records.forEach(ReadHeaders::of); // while they are in the cache of the processor
        ahead.addAll(records);
    }

    /**
     * Hands out what was read.
     *
     * @param newPosition the offset behind what the consumer has given, which may be behind a gap
     * @return whether the consumer has come any further
     */
    boolean handOut(long newPosition) {
        boolean progress = newPosition != position;
        position = newPosition;
        handOutWhatIsThere();
        return progress;
    }

    /** Hands out what was read before. */
    void handOutWhatIsThere() {
        Fetch<R> current = current();
        while (current != null && !isElsewhere() && fill(current)) {
            cursor = current.range().untilOffset();
            current.complete();
            waiting.remove();
            current = current();
        }
    }

    /** Ends what is waited for by a failure. */
    void forEachWaiting(Consumer<Fetch<R>> end) {
        waiting.forEach(end);
        waiting.clear();
        moveAway();
    }

    private boolean fill(Fetch<R> current) {
        long until = current.range().untilOffset();
        int within = countAheadOf(until);
        if (within > 0 && !give(ahead.subList(0, within), current)) {
            return false;
        }
        ahead.subList(0, within).clear();
        return !ahead.isEmpty() || position >= until;
    }

    /** How many of the records ahead have lower offsets, by bisection. */
    private int countAheadOf(long offset) {
        int count = 0;
        int end = ahead.size();
        while (count < end) {
            int middle = (count + end) >>> 1;
            if (ahead.get(middle).offset() < offset) {
                count = middle + 1;
            } else {
                end = middle;
            }
        }
        return count;
    }

    /**
     * Adds the rows of records. Where they cannot be made, all that is waited for fails, and what else was read is let go.
     *
     * @return false if it has failed, or nobody waits for the range any more
     */
    private boolean give(List<ConsumerRecord<K, V>> records, Fetch<R> fetch) {
        BooleanSupplier isUnwanted = () -> isStopped.getAsBoolean() || fetch.isDone();
        long last = records.get(records.size() - 1).offset();
        try {
            List<R> rows = rowMaker.rowsOf(records, isUnwanted);
            if (!isUnwanted.getAsBoolean()) {
                fetch.addAll(rows, last);
                cursor = fetch.next();
                return true;
            }
            moveAway();
        } catch (StreamingException failure) {
            forEachWaiting(waiting -> waiting.fail(failure));
        }
        return false;
    }
}
