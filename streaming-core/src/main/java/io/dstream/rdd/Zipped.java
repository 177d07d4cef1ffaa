package io.dstream.rdd;

import io.dstream.function.StreamingException;
import java.util.Iterator;

/** The rows of two partitions side by side; fails at the end if one has more than the other. */
final class Zipped<T, U> implements Iterator<Pair<T, U>> {

    private final Iterator<T> left;
    private final Iterator<U> right;

    // Mutable state
    private long count;

    Zipped(Iterator<T> left, Iterator<U> right) {
        this.left = left;
        this.right = right;
    }

    @Override
    public boolean hasNext() {
        if (left.hasNext() != right.hasNext()) {
            throw new StreamingException(
                    "zip() needs partitions with as many rows as those of the other RDD, but one has "
                            + (count + Iterators.countOf(left)) + " and the other "
                            + (count + Iterators.countOf(right)));
        }
        return left.hasNext();
    }

    @Override
    public Pair<T, U> next() {
        Pair<T, U> pair = Pair.of(left.next(), right.next());
        count++;
        return pair;
    }
}
