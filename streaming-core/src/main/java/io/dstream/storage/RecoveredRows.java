package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** The rows of a block that an earlier run has written. They go with the block, when the log is told to release it. */
record RecoveredRows<T>(LoggedBlock block, Codec<Object> codec) implements StoredRows<T> {

    @Override
    public int size() {
        return block.records();
    }

    @Override
    public Iterator<T> open(int from, int until) throws IOException {
        return chunks().stream()
                .flatMap(this::decode)
                .skip(from)
                .limit((long) until - from)
                .iterator();
    }

    @Override
    public void release() {}

    private List<byte[]> chunks() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(block.read());
        PayloadReader in = new PayloadReader(bytes);
        List<byte[]> chunks = new ArrayList<>();
        while (bytes.hasRemaining()) {
            chunks.add(in.getBytes());
        }
        return chunks;
    }

    @SuppressWarnings("unchecked") // what the input has written are rows of its type
    private Stream<T> decode(byte[] chunk) {
        try {
            return ((List<T>) codec.decode(chunk)).stream();
        } catch (StreamingException failure) {
            throw new StreamingException(
                    "Block " + block.number() + " of input '" + block.input()
                            + "' cannot be read from the write-ahead log: " + failure.getMessage(),
                    failure);
        }
    }
}
