package io.dstream.kafka;

import io.dstream.function.Function;
import io.dstream.function.StreamingException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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

    private final Function<ConsumerRecord<K, V>, R> handler;

    // Mutable state
    private final Deque<Fetch<R>> waiting = new ArrayDeque<>();
    private final Deque<ConsumerRecord<K, V>> ahead = new ArrayDeque<>();
    private long expected = NOWHERE; // where the first range begins
    private long cursor = NOWHERE; // the offset behind what was handed out; 'ahead' goes on from there
    private long position = NOWHERE; // the offset behind what the consumer has given

    /**
     * @param handler makes a row of a record
     */
    Lane(Function<ConsumerRecord<K, V>, R> handler) {
        this.handler = handler;
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
        Fetch<R> current = ahead.isEmpty() ? current() : null;
        for (ConsumerRecord<K, V> record : records) {
            ReadHeaders.of(record); // while it is in the cache of the processor
            if (current == null || record.offset() >= current.range().untilOffset()) {
                ahead.add(record);
            } else if (!give(record, current)) {
                return;
            }
        }
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
        while (!ahead.isEmpty() && ahead.peek().offset() < until) {
            if (!give(ahead.remove(), current)) {
                return false;
            }
        }
        return !ahead.isEmpty() || position >= until;
    }

    /**
     * Adds what the handler makes of a record. Where it fails, all that is waited for does, and what else was read is let go.
     *
     * @return false if it has failed, or the range has before
     */
    private boolean give(ConsumerRecord<K, V> record, Fetch<R> fetch) {
        if (fetch.isDone()) {
            moveAway();
            return false;
        }
        R row;
        try {
            row = handler.call(record);
        } catch (Exception | Error failure) {
            StreamingException reason = handlerFailure(record, failure);
            forEachWaiting(waiting -> waiting.fail(reason));
            return false;
        }
        fetch.add(row, record.offset());
        cursor = fetch.next();
        return true;
    }

    private static StreamingException handlerFailure(ConsumerRecord<?, ?> record, Throwable failure) {
        return new StreamingException(
                "The message handler has failed for the record of " + record.topic() + "-" + record.partition()
                        + " at offset " + record.offset() + ": " + failure,
                failure);
    }
}
