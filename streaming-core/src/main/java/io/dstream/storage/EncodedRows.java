package io.dstream.storage;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Rows in memory, as bytes. */
final class EncodedRows<T> implements StoredRows<T> {

    private final List<byte[]> chunks;
    private final int size;
    private final BlockStore store;
    private final long bytes;
    private final AtomicBoolean released = new AtomicBoolean();

    EncodedRows(List<byte[]> chunks, int size, BlockStore store) {
        this.chunks = chunks;
        this.size = size;
        this.store = store;
        this.bytes = chunks.stream().mapToLong(chunk -> chunk.length).sum();
        store.addKept(1);
        store.addMemory(bytes, 0);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Iterator<T> open(int from, int until) {
        ChunkRows rows = new ChunkRows(from / ObjectFile.CHUNK_ROWS);
        for (int i = from % ObjectFile.CHUNK_ROWS; i > 0; i--) {
            rows.next();
        }
        return new SlicedRows<>(rows, until - from);
    }

    @Override
    public void release() {
        if (released.compareAndSet(false, true)) {
            store.addKept(-1);
            store.addMemory(-bytes, 0);
        }
    }

    /** Rows from a chunk on, a chunk of them as objects at a time. Used by one thread. */
    private final class ChunkRows implements Iterator<T> {

        // Mutable state
        private int next; // chunk
        private Iterator<T> rows = Collections.emptyIterator();

        ChunkRows(int first) {
            this.next = first;
        }

        @Override
        @SuppressWarnings("unchecked") // what was encoded is a list of rows
        public boolean hasNext() {
            while (!rows.hasNext() && next < chunks.size()) {
                rows = ((List<T>) store.codec().decode(chunks.get(next))).iterator();
                next++;
            }
            return rows.hasNext();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("There are no more rows than " + size);
            }
            return rows.next();
        }
    }
}
