package io.dstream.input;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * What was compressed by gzip. Bytes behind the end that are no gzip are an error: the JDK passes over them, and with them
 * over the rest of a file that was made of several and is damaged in the midst.
 */
final class GzipStream extends GZIPInputStream {

    private static final int BUFFER_SIZE = 65_536;
    private static final int TRAILER_LENGTH = 8;

    private final CountedStream compressed;

    // Mutable state
    private long filled; // bytes that were read when the buffer was last filled

    /** Begins to read. */
    static GzipStream of(InputStream compressed) throws IOException {
        try {
            return new GzipStream(new CountedStream(compressed));
        } catch (EOFException early) {
            throw new EOFException("it ends within the header of its compressed data, or has none");
        }
    }

    private GzipStream(CountedStream compressed) throws IOException {
        super(compressed, BUFFER_SIZE);
        this.compressed = compressed;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = super.read(target, offset, length);
        if (read < 0 && hasMore()) {
            throw new ZipException("the bytes behind the end of its compressed data are no gzip");
        }
        return read;
    }

    /** A buffer that is told of more would read on, and lose what it has when that fails. */
    @Override
    public int available() {
        return 0;
    }

    @Override
    protected void fill() throws IOException {
        super.fill();
        filled = compressed.count;
    }

    /** The JDK looks for a further header behind the end, in the buffer and then past it. */
    private boolean hasMore() throws IOException {
        int buffered = inf.getRemaining();
        long ofTrailer = Math.max(0, TRAILER_LENGTH - buffered);
        return buffered > TRAILER_LENGTH || compressed.count - filled > ofTrailer || compressed.available() > 0;
    }

    /** Tells how many bytes were read. */
    private static final class CountedStream extends FilterInputStream {

        // Mutable state
        private long count;

        CountedStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
