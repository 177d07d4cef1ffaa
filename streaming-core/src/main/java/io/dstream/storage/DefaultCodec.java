package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.fory.Fory;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.memory.MemoryUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes the number of its format and what the serialization library makes of the value: the classes by their names with those
 * of their fields, once each, and the values.
 *
 * <p>Thread-safe: a call has an object of the library to itself.
 */
final class DefaultCodec implements Codec<Object> {

    /** To be changed with whatever cannot read the bytes of before: settings, or another version of the library. */
    private static final byte FORMAT = 1;

    private static final int INITIAL_BUFFER = 128; // bytes

    private final AllowedClasses allowed;
    private final ClassLoader classLoader;

    // Mutable state
    private final Queue<Fory> idle = new ConcurrentLinkedQueue<>(); // as many as there were calls at once

    DefaultCodec(AllowedClasses allowed) {
        this.allowed = allowed;
        this.classLoader = classLoader();
    }

    @Override
    public byte[] encode(Object value) {
        try {
            return call(fory -> encode(value, fory));
        } catch (RuntimeException failure) {
            throw Refusal.of("A value of " + value.getClass().getName() + " cannot be written", failure);
        }
    }

    @Override
    public Object decode(byte[] bytes) {
        requireFormat(bytes);
        try {
            return call(fory -> decode(bytes, fory));
        } catch (RuntimeException failure) {
            throw Refusal.of("A value cannot be read", failure);
        }
    }

    private static byte[] encode(Object value, Fory fory) {
        MemoryBuffer buffer = MemoryUtils.buffer(INITIAL_BUFFER);
        buffer.writeByte(FORMAT);
        fory.serialize(buffer, value);
        return buffer.getBytes(0, buffer.writerIndex());
    }

    private static Object decode(byte[] bytes, Fory fory) {
        MemoryBuffer buffer = MemoryUtils.wrap(bytes, 1, bytes.length - 1);
        Object value = fory.deserialize(buffer);
        if (buffer.remaining() > 0) {
            throw new StreamingException("it has " + buffer.remaining() + " bytes too many");
        }
        return value;
    }

    /** An object that has failed is not used again. */
    private <R> R call(Function<Fory, R> function) {
        Fory known = idle.poll();
        Fory fory = known == null ? ForyFactory.forFiles(allowed, classLoader) : known;
        R result = function.apply(fory);
        idle.add(fory);
        return result;
    }

    private static void requireFormat(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != FORMAT) {
            throw new StreamingException("A value cannot be read: "
                    + (bytes.length == 0 ? "it has no bytes" : "its format is " + bytes[0])
                    + ", but this version of dstream reads format " + FORMAT);
        }
    }

    /** That of the program, which is not that of this library in a program that reloads itself. */
    private static ClassLoader classLoader() {
        @Nullable ClassLoader own = Thread.currentThread().getContextClassLoader();
        return own == null ? DefaultCodec.class.getClassLoader() : own;
    }
}
