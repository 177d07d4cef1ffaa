package io.dstream.storage;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Rows in memory, by reference. */
final class ListedRows<T> implements StoredRows<T> {

    private final List<T> rows;
    private final long bytes;
    private final BlockStore store;
    private final AtomicBoolean released = new AtomicBoolean();

    ListedRows(List<T> rows, long bytes, BlockStore store) {
        this.rows = rows;
        this.bytes = bytes;
        this.store = store;
        store.addKept(1);
        store.addMemory(bytes, rows.size());
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public Iterator<T> open(int from, int until) {
        return (from == 0 && until == rows.size() ? rows : rows.subList(from, until)).iterator();
    }

    @Override
    public void release() {
        if (released.compareAndSet(false, true)) {
            store.addKept(-1);
            store.addMemory(-bytes, -rows.size());
        }
    }
}
