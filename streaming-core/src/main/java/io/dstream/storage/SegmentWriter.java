package io.dstream.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes a segment. Used by one thread at a time. */
final class SegmentWriter implements Closeable {

    private static final int MIN_BUFFER = 8 * 1024; // bytes
    private static final int MAX_BUFFER = 1024 * 1024;
    private static final int LONG = 64 * 1024; // from here on a call of the system costs less than a copy

    private final Disk.Output out;
    private final long number;

    // Mutable state
    private byte[] buffer = new byte[MIN_BUFFER];
    private int buffered;
    private long length;
    private long durable;

    SegmentWriter(Disk.Output out, long number) {
        this.out = out;
        this.number = number;
    }

    /** How many bytes the records of a group take. */
    static long lengthOf(List<JournalRecord> group) {
        return group.stream()
                .mapToLong(record -> RecordHead.LENGTH + (long) record.length())
                .sum();
    }

    private static long bufferedLengthOf(List<JournalRecord> group) {
        return group.stream()
                .flatMap(record -> record.parts().stream())
                .mapToLong(part -> part.length < LONG ? RecordHead.LENGTH + (long) part.length : 0)
                .sum();
    }

    long number() {
        return number;
    }

    /** In bytes, with what is not forced. */
    long length() {
        return length;
    }

    /** How many bytes are forced. */
    long durable() {
        return durable;
    }

    void addHeader(SegmentHeader header) throws IOException {
        byte[] bytes = header.toBytes();
        add(bytes, 0, bytes.length);
    }

    /** Adds records that count together or not at all. */
    void addGroup(List<JournalRecord> group) throws IOException {
        grow(bufferedLengthOf(group));
        for (int i = 0; i < group.size(); i++) {
            JournalRecord record = group.get(i);
            List<ByteBuffer> payload =
                    record.parts().stream().map(ByteBuffer::wrap).toList();
            addRecord(record.type(), i == group.size() - 1, payload);
        }
    }

    /** Adds a record; its group ends with one that is the last. */
    void addRecord(byte type, boolean isLast, List<ByteBuffer> payload) throws IOException {
        makeRoom(RecordHead.LENGTH);
        RecordHead.of(type, isLast, durable, payload).putInto(buffer, buffered, number, length);
        buffered += RecordHead.LENGTH;
        length += RecordHead.LENGTH;
        for (ByteBuffer part : payload) {
            add(part.array(), part.arrayOffset() + part.position(), part.remaining());
        }
    }

    /** Makes everything that was added safe. */
    void force() throws IOException {
        flush();
        out.force();
        durable = length;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private void add(byte[] bytes, int offset, int count) throws IOException {
        if (count >= LONG || count > buffer.length) {
            flush();
            out.write(bytes, offset, count);
        } else {
            makeRoom(count);
            System.arraycopy(bytes, offset, buffer, buffered, count);
            buffered += count;
        }
        length += count;
    }

    private void makeRoom(int count) throws IOException {
        if (count > buffer.length - buffered) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (buffered > 0) {
            out.write(buffer, 0, buffered);
            buffered = 0;
        }
    }

    /** So that a group takes one call of the system, unless it is very long. */
    private void grow(long bytes) throws IOException {
        if (bytes > buffer.length - buffered && buffer.length < MAX_BUFFER) {
            flush();
            buffer = new byte[(int) Math.min(MAX_BUFFER, Math.max(bytes, 2L * buffer.length))];
        }
    }
}
