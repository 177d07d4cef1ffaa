package io.dstream.scheduler;

import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RunScope;
import java.lang.invoke.VarHandle;
import java.util.Iterator;

/**
 * Rows that may change once a scope is closed, which another thread may do at any time: whoever goes on to read them fails,
 * and never gets a row that has changed.
 */
final class OpenRows<T> implements Iterator<T> {

    private final Iterator<T> rows;
    private final RunScope scope;
    private final String stream;

    /**
     * @param stream the name of the rows, for errors
     */
    OpenRows(Iterator<T> rows, RunScope scope, String stream) {
        this.rows = rows;
        this.scope = scope;
        this.stream = stream;
        requireUnchanged();
    }

    @Override
    public boolean hasNext() {
        return rows.hasNext();
    }

    @Override
    public T next() {
        try {
            return rows.next();
        } finally {
            requireUnchanged();
        }
    }

    /** A partition of such rows. */
    @SuppressWarnings("serial") // a process reads what it has itself
    record Partition<T>(InputPartition<T> rows, RunScope scope, String stream) implements InputPartition<T> {

        @Override
        public Iterator<T> open() throws Exception {
            return new OpenRows<>(rows.open(), scope, stream);
        }

        @Override
        public long size() {
            return rows.size();
        }
    }

    private void requireUnchanged() {
        VarHandle.loadLoadFence(); // what was read before must not be read after this
        scope.requireOpen(stream);
    }
}
