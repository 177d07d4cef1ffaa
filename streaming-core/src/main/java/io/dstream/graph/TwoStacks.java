package io.dstream.graph;

import io.dstream.engine.Column;
import io.dstream.function.Function2;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The values of one key in a window: a queue made of two stacks, each of which knows the reduction of what is in it, so that
 * adding, evicting and reducing take a constant number of calls of the function per value, amortised, however long the window
 * is: adding and reducing one call each, and evicting one call for every value once, when all go over to the other stack.
 *
 * <p>The algorithm is that of Tangwongsan, Hirzel, Schneider and Wu, "General Incremental Sliding-Window Aggregation", PVLDB
 * 8(7), 2015. Immutable, so that a batch that is undone leaves it as it was.
 *
 * @param <V> type of the values
 */
final class TwoStacks<V> {

    private final @Nullable Front<V> front;
    private final @Nullable Back<V> back;

    private TwoStacks(@Nullable Front<V> front, @Nullable Back<V> back) {
        this.front = front;
        this.back = back;
    }

    static <V> TwoStacks<V> empty() {
        return new TwoStacks<>(null, null);
    }

    /** The same with one more value, newer than all others. */
    TwoStacks<V> push(Instant time, V value, Function2<V, V, V> reduce) throws Exception {
        return new TwoStacks<>(front, back == null ? Back.of(time, value) : back.push(time, value, reduce));
    }

    /** The same without the values up to a time; itself if there is no such value, null if there is no other. */
    @Nullable
    TwoStacks<V> evict(Instant upTo, Function2<V, V, V> reduce) throws Exception {
        Front<V> rest = front == null ? null : front.evict(upTo);
        if (rest == null && back != null && !back.oldest.isAfter(upTo)) {
            return ofFront(Front.flipped(back, upTo, reduce));
        }
        if (rest == front) {
            return this;
        }
        return back == null ? ofFront(rest) : new TwoStacks<>(rest, back);
    }

    /** All values in one; there must be one. */
    V reduced(Function2<V, V, V> reduce) throws Exception {
        if (front == null || back == null) {
            return front == null ? requireBack().reduced : front.reduced();
        }
        return reduce.call(front.reduced(), back.reduced);
    }

    private Back<V> requireBack() {
        if (back == null) {
            throw new IllegalStateException("There is no value to reduce");
        }
        return back;
    }

    private static <V> @Nullable TwoStacks<V> ofFront(@Nullable Front<V> front) {
        return front == null ? null : new TwoStacks<>(front, null);
    }

    /** The stack with the oldest value on top. Nothing is put on it, so arrays do, which take a third of what cells would. */
    private static final class Front<V> {

        private final Instant[] times; // the oldest first
        private final Column<V> reductions; // of each value and all that are newer
        private final int top;

        private Front(Instant[] times, Column<V> reductions, int top) {
            this.times = times;
            this.reductions = reductions;
            this.top = top;
        }

        /** The values of a back that are later than a time; null if there is none. */
        static <V> @Nullable Front<V> flipped(Back<V> back, Instant upTo, Function2<V, V, V> reduce) throws Exception {
            Instant[] times = new Instant[back.size];
            Column<V> reductions = Column.suiting(back.reduced, back.size);
            int top = back.size;
            for (Cell<V> cell = back.top; cell != null && cell.time().isAfter(upTo); cell = cell.below()) {
                V reduced = top == back.size ? cell.value() : reduce.call(cell.value(), reductions.get(top));
                times[--top] = cell.time();
                reductions = reductions.set(top, reduced);
            }
            return new Front<>(times, reductions, back.size).from(top);
        }

        /** The rest without the values up to a time; null if there is none. */
        @Nullable
        Front<V> evict(Instant upTo) {
            int rest = top;
            while (rest < times.length && !times[rest].isAfter(upTo)) {
                rest++;
            }
            return from(rest);
        }

        private @Nullable Front<V> from(int index) {
            if (index == times.length) {
                return null;
            }
            return index == top ? this : new Front<>(times, reductions, index);
        }

        V reduced() {
            return reductions.get(top);
        }
    }

    /**
     * The stack with the newest value on top.
     *
     * @param reduced all its values in one
     * @param oldest the time of its first value
     */
    private record Back<V>(Cell<V> top, V reduced, Instant oldest, int size) {

        static <V> Back<V> of(Instant time, V value) {
            return new Back<>(Cell.of(time, value, null), value, time, 1);
        }

        Back<V> push(Instant time, V value, Function2<V, V, V> reduce) throws Exception {
            return new Back<>(Cell.of(time, value, top), reduce.call(reduced, value), oldest, size + 1);
        }
    }

    /**
     * A value on a back. There may be millions, all of which the garbage collector moves when they are new: a Long or Integer is
     * held as a number, not as a second object.
     */
    private sealed interface Cell<V> {

        Instant time();

        V value();

        @Nullable
        Cell<V> below();

        @SuppressWarnings("unchecked") // a Long or Integer, as the value
        static <V> Cell<V> of(Instant time, V value, @Nullable Cell<V> below) {
            if (value instanceof Long number) {
                return (Cell<V>) new LongCell(time, number, (Cell<Long>) below);
            }
            return value instanceof Integer number
                    ? (Cell<V>) new IntegerCell(time, number, (Cell<Integer>) below)
                    : new ObjectCell<>(time, value, below);
        }
    }

    private record ObjectCell<V>(
            Instant time, V value, @Nullable Cell<V> below) implements Cell<V> {}

    private record LongCell(
            Instant time, long number, @Nullable Cell<Long> below) implements Cell<Long> {

        @Override
        public Long value() {
            return number;
        }
    }

    private record IntegerCell(
            Instant time, int number, @Nullable Cell<Integer> below) implements Cell<Integer> {

        @Override
        public Integer value() {
            return number;
        }
    }
}
