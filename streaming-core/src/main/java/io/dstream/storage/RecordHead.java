package io.dstream.storage;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What comes before the payload of a record.
 *
 * <pre>
 * 4 bytes mark, 4 bytes length of the payload, 1 byte type, 1 byte: whether it is the last of its group
 * 8 bytes length up to which the segment was known to be forced when this was written
 * 4 bytes CRC32C of the payload
 * 4 bytes CRC32C of: 8 bytes number of the segment, 8 bytes offset of the record in it, the 22 bytes above
 * </pre>
 *
 * <p>The number and the offset make a record valid in its place alone: bytes of another file, or in a payload, are none.
 */
record RecordHead(int length, byte type, boolean isLast, long durable, int payloadChecksum) {

    static final int LENGTH = 26;

    private static final int MARK = 0x44537247; // DSrG
    private static final int CHECKED = LENGTH - Integer.BYTES;

    /** That of a payload, which is in parts. */
    static RecordHead of(byte type, boolean isLast, long durable, List<ByteBuffer> payload) {
        int length = payload.stream().mapToInt(ByteBuffer::remaining).sum();
        return new RecordHead(length, type, isLast, durable, checksum(payload));
    }

    void putInto(byte[] bytes, int at, long segment, long offset) {
        ByteBuffer.wrap(bytes, at, LENGTH)
                .putInt(MARK)
                .putInt(length)
                .put(type)
                .put((byte) (isLast ? 1 : 0))
                .putLong(durable)
                .putInt(payloadChecksum)
                .putInt(checksum(segment, offset, bytes, at));
    }

    /** The head at a place of some bytes; null if there is none. */
    static @Nullable RecordHead at(byte[] bytes, int at, long segment, long offset) {
        if (bytes[at] != MARK >>> 24) { // for a search, which asks at every byte
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, at, LENGTH);
        if (in.getInt() != MARK) {
            return null;
        }
        RecordHead head = new RecordHead(in.getInt(), in.get(), in.get() == 1, in.getLong(), in.getInt());
        boolean valid = in.getInt() == checksum(segment, offset, bytes, at) && head.length >= 0;
        return valid ? head : null;
    }

    static int checksum(List<ByteBuffer> payload) {
        CRC32C checksum = new CRC32C();
        payload.forEach(part -> checksum.update(part.duplicate()));
        return (int) checksum.getValue();
    }

    private static int checksum(long segment, long offset, byte[] bytes, int at) {
        CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(segment)
                .putLong(offset)
                .flip());
        checksum.update(bytes, at, CHECKED);
        return (int) checksum.getValue();
    }
}
