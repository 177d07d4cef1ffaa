package io.dstream.rdd;

import io.dstream.function.StreamingException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/** The rows of several partitions, one after the other. */
@SuppressWarnings("serial") // a list of serializable partitions is serializable in practice
record ConcatenatedPartition<T>(List<InputPartition<T>> parts) implements InputPartition<T> {

    @Override
    public Iterator<T> open() {
        return new Rows<>(parts.iterator());
    }

    @Override
    public long size() {
        boolean known = parts.stream().allMatch(part -> part.size() >= 0);
        return known ? parts.stream().mapToLong(InputPartition::size).sum() : -1;
    }

    /** Opens a partition when it is its turn, and closes it when the next one is opened. */
    private static final class Rows<T> implements Iterator<T>, AutoCloseable {

        private final Iterator<InputPartition<T>> parts;

        // Mutable state
        private Iterator<T> current = List.<T>of().iterator();

        Rows(Iterator<InputPartition<T>> parts) {
            this.parts = parts;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && parts.hasNext()) {
                openNext();
            }
            return current.hasNext();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the partitions have no more rows");
            }
            return current.next();
        }

        @Override
        public void forEachRemaining(Consumer<? super T> action) {
            current.forEachRemaining(action);
            while (parts.hasNext()) {
                openNext();
                current.forEachRemaining(action);
            }
        }

        private void openNext() {
            close();
            try {
                current = parts.next().open();
            } catch (Exception failure) {
                throw StreamingException.unchecked(failure);
            }
        }

        @Override
        public void close() {
            if (current instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (Exception failure) {
                    throw StreamingException.unchecked(failure);
                }
            }
        }
    }
}
