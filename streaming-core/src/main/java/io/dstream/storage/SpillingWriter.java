package io.dstream.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Keeps rows by reference as long as there is memory for them, and all of them in a file from then on. */
final class SpillingWriter<T> implements RowsWriter<T> {

    private final BlockStore store;

    // Mutable state
    private ListWriter<T> list;
    private @Nullable Class<?> encodable; // that of the last row
    private @Nullable FileWriter<T> file; // once there was no memory

    SpillingWriter(BlockStore store) {
        this.store = store;
        this.list = new ListWriter<>(store, true);
    }

    @Override
    public void add(T row) throws IOException {
        if (file != null) {
            file.add(row);
            return;
        }
        requireEncodable(row);
        list.add(row);
        if (!store.hasMemory(list.bytes(), list.rows().size())) {
            spill();
        }
    }

    @Override
    public StoredRows<T> finish() throws IOException {
        return file == null ? list.finish() : file.finish();
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }

    /** At once, and not in the batch that finds no memory. */
    private void requireEncodable(@Nullable T row) {
        if (row != null && row.getClass() != encodable) {
            store.requireEncodable(row);
            encodable = row.getClass();
        }
    }

    private void spill() throws IOException {
        FileWriter<T> made = new FileWriter<>(store);
        file = made;
        for (T row : list.rows()) {
            made.add(row);
        }
        list = new ListWriter<>(store, true);
    }
}
