package io.dstream.input;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Records that are read one by one until there is none. Used by one thread. */
public final class RecordIterator<T> implements Iterator<T> {

    private final Reader<T> reader;

    // Mutable state
    private @Nullable T next; // read, and not yet given
    private boolean ended;

    public RecordIterator(Reader<T> reader) {
        this.reader = reader;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            next = read();
            ended = next == null;
        }
        return next != null;
    }

    @Override
    public T next() {
        T given = hasNext() ? next : null;
        if (given == null) {
            throw new NoSuchElementException("There are no more records");
        }
        next = null;
        return given;
    }

    private @Nullable T read() {
        try {
            return reader.read();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Reads the next record. */
    @FunctionalInterface
    public interface Reader<T> {

        /** The record; null at the end. */
        @Nullable
        T read() throws IOException;
    }
}
