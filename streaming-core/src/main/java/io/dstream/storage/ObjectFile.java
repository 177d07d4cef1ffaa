package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.zip.CRC32C;

/**
 * A file of rows, in chunks that are read one by one.
 *
 * <pre>
 * header   4 bytes "DSOF", 1 byte format
 * chunk    head: 4 bytes length of the content, 4 bytes its CRC32C, 4 bytes CRC32C of these 8
 *          content: what a codec makes of a list of up to 100 rows
 * end      a head whose length is 0, then 8 bytes number of rows, which the CRC32C is of
 * </pre>
 *
 * <p>Numbers are big-endian.
 */
public final class ObjectFile {

    static final int MAGIC = 0x44534F46; // DSOF
    static final byte FORMAT = 1;
    static final int HEADER_LENGTH = 5;
    static final int HEAD_LENGTH = 12; // of a chunk
    static final int CHUNK_ROWS = 100;
    static final int END = 0; // in place of a length

    private ObjectFile() {}

    /**
     * Writes a file, and forces it to the disk; what was there is overwritten.
     *
     * @param rows all rows; may be none
     */
    public static void write(Path file, Iterator<?> rows, Codec<Object> codec) throws IOException {
        try (ObjectFileWriter writer = new ObjectFileWriter(file, codec)) {
            rows.forEachRemaining(writer::add);
            writer.finish(true);
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    /**
     * Reads a file, a chunk at a time.
     *
     * @return its rows, to be closed if they are not all read; a {@link StreamingException} out of it tells in which file, at which
     *     byte and why there are none
     * @throws IOException if the file cannot be opened
     */
    public static <T> Iterator<T> read(Path file, Codec<Object> codec) throws IOException {
        return new ObjectFileReader<>(file, codec);
    }

    static int checksum(byte[] content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        return (int) checksum.getValue();
    }

    /** What tells of a chunk: the length has a checksum of its own, because it decides how much memory is taken. */
    static byte[] head(int length, byte[] content) {
        byte[] told = ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(length)
                .putInt(checksum(content))
                .array();
        return ByteBuffer.allocate(HEAD_LENGTH).put(told).putInt(checksum(told)).array();
    }
}
