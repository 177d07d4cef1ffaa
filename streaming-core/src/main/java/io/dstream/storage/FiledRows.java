package io.dstream.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;

/** Rows in a file. */
final class FiledRows<T> implements StoredRows<T> {

    private final Path file;
    private final int size;
    private final long bytes;
    private final BlockStore store;
    private final AtomicBoolean released = new AtomicBoolean();

    FiledRows(Path file, int size, long bytes, BlockStore store) {
        this.file = file;
        this.size = size;
        this.bytes = bytes;
        this.store = store;
        store.addKept(1);
        store.addDisk(bytes);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Iterator<T> open(int from, int until) throws IOException {
        if (released.get()) {
            throw new IllegalStateException("Rows are asked for that are kept no more; their file is deleted");
        }
        ObjectFileReader<T> reader = new ObjectFileReader<>(file, store.codec());
        try {
            reader.skip(from);
        } catch (RuntimeException | Error failure) {
            reader.close();
            throw failure;
        }
        return new SlicedRows<>(reader, until - from);
    }

    @Override
    public void release() {
        if (released.compareAndSet(false, true)) {
            store.addKept(-1);
            FileWriter.delete(file);
            store.addDisk(-bytes);
        }
    }
}
