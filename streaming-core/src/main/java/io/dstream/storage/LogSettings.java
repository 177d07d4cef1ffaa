package io.dstream.storage;

/**
 * How a batch log divides its bytes among files.
 *
 * @param segmentBytes length from which on a segment gets no more records
 * @param snapshotBytes length from which on segments are worth a snapshot, together; or that of the last snapshot if it is more
 * @param snapshotSegments number of segments that are worth one however short they are
 * @param retain for how many commits something is kept that the definition does not have any more
 */
record LogSettings(long segmentBytes, long snapshotBytes, int snapshotSegments, int retain) {

    private static final long MB = 1024 * 1024;

    static LogSettings retaining(int commits) {
        if (commits < 0) {
            throw new IllegalArgumentException("'retain' must not be negative, but was " + commits);
        }
        return new LogSettings(64 * MB, 64 * MB, 16, commits);
    }
}
