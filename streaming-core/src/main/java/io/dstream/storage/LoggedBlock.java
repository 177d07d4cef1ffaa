package io.dstream.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;

/**
 * A block that an earlier run has written to a write-ahead log.
 *
 * <p>Thread-safe.
 */
public final class LoggedBlock {

    private final Disk disk;
    private final String input;
    private final long number;
    private final int records;

    // Mutable state
    private boolean last; // of those written together; known when the log is opened
    private volatile RecordPlace place; // changes when the log goes on, under the lock of the log

    LoggedBlock(Disk disk, String input, long number, int records, RecordPlace place) {
        this.disk = disk;
        this.input = input;
        this.number = number;
        this.records = records;
        this.place = place;
    }

    /** The id of the input whose block it is. */
    public String input() {
        return input;
    }

    /** Its number, as it was written. */
    public long number() {
        return number;
    }

    /** How many records it has, as it was written. */
    public int records() {
        return records;
    }

    /** Whether the next block, by number, was not written together with it. */
    public boolean isLast() {
        return last;
    }

    /**
     * Reads the block, which must not be released.
     *
     * @return the bytes that were written
     * @throws IOException if it cannot be read
     * @throws DamagedFileException if it is not as it was written any more
     */
    public byte[] read() throws IOException {
        RecordPlace known = place;
        try (RecordSource source = new RecordSource(disk)) {
            return WriteAheadLog.content(source.read(known));
        } catch (NoSuchFileException gone) {
            if (known.equals(place)) {
                throw gone;
            }
            return read(); // it was moved meanwhile
        }
    }

    void markLast() {
        last = true;
    }

    RecordPlace place() {
        return place;
    }

    void move(RecordPlace to) {
        place = to;
    }
}
