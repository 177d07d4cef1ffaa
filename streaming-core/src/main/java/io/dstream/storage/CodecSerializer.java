package io.dstream.storage;

import io.dstream.function.StreamingException;
import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.serializer.Serializer;
import org.jspecify.annotations.Nullable;

/** For objects of which a codec of the program makes bytes: their number, then they. */
final class CodecSerializer<T> extends Serializer<T> {

    private final Codec<T> codec;

    CodecSerializer(Config config, Class<T> type, Codec<T> codec) {
        super(config, type);
        this.codec = codec;
    }

    @Override
    public void write(WriteContext context, T value) {
        byte[] bytes = encode(value);
        context.getBuffer().writeVarUInt32(bytes.length);
        context.getBuffer().writeBytes(bytes);
    }

    @Override
    public T read(ReadContext context) {
        MemoryBuffer in = context.getBuffer();
        int length = in.readVarUInt32();
        if (length < 0 || length > in.remaining()) {
            throw new StreamingException("An object of " + type.getName() + " has " + Integer.toUnsignedString(length)
                    + " bytes, but there are " + in.remaining());
        }
        return decode(in.readBytes(length));
    }

    private byte[] encode(T value) {
        try {
            return required(codec.encode(value), "encode");
        } catch (RuntimeException failure) {
            throw failed("encode", failure);
        }
    }

    private T decode(byte[] bytes) {
        try {
            return type.cast(required(codec.decode(bytes), "decode"));
        } catch (RuntimeException failure) {
            throw failed("decode", failure);
        }
    }

    private <R> R required(@Nullable R result, String method) {
        if (result == null) {
            throw new IllegalStateException(method + " has returned null");
        }
        return result;
    }

    private StreamingException failed(String method, RuntimeException failure) {
        return new StreamingException(
                "The codec " + codec.getClass().getName() + " of " + type.getName() + " has failed to " + method + ": "
                        + failure,
                failure);
    }
}
