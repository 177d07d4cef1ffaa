package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/** The rows of a block that an earlier run has written. They go with the block, when the log is told to release it. */
record RecoveredRows<T>(LoggedBlock block, Codec<Object> codec) implements StoredRows<T> {

    @Override
    public int size() {
        return block.records();
    }

    @Override
    @SuppressWarnings("unchecked") // what the input has written are rows of its type
    public Iterator<T> open(int from, int until) throws IOException {
        try {
            return ((List<T>) codec.decode(block.read())).subList(from, until).iterator();
        } catch (StreamingException failure) {
            throw new StreamingException(
                    "Block " + block.number() + " of input '" + block.input()
                            + "' cannot be read from the write-ahead log: " + failure.getMessage(),
                    failure);
        }
    }

    @Override
    public void release() {}
}
