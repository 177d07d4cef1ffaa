package io.dstream.input;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Records that all have the same number of bytes. */
final class FixedLengthFormat implements RangeFormat<byte[]> {

    private final int recordLength;

    /**
     * @param recordLength in bytes, at least 1
     * @throws IllegalArgumentException if it is below 1
     */
    FixedLengthFormat(int recordLength) {
        if (recordLength < 1) {
            throw new IllegalArgumentException("'recordLength' must be at least 1, but was " + recordLength);
        }
        this.recordLength = recordLength;
    }

    int recordLength() {
        return recordLength;
    }

    /** The first byte of a record. */
    @Override
    public long start(FileRange range) {
        return -Math.floorDiv(-range.from(), (long) recordLength) * recordLength; // rounded up
    }

    @Override
    public Iterator<byte[]> read(InputStream content, FileRange range, Runnable onDropped) {
        return new RecordIterator<>(new Records(content, start(range), range.until()));
    }

    /** The records one after the other. */
    private final class Records implements RecordIterator.Reader<byte[]> {

        private final InputStream content;
        private final long until;

        // Mutable state
        private long offset; // of the next record

        Records(InputStream content, long offset, long until) {
            this.content = content;
            this.offset = offset;
            this.until = until;
        }

        @Override
        public byte @Nullable [] read() throws IOException {
            byte[] record = offset < until ? content.readNBytes(recordLength) : new byte[0];
            if (record.length > 0 && record.length < recordLength) {
                throw new IOException("its length is no multiple of " + recordLength
                        + " bytes, the length of a record: " + record.length + " bytes are left over at its end");
            }
            offset += recordLength;
            return record.length == 0 ? null : record;
        }
    }
}
