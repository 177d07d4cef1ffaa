package io.dstream.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;

/**
 * How records are found in a file.
 *
 * <p>Used by several threads at once, each with another file.
 *
 * @param <T> type of the records
 */
@FunctionalInterface
public interface FileFormat<T> extends Serializable {

    /**
     * Begins to read a file. Called by the thread that runs the task, once for each action that reads the file; before that
     * also by the pipeline's ticker thread, with no more than the first 64 KB of a file, to learn how long records are.
     *
     * @param content the bytes of the file, decompressed if its name ends with {@code .gz}; closed by the caller
     * @param file the file, for messages, and for a format that has to read at several places
     * @return the records, to be read one by one as they are asked for, so that a large file is never in memory as a whole;
     *     closed after use if it is {@link AutoCloseable}
     * @throws IOException if the file cannot be read or is not of this format; the iterator throws an
     *     {@link UncheckedIOException} then. Anything else it throws is a failure of the format, and always fails the batch
     */
    Iterator<T> read(InputStream content, Path file) throws IOException;
}
