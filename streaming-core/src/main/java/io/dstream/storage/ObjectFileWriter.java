package io.dstream.storage;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Writes an {@link ObjectFile}. Used by one thread. */
final class ObjectFileWriter implements AutoCloseable {

    private final Codec<Object> codec;
    private final FileChannel channel;
    private final DataOutputStream out;

    // Mutable state
    private final List<Object> chunk = new ArrayList<>(ObjectFile.CHUNK_ROWS);
    private long rows;

    ObjectFileWriter(Path file, Codec<Object> codec) throws IOException {
        this.codec = codec;
        this.channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        this.out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
        out.writeInt(ObjectFile.MAGIC);
        out.writeByte(ObjectFile.FORMAT);
    }

    void add(Object row) {
        chunk.add(row);
        if (chunk.size() == ObjectFile.CHUNK_ROWS) {
            writeChunk();
        }
    }

    /**
     * Writes what is left and the end.
     *
     * @param durable whether the file is to be on the disk then
     */
    void finish(boolean durable) throws IOException {
        if (!chunk.isEmpty()) {
            writeChunk();
        }
        write(ObjectFile.END, ByteBuffer.allocate(Long.BYTES).putLong(rows).array());
        out.flush();
        if (durable) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private void writeChunk() {
        byte[] content = codec.encode(chunk);
        try {
            write(content.length, content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        rows += chunk.size();
        chunk.clear();
    }

    private void write(int length, byte[] content) throws IOException {
        out.write(ObjectFile.head(length, content));
        out.write(content);
    }
}
