package io.dstream.storage;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Some of the rows of an iterator, which is closed with it if that can be. Used by one thread. */
final class SlicedRows<T> implements Iterator<T>, Closeable {

    private final Iterator<T> rows;

    // Mutable state
    private int left;

    /**
     * @param from how many rows are passed over
     * @param until the row after the last
     */
    SlicedRows(Iterator<T> rows, int from, int until) {
        this.rows = rows;
        this.left = until - from;
        for (int i = 0; i < from && left > 0; i++) {
            rows.next();
        }
    }

    @Override
    public boolean hasNext() {
        return left > 0 && rows.hasNext();
    }

    @Override
    public T next() {
        if (left <= 0) {
            throw new NoSuchElementException("The slice has no more rows");
        }
        left--;
        return rows.next();
    }

    @Override
    public void close() throws IOException {
        if (rows instanceof Closeable closeable) {
            closeable.close();
        }
    }
}
