package io.dstream.storage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps rows by reference; how large they are is estimated if somebody wants to know. */
final class ListWriter<T> implements RowsWriter<T> {

    private final BlockStore store;
    private final @Nullable RowSizes sizes;

    // Mutable state
    private final List<T> rows = new ArrayList<>();
    private long bytes;

    ListWriter(BlockStore store, boolean isMeasured) {
        this.store = store;
        this.sizes = isMeasured ? new RowSizes() : null;
    }

    @Override
    public void add(T row) {
        rows.add(row);
        if (sizes != null) {
            bytes += sizes.of(row);
        }
    }

    List<T> rows() {
        return rows;
    }

    long bytes() {
        return bytes;
    }

    @Override
    public StoredRows<T> finish() {
        return new ListedRows<>(rows, bytes, store);
    }

    @Override
    public void close() {}
}
