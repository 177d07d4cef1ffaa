package io.dstream.kafka;

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
 */
final class Lane<K, V> {

    private static final long NOWHERE = -1;

    // Mutable state
    private final Deque<Fetch<K, V>> waiting = new ArrayDeque<>();
    private final Deque<ConsumerRecord<K, V>> ahead = new ArrayDeque<>();
    private long expected = NOWHERE; // where the first range begins
    private long cursor = NOWHERE; // the offset behind what was handed out; 'ahead' goes on from there
    private long position = NOWHERE; // the offset behind what the consumer has given

    void add(Fetch<K, V> fetch) {
        waiting.add(fetch);
        if (expected == NOWHERE) {
            expected = fetch.next();
        }
    }

    /** The range that is read at the moment; null if none is waited for. */
    @Nullable
    Fetch<K, V> current() {
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
        Fetch<K, V> current = current();
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

    /** Takes what the consumer has given. */
    void read(List<ConsumerRecord<K, V>> records) {
        records.forEach(ReadHeaders::of); // while they are in the cache of the processor
        Fetch<K, V> current = current();
        long last = records.get(records.size() - 1).offset();
        if (current != null && ahead.isEmpty() && last < current.range().untilOffset()) {
            current.addAll(records);
            cursor = current.next();
        } else {
            ahead.addAll(records);
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
        Fetch<K, V> current = current();
        while (current != null && !isElsewhere() && fill(current)) {
            cursor = current.range().untilOffset();
            current.complete();
            waiting.remove();
            current = current();
        }
    }

    /** Ends what is waited for by a failure. */
    void forEachWaiting(Consumer<Fetch<K, V>> end) {
        waiting.forEach(end);
        waiting.clear();
        moveAway();
    }

    private boolean fill(Fetch<K, V> current) {
        long until = current.range().untilOffset();
        while (!ahead.isEmpty() && ahead.peek().offset() < until) {
            current.add(ahead.remove());
            cursor = current.next();
        }
        return !ahead.isEmpty() || position >= until;
    }
}
