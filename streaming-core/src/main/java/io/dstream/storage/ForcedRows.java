package io.dstream.storage;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Rows in memory that were to be elsewhere. */
final class ForcedRows<T> implements StoredRows<T> {

    private final ListedRows<T> rows;
    private final BlockStore store;
    private final AtomicBoolean released = new AtomicBoolean();

    ForcedRows(List<T> rows, long bytes, BlockStore store) {
        this.rows = new ListedRows<>(rows, bytes, store);
        this.store = store;
        store.addForced(1);
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public Iterator<T> open(int from, int until) {
        return rows.open(from, until);
    }

    @Override
    public void release() {
        if (released.compareAndSet(false, true)) {
            store.addForced(-1);
            rows.release();
        }
    }
}
