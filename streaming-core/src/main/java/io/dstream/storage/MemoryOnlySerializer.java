package io.dstream.storage;

import io.dstream.function.StreamingException;
import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.serializer.ImmutableSerializer;

/** For objects that mean something in this process only, such as functions: a copy shares them, a file cannot have them. */
final class MemoryOnlySerializer<T> extends ImmutableSerializer<T> {

    MemoryOnlySerializer(Config config, Class<T> type) {
        super(config, type);
    }

    @Override
    public void write(WriteContext context, T value) {
        throw refusal();
    }

    @Override
    public T read(ReadContext context) {
        throw refusal();
    }

    private StreamingException refusal() {
        return new StreamingException(
                "Class " + type.getName() + " must not be in files: its objects mean something in one"
                        + " process only. Keep them out of what is written");
    }
}
