package io.dstream.local;

import io.dstream.rdd.Pair;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The keys of a table with their values, which must not change meanwhile. */
final class PairIterator<K, V> implements Iterator<Pair<K, V>> {

    private final KeyedTable<K, V> table;

    // Mutable state
    private int next;

    PairIterator(KeyedTable<K, V> table) {
        this.table = table;
        this.next = table.first();
    }

    @Override
    public boolean hasNext() {
        return next >= 0;
    }

    @Override
    public Pair<K, V> next() {
        if (next < 0) {
            throw new NoSuchElementException("the partition has no more pairs");
        }
        Pair<K, V> pair = Pair.of(table.key(next), table.value(next));
        next = table.next(next);
        return pair;
    }
}
