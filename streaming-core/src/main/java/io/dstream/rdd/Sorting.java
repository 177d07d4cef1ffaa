package io.dstream.rdd;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows in order. */
final class Sorting {

    private Sorting() {}

    /** The pairs in the order of their keys over the partitions; those of equal keys as they were. */
    static <K, V> PairRDD<K, V> byKey(PairRDD<K, V> pairs, Comparator<? super K> order, int partitions) {
        RDD.requirePartitions(partitions);
        KeyRanges<K> ranges = KeyRanges.of(pairs.keys(), order, partitions);
        return PairRDD.fromRDD(pairs.<Integer, Pair<K, V>>mapToPair(pair -> Pair.of(ranges.rangeOf(pair.key()), pair))
                .partitionBy(ranges.count())
                .values()
                .mapRows((index, range) -> sorted(range, order)));
    }

    static <K, V> Iterator<Pair<K, V>> sorted(Iterator<Pair<K, V>> pairs, Comparator<? super K> order) {
        List<Pair<K, V>> sorted = Iterators.listOf(pairs);
        sorted.sort((first, second) -> order.compare(first.key(), second.key()));
        return sorted.iterator();
    }

    /** The least rows, least first; of equal ones the first. Holds at most twice as many as asked for. */
    static <T> List<T> least(int n, Iterator<T> rows, Comparator<? super T> order) {
        List<T> kept = new ArrayList<>();
        rows.forEachRemaining(row -> {
            kept.add(row);
            if (kept.size() >= 2L * n) {
                keepLeast(n, kept, order);
            }
        });
        keepLeast(n, kept, order);
        return kept;
    }

    private static <T> void keepLeast(int n, List<T> rows, Comparator<? super T> order) {
        rows.sort(order);
        if (rows.size() > n) {
            rows.subList(n, rows.size()).clear();
        }
    }

    /** The order of rows that are Comparable; others, and null, are refused when they are compared. */
    static <T> Comparator<T> naturalOrder() {
        return (first, second) -> {
            try {
                return comparable(first).compareTo(second);
            } catch (ClassCastException | NullPointerException failure) { // to ask before costs more than to compare
                requireComparable(first);
                requireComparable(second);
                throw failure;
            }
        };
    }

    @SuppressWarnings("unchecked") // told by the ClassCastException
    private static <T> Comparable<T> comparable(T row) {
        return (Comparable<T>) row;
    }

    private static void requireComparable(@Nullable Object row) {
        if (!(row instanceof Comparable)) {
            throw new IllegalArgumentException(
                    "Only rows that are Comparable can be put in order without a Comparator, but there was "
                            + (row == null
                                    ? "null"
                                    : "one of class " + row.getClass().getTypeName()));
        }
    }
}
