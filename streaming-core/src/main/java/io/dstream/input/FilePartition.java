package io.dstream.input;

import io.dstream.rdd.InputPartition;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The records of a file, or of a range of it. They are read one by one, each time anew.
 *
 * @param path of the file
 * @param selected the version that is to be read; null if any is
 * @param range what is read of it
 * @param format how records are found
 * @param skipsUnreadable whether what cannot be read is left out, in place of a failure
 * @param tally gets what is known once it was read
 */
record FilePartition<T>(
        String path,
        @Nullable FileVersion selected,
        FileRange range,
        FileFormat<T> format,
        boolean skipsUnreadable,
        ReadTally tally)
        implements InputPartition<T> {

    private static final String GZIP = ".gz";

    /**
     * A file in as many partitions as it has ranges.
     *
     * @param version what is known of it
     * @param isFinal whether no other version may be read
     */
    static <T> List<FilePartition<T>> of(
            FileVersion version, FileFormat<T> format, boolean isFinal, boolean skipsUnreadable) {
        List<FileRange> ranges = format instanceof RangeFormat && !isCompressed(version.path())
                ? FileRange.of(version.size())
                : List.of(FileRange.WHOLE);
        return ranges.stream()
                .map(range -> new FilePartition<>(
                        version.path(), isFinal ? version : null, range, format, skipsUnreadable, new ReadTally()))
                .toList();
    }

    static boolean isCompressed(String path) {
        return path.toLowerCase(Locale.ROOT).endsWith(GZIP);
    }

    @Override
    public Iterator<T> open() {
        return FileRecords.open(this);
    }

    /** The bytes that its records are found in. */
    InputStream openContent() throws IOException {
        InputStream file = new FileInputStream(path); // which an interrupt does not close, as it would a channel
        try {
            if (format instanceof RangeFormat<T> ranges) {
                file.skipNBytes(ranges.start(range));
            }
            return new BufferedInputStream(isCompressed(path) ? GzipStream.of(file) : file);
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    Iterator<T> read(InputStream content, Runnable onDropped) throws IOException {
        return format instanceof RangeFormat<T> ranges
                ? ranges.read(content, range, onDropped)
                : format.read(content, Path.of(path));
    }

    /** Makes sure that the file is still as it was selected. */
    void requireUnchanged() throws IOException {
        if (selected == null) {
            return;
        }
        FileVersion current = FileVersion.of(Path.of(path));
        if (current == null) {
            throw new IOException("it is gone since it was selected for the batch");
        }
        if (!current.equals(selected)) {
            throw new IOException("it was changed since it was selected for the batch, from " + selected.size()
                    + " bytes of " + selected.modified() + " to " + current.size() + " bytes of " + current.modified());
        }
    }
}
