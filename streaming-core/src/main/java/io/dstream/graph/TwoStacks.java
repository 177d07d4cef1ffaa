package io.dstream.graph;

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

    private final @Nullable Cell<V>
            front; // the oldest value on top; each cell has the reduction of itself and all below
    private final @Nullable Back<V> back; // the newest value on top

    private TwoStacks(@Nullable Cell<V> front, @Nullable Back<V> back) {
        this.front = front;
        this.back = back;
    }

    static <V> TwoStacks<V> empty() {
        return new TwoStacks<>(null, null);
    }

    /** The same with one more value, newer than all others. */
    TwoStacks<V> push(Instant time, V value, Function2<V, V, V> reduce) throws Exception {
        return back == null
                ? new TwoStacks<>(front, new Back<>(new Cell<>(time, value, null), value, time))
                : new TwoStacks<>(
                        front,
                        new Back<>(new Cell<>(time, value, back.top), reduce.call(back.reduced, value), back.oldest));
    }

    /** The same without the values up to a time; itself if there is no such value, null if there is no other. */
    @Nullable
    TwoStacks<V> evict(Instant upTo, Function2<V, V, V> reduce) throws Exception {
        Cell<V> rest = front;
        while (rest != null && !rest.time.isAfter(upTo)) {
            rest = rest.below;
        }
        if (rest == null && back != null && !back.oldest.isAfter(upTo)) {
            return ofFront(flipped(back.top, upTo, reduce));
        }
        if (rest == front) {
            return this;
        }
        return back == null ? ofFront(rest) : new TwoStacks<>(rest, back);
    }

    /** All values in one; there must be one. */
    V reduced(Function2<V, V, V> reduce) throws Exception {
        if (front == null || back == null) {
            return front == null ? requireBack().reduced : front.value;
        }
        return reduce.call(front.value, back.reduced);
    }

    private Back<V> requireBack() {
        if (back == null) {
            throw new IllegalStateException("There is no value to reduce");
        }
        return back;
    }

    private static <V> @Nullable TwoStacks<V> ofFront(@Nullable Cell<V> front) {
        return front == null ? null : new TwoStacks<>(front, null);
    }

    /** The values of a back that are later than a time, as a front. */
    private static <V> @Nullable Cell<V> flipped(Cell<V> top, Instant upTo, Function2<V, V, V> reduce)
            throws Exception {
        Cell<V> front = null;
        for (Cell<V> cell = top; cell != null && cell.time.isAfter(upTo); cell = cell.below) {
            V value = front == null ? cell.value : reduce.call(cell.value, front.value);
            front = new Cell<>(cell.time, value, front);
        }
        return front;
    }

    /** A value on a stack. */
    private static final class Cell<V> {

        private final Instant time;
        private final V value;
        private final @Nullable Cell<V> below;

        Cell(Instant time, V value, @Nullable Cell<V> below) {
            this.time = time;
            this.value = value;
            this.below = below;
        }
    }

    /** The stack of what came last. */
    private static final class Back<V> {

        private final Cell<V> top;
        private final V reduced;
        private final Instant oldest;

        Back(Cell<V> top, V reduced, Instant oldest) {
            this.top = top;
            this.reduced = reduced;
            this.oldest = oldest;
        }
    }
}
