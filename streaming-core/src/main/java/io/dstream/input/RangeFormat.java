package io.dstream.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Iterator;

/**
 * A format that finds the records of any range of a file's bytes, so that several tasks can share a large file. A record is of
 * the range in which it begins.
 */
interface RangeFormat<T> extends FileFormat<T> {

    /** Which byte has to be read first to find the records of a range. */
    long start(FileRange range);

    /**
     * Begins to read a range.
     *
     * @param content the bytes from {@link #start} on; closed by the caller
     * @param onDropped called for every record that is left out because it is too long
     */
    Iterator<T> read(InputStream content, FileRange range, Runnable onDropped) throws IOException;

    @Override
    default Iterator<T> read(InputStream content, Path file) throws IOException {
        return read(content, FileRange.WHOLE, () -> {});
    }
}
