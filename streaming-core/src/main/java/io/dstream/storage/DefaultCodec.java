package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.util.List;
import java.util.Map;
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
 * <p>Thread-safe: calls at the same time have sessions of their own.
 */
final class DefaultCodec implements Codec<Object> {

    /** To be changed with whatever cannot read the bytes of before: settings, or another version of the library. */
    private static final byte FORMAT = 1;

    private static final int BUFFER = 4 * 1024; // bytes; it grows
    private static final int MAX_IDLE_BUFFER = 1024 * 1024;

    private final AllowedClasses allowed;
    private final OwnCodecs codecs;
    private final FileNames fileNames;
    private final ClassLoader classLoader;

    // Mutable state
    private final Queue<Session> idle = new ConcurrentLinkedQueue<>(); // as many as there were calls at once

    /**
     * @param packages whose classes may be in files
     * @param aliases the classes that had other names, by these
     * @param codecs the program's own, by the classes whose objects they write
     */
    DefaultCodec(List<String> packages, Map<String, Class<?>> aliases, Map<Class<?>, Codec<?>> codecs) {
        this.codecs = new OwnCodecs(codecs);
        this.allowed = new AllowedClasses(packages, this.codecs.classNames());
        this.classLoader = classLoader();
        this.fileNames = new FileNames(aliases, this.codecs, allowed, classLoader);
    }

    @Override
    public byte[] encode(Object value) {
        try {
            return call(session -> session.encode(value));
        } catch (RuntimeException failure) {
            throw Refusal.of("A value of " + value.getClass().getName() + " cannot be written", failure);
        }
    }

    @Override
    public Object decode(byte[] bytes) {
        requireFormat(bytes);
        try {
            return call(session -> session.decode(bytes));
        } catch (RuntimeException failure) {
            throw Refusal.ofBytes("A value cannot be read", failure);
        }
    }

    /** A session that has failed is not used again. */
    private <R> R call(Function<Session, R> function) {
        Session known = idle.poll();
        Session session = known == null ? new Session() : known;
        R result = function.apply(session);
        idle.add(session);
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

    /** Objects of the library, with the memory they write to. Used by one call at a time. */
    private final class Session {

        private final Fory writer = make(fileNames.written());

        // Mutable state
        private MemoryBuffer buffer = MemoryUtils.buffer(BUFFER);
        private Map<Class<?>, String> names = fileNames.oneOfEach(); // by which the reader knows classes
        private @Nullable Fory reader; // made when it is needed

        byte[] encode(Object value) {
            buffer.writerIndex(0);
            buffer.writeByte(FORMAT);
            writer.serialize(buffer, value);
            byte[] bytes = buffer.getBytes(0, buffer.writerIndex());
            if (buffer.size() > MAX_IDLE_BUFFER) {
                buffer = MemoryUtils.buffer(BUFFER);
            }
            return bytes;
        }

        /** A value was written by one version of the program, so a class has one name in it. */
        Object decode(byte[] bytes) {
            for (int attempt = 0; attempt <= fileNames.size(); attempt++) {
                try {
                    return decode(bytes, reader());
                } catch (RuntimeException failure) {
                    OtherNameException other = OtherNameException.in(failure);
                    if (other == null) {
                        throw failure;
                    }
                    use(other.name());
                }
            }
            throw new StreamingException("it has a class under several of its names");
        }

        private Object decode(byte[] bytes, Fory fory) {
            MemoryBuffer in = MemoryUtils.wrap(bytes, 1, bytes.length - 1);
            Object value = fory.deserialize(in);
            if (in.remaining() > 0) {
                throw new StreamingException("it has " + in.remaining() + " bytes too many");
            }
            return value;
        }

        private Fory reader() {
            Fory current = reader;
            if (current == null) {
                current = isWriterReader() ? writer : make(names);
                reader = current;
            }
            return current;
        }

        /** One that has read an object of a codec would describe the fields of its class when it writes one. */
        private boolean isWriterReader() {
            return codecs.types().isEmpty() && names.equals(fileNames.written());
        }

        private void use(String name) {
            names = fileNames.with(name, names);
            reader = null;
        }

        private Fory make(Map<Class<?>, String> knownNames) {
            return ForyFactory.forFiles(allowed, codecs, fileNames, knownNames, classLoader);
        }
    }
}
