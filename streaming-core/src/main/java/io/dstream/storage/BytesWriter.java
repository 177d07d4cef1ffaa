package io.dstream.storage;

import java.util.ArrayList;
import java.util.List;

/** Keeps rows as bytes, in chunks as they are in an {@link ObjectFile}. */
final class BytesWriter<T> implements RowsWriter<T> {

    private final BlockStore store;

    // Mutable state
    private final List<T> chunk = new ArrayList<>(ObjectFile.CHUNK_ROWS);
    private final List<byte[]> chunks = new ArrayList<>();
    private int rows;

    BytesWriter(BlockStore store) {
        this.store = store;
    }

    @Override
    public void add(T row) {
        chunk.add(row);
        rows++;
        if (chunk.size() == ObjectFile.CHUNK_ROWS) {
            encode();
        }
    }

    @Override
    public StoredRows<T> finish() {
        if (!chunk.isEmpty()) {
            encode();
        }
        return new EncodedRows<>(chunks, rows, store);
    }

    @Override
    public void close() {}

    private void encode() {
        chunks.add(store.codec().encode(chunk));
        chunk.clear();
    }
}
