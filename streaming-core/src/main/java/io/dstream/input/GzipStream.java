package io.dstream.input;

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

    GzipStream(InputStream compressed) throws IOException {
        super(compressed, BUFFER_SIZE);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = super.read(target, offset, length);
        if (read < 0 && (inf.getRemaining() > TRAILER_LENGTH || in.available() > 0)) {
            throw new ZipException("the bytes behind the end of its compressed data are no gzip");
        }
        return read;
    }
}
