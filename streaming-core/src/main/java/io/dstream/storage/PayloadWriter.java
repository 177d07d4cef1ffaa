package io.dstream.storage;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the payload of a record. Numbers are big-endian; text and bytes are preceded by their length in 4 bytes, maps by their size;
 * a time is in milliseconds since the epoch. Used by one thread.
 */
final class PayloadWriter {

    /** In place of a time that there is not. */
    static final long NO_TIME = Long.MIN_VALUE;

    // Mutable state
    private byte[] bytes;
    private int length;

    PayloadWriter() {
        this(128);
    }

    /**
     * @param capacity how many bytes it is likely to have: exactly as many are not copied
     */
    PayloadWriter(int capacity) {
        bytes = new byte[capacity];
    }

    PayloadWriter putByte(int value) {
        int at = grow(1);
        bytes[at] = (byte) value;
        return this;
    }

    PayloadWriter putInt(int value) {
        int at = grow(Integer.BYTES);
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (value >>> (8 * (Integer.BYTES - 1 - i)));
        }
        return this;
    }

    PayloadWriter putLong(long value) {
        return putInt((int) (value >>> Integer.SIZE)).putInt((int) value);
    }

    PayloadWriter putTime(@Nullable Instant time) {
        return putLong(time == null ? NO_TIME : time.toEpochMilli());
    }

    PayloadWriter putBytes(byte[] value) {
        putInt(value.length);
        int at = grow(value.length);
        System.arraycopy(value, 0, bytes, at, value.length);
        return this;
    }

    PayloadWriter putText(String value) {
        return putBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Puts a number that is often small: 7 bits a byte, the lowest first, the sign in the lowest bit. */
    PayloadWriter putSmall(long value) {
        long rest = (value << 1) ^ (value >> (Long.SIZE - 1));
        while ((rest & ~0x7FL) != 0) {
            putByte((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        return putByte((int) rest);
    }

    <V> PayloadWriter putMap(Map<String, V> values, BiConsumer<PayloadWriter, V> putValue) {
        putInt(values.size());
        values.forEach((key, value) -> {
            putText(key);
            putValue.accept(this, value);
        });
        return this;
    }

    JournalRecord toRecord(byte type) {
        return new JournalRecord(type, toBytes());
    }

    byte[] toBytes() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    /** Makes room, and returns where it is. */
    private int grow(int count) {
        int at = length;
        length = Math.addExact(at, count);
        if (length > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(length, 2L * bytes.length)));
        }
        return at;
    }
}
