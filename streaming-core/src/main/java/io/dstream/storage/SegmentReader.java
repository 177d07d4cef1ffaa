package io.dstream.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the records of a segment, a part of the file at a time. Used by one thread. */
final class SegmentReader implements Closeable {

    private static final int BUFFER = 128 * 1024; // bytes; it grows for a record that is longer

    private final Disk.Input in;
    private final String file;
    private final String path;
    private final long segment;
    private final long size;

    // Mutable state
    private byte[] buffer = new byte[0];
    private long bufferStart; // offset of its first byte in the file
    private int buffered; // bytes in it
    private long offset; // of the next record
    private String problem = "";

    /**
     * Opens a segment.
     *
     * @param file the name of the file
     * @param segment the number of the segment
     */
    SegmentReader(Disk disk, String file, long segment) throws IOException {
        this.in = disk.open(file);
        this.file = file;
        this.path = disk.locate(file);
        this.segment = segment;
        this.size = in.size();
    }

    /** Its header, after which the first record is next; null if there is no whole one. */
    @Nullable
    SegmentHeader header() throws IOException {
        SegmentHeader header = SegmentHeader.read(in, path);
        if (header != null) {
            offset = header.length();
        }
        return header;
    }

    /** In bytes. */
    long size() {
        return size;
    }

    /** The offset of the record that is read next. */
    long offset() {
        return offset;
    }

    /** Makes another record the next one. */
    void seek(long newOffset) {
        offset = newOffset;
    }

    /** The path of the file, for people. */
    String path() {
        return path;
    }

    /** Why there was no record at {@link #offset}, when {@link #next} has returned none. */
    String problem() {
        return problem;
    }

    /**
     * The next record, whole.
     *
     * @param end the offset up to which records count
     * @return null if there is none
     */
    @Nullable
    StoredRecord next(long end) throws IOException {
        RecordHead head = head(Math.min(end, size));
        if (head == null) {
            return null;
        }
        load(offset, RecordHead.LENGTH + head.length());
        ByteBuffer payload = ByteBuffer.wrap(buffer, at(offset) + RecordHead.LENGTH, head.length())
                .slice();
        if (RecordHead.checksum(List.of(payload)) != head.payloadChecksum()) {
            problem = "the content of the record has another checksum";
            return null;
        }
        RecordPlace place = new RecordPlace(file, segment, offset);
        offset += RecordHead.LENGTH + head.length();
        return new StoredRecord(place, head.type(), head.isLast(), head.durable(), payload);
    }

    private @Nullable RecordHead head(long end) throws IOException {
        if (end - offset < RecordHead.LENGTH) {
            problem = "there are " + (end - offset) + " bytes left, which is no record";
            return null;
        }
        load(offset, RecordHead.LENGTH);
        RecordHead head = RecordHead.at(buffer, at(offset), segment, offset);
        if (head == null) {
            problem = "there should be a record";
        } else if (head.length() > end - offset - RecordHead.LENGTH) {
            problem = "there should be a record of " + head.length() + " bytes";
            return null;
        }
        return head;
    }

    /** Whether a later record tells that the segment was once safe beyond an offset. */
    boolean wasForcedBeyond(long questionable) throws IOException {
        for (long candidate = questionable + 1; candidate <= size - RecordHead.LENGTH; candidate++) {
            load(candidate, RecordHead.LENGTH);
            RecordHead head = RecordHead.at(buffer, at(candidate), segment, candidate);
            if (head != null && head.durable() > questionable) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private int at(long position) {
        return Math.toIntExact(position - bufferStart);
    }

    /** Makes sure that bytes, which the file has, are in the buffer. */
    private void load(long from, int length) throws IOException {
        if (from >= bufferStart && from + length <= bufferStart + buffered) {
            return;
        }
        int wanted = (int) Math.min(Math.max(BUFFER, length), size - from);
        if (buffer.length < wanted || buffer.length > BUFFER) {
            buffer = new byte[wanted]; // a very long one is not kept
        }
        buffered = 0;
        in.read(from, buffer, 0, wanted);
        bufferStart = from;
        buffered = wanted;
    }
}
