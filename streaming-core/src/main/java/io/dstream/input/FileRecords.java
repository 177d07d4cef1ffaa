package io.dstream.input;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One reading of a {@link FilePartition}. Used by one thread. */
final class FileRecords<T> implements Iterator<T>, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FileRecords.class);

    private final FilePartition<T> partition;

    // Mutable state
    private @Nullable InputStream content; // null: not open any more
    private Iterator<T> records = Collections.emptyIterator();
    private @Nullable T next;
    private boolean hasNext;
    private long read;
    private long dropped;

    private FileRecords(FilePartition<T> partition) {
        this.partition = partition;
    }

    /**
     * Begins to read.
     *
     * @throws StreamingException if the file cannot be read
     */
    static <T> FileRecords<T> open(FilePartition<T> partition) {
        FileRecords<T> records = new FileRecords<>(partition);
        try {
            records.attempt(records::begin);
            return records;
        } catch (Throwable failure) {
            records.close();
            throw failure;
        }
    }

    @Override
    public boolean hasNext() {
        if (!hasNext && content != null) {
            attempt(this::advance);
        }
        return hasNext;
    }

    @Override
    @SuppressWarnings("NullAway") // a format may have null among its records
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The file '" + partition.path() + "' has no more records");
        }
        T given = next;
        hasNext = false;
        next = null;
        return given;
    }

    private void begin() throws IOException {
        partition.requireUnchanged();
        content = partition.openContent();
        records = partition.read(content, this::drop);
    }

    private void advance() throws IOException {
        if (records.hasNext()) {
            next = records.next();
            hasNext = true;
            read++;
        } else {
            partition.requireUnchanged();
            end(false);
        }
    }

    private void drop() {
        dropped++;
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (UncheckedIOException failure) {
            unreadable(Objects.requireNonNull(failure.getCause()));
        } catch (IOException failure) {
            unreadable(failure);
        }
    }

    private void unreadable(IOException failure) {
        if (!partition.skipsUnreadable()) {
            throw new StreamingException(
                    "Cannot read the file '" + partition.path() + "': " + reason(failure), failure);
        }
        log.warn("The file '{}' is left out from its record {} on: {}", partition.path(), read + 1, reason(failure));
        end(true);
    }

    private static String reason(IOException failure) {
        return failure.getClass() == IOException.class ? String.valueOf(failure.getMessage()) : failure.toString();
    }

    private void end(boolean isSkipped) {
        close();
        if (partition.tally().note(read, dropped, isSkipped) && dropped > 0) {
            log.warn(
                    "The file '{}' has {} lines that were dropped because they are longer than"
                            + " streaming.receiver.max-line-length allows",
                    partition.path(),
                    dropped);
        }
    }

    @Override
    public void close() {
        InputStream open = content;
        content = null;
        if (open != null) {
            close(records instanceof AutoCloseable closeable ? closeable : () -> {});
            close(open);
        }
    }

    /** What was read is not wrong because of that. */
    private void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception failure) {
            log.warn("The file '{}' cannot be closed: {}", partition.path(), failure.toString());
        }
    }

    /** A step that may find the file unreadable. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
