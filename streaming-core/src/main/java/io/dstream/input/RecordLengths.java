package io.dstream.input;

import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Iterator;

/**
 * How many records there are in so many bytes, as files of one kind have shown so far; the last million of records weighs most.
 *
 * <p>Thread-safe.
 */
final class RecordLengths {

    private static final double WEIGHTY = 1_000_000;
    private static final int SAMPLE = 65_536; // bytes, and records at most

    // Mutable state, guarded by this
    private double bytes;
    private double records;

    /** Adds what a file has shown. */
    synchronized void add(long newBytes, long newRecords) {
        if (records > WEIGHTY) {
            bytes /= 2;
            records /= 2;
        }
        bytes += newBytes;
        records += newRecords;
    }

    /** Whether anything is known. */
    synchronized boolean isKnown() {
        return bytes > 0;
    }

    /** About how many records a file of a size has; at least one unless it is empty. */
    synchronized long recordsIn(long size) {
        return isKnown() ? Math.max(Math.min(size, 1), Math.round(size * (records / bytes))) : Math.min(size, 1);
    }

    /** Adds what the beginning of a file shows. Whatever is wrong with it is found by the batch that reads it. */
    void sample(FileVersion file, FileFormat<?> format) {
        try (InputStream content = new FileInputStream(file.path())) {
            ByteArrayInputStream beginning = new ByteArrayInputStream(content.readNBytes(SAMPLE));
            int length = beginning.available();
            long found = count(file.path(), format, beginning);
            int read = length - beginning.available();
            add(read == 0 ? file.size() : read, Math.max(found, 1)); // a format may open the file itself
        } catch (IOException unreadable) {
            add(SAMPLE, 1);
        }
    }

    /** The end of the sample may be an error to the format. */
    private static long count(String path, FileFormat<?> format, InputStream beginning) {
        long count = 0;
        try {
            Iterator<?> records =
                    format.read(FilePartition.isCompressed(path) ? GzipStream.of(beginning) : beginning, Path.of(path));
            while (count < SAMPLE && records.hasNext()) {
                records.next();
                count++;
            }
            return count;
        } catch (IOException | RuntimeException cutOff) {
            return count;
        }
    }
}
