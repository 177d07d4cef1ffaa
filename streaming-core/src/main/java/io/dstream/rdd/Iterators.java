package io.dstream.rdd;

import io.dstream.function.Function2;
import io.dstream.function.StreamingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What is done with the rows of one partition. */
final class Iterators {

    private Iterators() {}

    static <T> List<T> listOf(Iterator<T> rows) {
        List<T> list = new ArrayList<>();
        rows.forEachRemaining(list::add);
        return list;
    }

    static <T> List<T> firstOf(Iterator<T> rows, int n) {
        List<T> list = new ArrayList<>();
        while (list.size() < n && rows.hasNext()) {
            list.add(rows.next());
        }
        return list;
    }

    static long countOf(Iterator<?> rows) {
        long[] count = new long[1];
        rows.forEachRemaining(row -> count[0]++);
        return count[0];
    }

    static <T> Stream<T> streamOf(Iterator<T> rows) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, 0), false);
    }

    /** All rows in one result, beginning with a given one. */
    static <T, U> U folded(U zero, Iterator<T> rows, Function2<U, T, U> add) {
        Fold<T, U> fold = new Fold<>(zero, add);
        rows.forEachRemaining(fold::add);
        return fold.result;
    }

    /** Each row with a number: the first, and from one row to the next a step more. */
    static <T> Iterator<Pair<T, Long>> numbered(Iterator<T> rows, long first, long step) {
        return new Iterator<>() {
            private long next = first;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Pair<T, Long> next() {
                Pair<T, Long> numbered = Pair.of(rows.next(), next);
                next += step;
                return numbered;
            }
        };
    }

    /** Each value with the same key; null for null, which is passed on to the engine, which tells the user. */
    @SuppressWarnings("NullAway") // as it says
    static <K, V> Iterator<Pair<K, V>> withKey(K key, @Nullable Iterator<V> values) {
        return values == null ? null : mapped(values, value -> Pair.of(key, value));
    }

    /** What a function makes of each row. */
    static <S, T> Iterator<T> mapped(Iterator<S> rows, Function<S, T> function) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public T next() {
                return function.apply(rows.next());
            }

            @Override
            public void forEachRemaining(Consumer<? super T> action) {
                rows.forEachRemaining(row -> action.accept(function.apply(row)));
            }
        };
    }

    /** Each left row with each right one; the right ones are held in memory. */
    static <A, B> Iterator<Pair<A, B>> product(Iterator<A> left, Iterator<B> right) {
        if (!left.hasNext()) {
            return Collections.emptyIterator();
        }
        List<B> held = listOf(right);
        return streamOf(left)
                .flatMap(a -> held.stream().map(b -> Pair.of(a, b)))
                .iterator();
    }

    /** The rows of both. */
    static <T> Iterator<T> concatenated(Iterator<T> first, Iterator<T> second) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return first.hasNext() || second.hasNext();
            }

            @Override
            public T next() {
                return first.hasNext() ? first.next() : second.next();
            }

            @Override
            public void forEachRemaining(Consumer<? super T> action) {
                first.forEachRemaining(action);
                second.forEachRemaining(action);
            }
        };
    }

    /** The rows of a partition in lists for so many others, dealt out from that of its own index on; no list is empty. */
    static <T> Iterator<Pair<Integer, List<T>>> dealt(Iterator<T> rows, int index, int partitions) {
        List<List<T>> hands = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            hands.add(new ArrayList<>());
        }
        int next = index;
        while (rows.hasNext()) {
            hands.get(Math.floorMod(next++, partitions)).add(rows.next());
        }
        return IntStream.range(0, partitions)
                .filter(hand -> !hands.get(hand).isEmpty())
                .mapToObj(hand -> Pair.of(hand, hands.get(hand)))
                .iterator();
    }

    /** A result that takes in one row after the other. */
    private static final class Fold<T, U> {

        private final Function2<U, T, U> add;

        // Mutable state
        private U result;

        Fold(U zero, Function2<U, T, U> add) {
            this.add = add;
            this.result = zero;
        }

        private void add(T row) {
            try {
                result = add.call(result, row);
            } catch (Exception failure) {
                throw StreamingException.unchecked(failure);
            }
        }
    }
}
