package io.dstream.input;

import java.io.Serializable;
import java.util.OptionalLong;

/**
 * What reading a part of a file has shown, the last time it was read to its end; a copy that was sent elsewhere shows it to
 * nobody.
 *
 * <p>Thread-safe.
 */
final class ReadTally implements Serializable {

    private static final long UNKNOWN = -1;

    // Mutable state, guarded by this
    private long records = UNKNOWN;
    private long dropped;
    private boolean skipped;

    /**
     * Notes what a reading has shown.
     *
     * @param readRecords how many records there are
     * @param droppedRecords how many more were left out because they are too long
     * @param isSkipped whether there may be more that could not be read
     * @return whether this is the first reading
     */
    synchronized boolean note(long readRecords, long droppedRecords, boolean isSkipped) {
        boolean first = records == UNKNOWN;
        records = readRecords;
        dropped = droppedRecords;
        skipped = isSkipped;
        return first;
    }

    /** How many records there are; empty if it was not read to its end. */
    synchronized OptionalLong records() {
        return records == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(records);
    }

    synchronized long dropped() {
        return dropped;
    }

    synchronized boolean isSkipped() {
        return skipped;
    }
}
