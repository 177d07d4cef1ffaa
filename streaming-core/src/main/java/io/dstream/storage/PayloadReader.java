package io.dstream.storage;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link PayloadWriter} has made. Lengths are looked at before memory is taken for them; a payload that ends too early is
 * a BufferUnderflowException. Used by one thread.
 */
final class PayloadReader {

    private final ByteBuffer in;

    PayloadReader(ByteBuffer in) {
        this.in = in;
    }

    byte getByte() {
        return in.get();
    }

    int getInt() {
        return in.getInt();
    }

    long getLong() {
        return in.getLong();
    }

    @Nullable
    Instant getTimeIfAny() {
        long millis = in.getLong();
        return millis == PayloadWriter.NO_TIME ? null : Instant.ofEpochMilli(millis);
    }

    Instant getTime() {
        return Instant.ofEpochMilli(in.getLong());
    }

    byte[] getBytes() {
        byte[] bytes = new byte[getCount()];
        in.get(bytes);
        return bytes;
    }

    String getText() {
        return new String(getBytes(), StandardCharsets.UTF_8);
    }

    long getSmall() {
        long value = 0;
        byte next = in.get();
        int shift = 0;
        while (next < 0) {
            value |= (next & 0x7FL) << shift;
            shift += 7;
            next = in.get();
        }
        value |= (long) next << shift;
        return (value >>> 1) ^ -(value & 1);
    }

    <V> Map<String, V> getMap(Function<PayloadReader, V> getValue) {
        Map<String, V> values = new LinkedHashMap<>();
        for (int left = getCount(); left > 0; left--) {
            values.put(getText(), getValue.apply(this));
        }
        return values;
    }

    /** A number of bytes, or of things that take one at least, which come after it. */
    int getCount() {
        int count = in.getInt();
        if (count < 0 || count > in.remaining()) {
            throw new BufferUnderflowException();
        }
        return count;
    }
}
