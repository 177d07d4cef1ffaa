package io.dstream.storage;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The next rows of an iterator, which is closed with it if that can be. Used by one thread. */
final class SlicedRows<T> implements Iterator<T>, Closeable {

    private final Iterator<T> rows;

    // Mutable state
    private int left;

    /** The next rows, as many as are told. */
    SlicedRows(Iterator<T> rows, int count) {
        this.rows = rows;
        this.left = count;
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
