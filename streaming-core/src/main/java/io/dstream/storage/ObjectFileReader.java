package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Reads an {@link ObjectFile}. Used by one thread. */
final class ObjectFileReader<T> implements Iterator<T>, Closeable {

    private final Path file;
    private final Codec<Object> codec;
    private final long size;
    private final InputStream in;

    // Mutable state
    private long offset; // of the byte that is read next
    private Iterator<T> chunk = Collections.emptyIterator();
    private long rows; // in the chunks so far
    private boolean ended;

    ObjectFileReader(Path file, Codec<Object> codec) throws IOException {
        this.file = file;
        this.codec = codec;
        this.size = Files.size(file);
        this.in = new BufferedInputStream(
                new FileInputStream(file.toFile())); // no channel: an interrupt would close that
        try {
            readHeader();
        } catch (StreamingException failure) {
            close();
            throw failure;
        }
    }

    @Override
    public boolean hasNext() {
        while (!chunk.hasNext() && !ended) {
            readChunk();
        }
        return chunk.hasNext();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The object file " + file + " has no more rows");
        }
        return chunk.next();
    }

    /**
     * Passes over rows of a file whose chunks are all full but the last, without decoding whole chunks of them.
     *
     * @param count how many; no more than there are
     */
    void skip(int count) {
        int left = count;
        for (; left >= ObjectFile.CHUNK_ROWS; left -= ObjectFile.CHUNK_ROWS) {
            skipChunk();
        }
        for (; left > 0; left--) {
            next();
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void readHeader() {
        ByteBuffer header = ByteBuffer.wrap(read(ObjectFile.HEADER_LENGTH));
        if (header.getInt() != ObjectFile.MAGIC) {
            throw new StreamingException(file + " is no object file: it does not begin like one");
        }
        byte format = header.get();
        if (format != ObjectFile.FORMAT) {
            throw new StreamingException("The object file " + file + " has format " + format
                    + ", but this version of dstream reads format " + ObjectFile.FORMAT);
        }
    }

    private void skipChunk() {
        int length = readHead().getInt();
        try {
            in.skipNBytes(length);
        } catch (IOException failure) {
            throw unreadable(failure);
        }
        offset += length;
        rows += ObjectFile.CHUNK_ROWS;
    }

    /** The length and the checksum of the content. */
    private ByteBuffer readHead() {
        long start = offset;
        ByteBuffer head = ByteBuffer.wrap(read(ObjectFile.HEAD_LENGTH));
        int told = 2 * Integer.BYTES;
        requireChecksum(head.getInt(told), Arrays.copyOf(head.array(), told), start);
        return head;
    }

    private void readChunk() {
        long start = offset;
        ByteBuffer head = readHead();
        int length = head.getInt();
        int checksum = head.getInt();
        byte[] content = read(length == ObjectFile.END ? Long.BYTES : length);
        requireChecksum(checksum, content, start);
        if (length == ObjectFile.END) {
            end(ByteBuffer.wrap(content).getLong());
        } else {
            begin(content, start);
        }
    }

    @SuppressWarnings("unchecked") // what was written is a list of rows; that they are T is for the caller to know
    private void begin(byte[] content, long start) {
        try {
            List<T> decoded = (List<T>) codec.decode(content);
            rows += decoded.size();
            chunk = decoded.iterator();
        } catch (StreamingException failure) {
            throw new StreamingException(
                    "The rows at byte " + start + " of the object file " + file + " cannot be read: "
                            + failure.getMessage(),
                    failure);
        }
    }

    private void end(long written) {
        if (written != rows || offset != size) {
            throw damaged(offset, "there should be " + written + " rows and no more bytes");
        }
        ended = true;
    }

    private void requireChecksum(int written, byte[] bytes, long start) {
        if (written != ObjectFile.checksum(bytes)) {
            throw damaged(start, "the checksum is not that of the bytes");
        }
    }

    private byte[] read(int length) {
        try {
            byte[] bytes = in.readNBytes(Math.max(length, 0));
            if (bytes.length != length) {
                throw damaged(offset, "there should be " + length + " more bytes");
            }
            offset += length;
            return bytes;
        } catch (IOException failure) {
            throw unreadable(failure);
        }
    }

    private StreamingException unreadable(IOException failure) {
        return new StreamingException("The object file " + file + " cannot be read at byte " + offset, failure);
    }

    private StreamingException damaged(long at, String how) {
        return new StreamingException("The object file " + file + " is damaged at byte " + at + ": " + how);
    }
}
