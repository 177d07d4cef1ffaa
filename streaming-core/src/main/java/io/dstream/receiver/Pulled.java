package io.dstream.receiver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Records that a reader gives one after the other, as an iterator. Used by one thread. */
final class Pulled<T> implements Iterator<T> {

    private final Reader<T> reader;

    // Mutable state
    private @Nullable T next;
    private boolean ended;

    /** Gives the next record; null after the last. */
    @FunctionalInterface
    interface Reader<T> {
        @Nullable
        T next() throws IOException;
    }

    Pulled(Reader<T> reader) {
        this.reader = reader;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            next = pull();
            ended = next == null;
        }
        return next != null;
    }

    @Override
    public T next() {
        T record = hasNext() ? next : null;
        if (record == null) {
            throw new NoSuchElementException("The reader has no more records");
        }
        next = null;
        return record;
    }

    private @Nullable T pull() {
        try {
            return reader.next();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
