package io.dstream.local;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The rows of several partitions, one after the other: each is begun when it is its turn and closed when the next is.
 *
 * <p>Used by one thread, once.
 */
final class FlowChain<T> implements Iterator<T>, AutoCloseable {

    private final Iterator<Integer> partitions;
    private final IntFunction<Flow<T>> begin;

    // Mutable state
    private @Nullable Flow<T> current;

    FlowChain(Iterator<Integer> partitions, IntFunction<Flow<T>> begin) {
        this.partitions = partitions;
        this.begin = begin;
    }

    @Override
    public boolean hasNext() {
        while (current == null || !current.hasNext()) {
            if (!partitions.hasNext()) {
                return false;
            }
            beginNext();
        }
        return true;
    }

    @Override
    public T next() {
        Flow<T> flow = hasNext() ? current : null;
        if (flow == null) {
            throw new NoSuchElementException("the partitions have no more rows");
        }
        return flow.next();
    }

    private void beginNext() {
        close();
        current = begin.apply(partitions.next());
    }

    @Override
    public void close() {
        Flow<T> past = current;
        current = null;
        if (past != null) {
            past.close();
        }
    }
}
