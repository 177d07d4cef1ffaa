package io.dstream.storage;

import io.dstream.function.StreamingException;
import io.dstream.rdd.InputPartition;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Rows that are held as bytes, and are made of them whenever they are opened, a chunk at a time. */
final class LoggedRows<T> implements InputPartition<T> {

    private static final long serialVersionUID = 1L;

    private final transient String node;
    private final transient List<Chunk> chunks;
    private final transient Codec<Object> codec;

    LoggedRows(String node, List<Chunk> chunks, Codec<Object> codec) {
        this.node = node;
        this.chunks = List.copyOf(chunks);
        this.codec = codec;
    }

    @Override
    public Iterator<T> open() {
        return new Rows();
    }

    @Override
    public long size() {
        return chunks.stream().mapToLong(Chunk::rows).sum();
    }

    @SuppressWarnings("unchecked") // what was logged for the node; whoever asks knows its type
    private Iterator<T> decode(Chunk chunk) {
        try {
            return ((List<T>) codec.decode(chunk.bytes())).iterator();
        } catch (StreamingException failure) {
            throw new StreamingException(
                    "The rows of '" + node + "' at " + chunk.place() + " cannot be read: " + failure.getMessage(),
                    failure);
        }
    }

    /**
     * Some rows.
     *
     * @param rows how many
     * @param place where they were, for errors
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Chunk(byte[] bytes, int rows, String place) {}

    /** Used by one thread. */
    private final class Rows implements Iterator<T> {

        // Mutable state
        private int next; // chunk
        private Iterator<T> current = Collections.emptyIterator();

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && next < chunks.size()) {
                current = decode(chunks.get(next));
                next++;
            }
            return current.hasNext();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("There are no more rows of '" + node + "'");
            }
            return current.next();
        }
    }
}
