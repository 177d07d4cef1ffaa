package io.dstream.receiver;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into frames: four bytes that tell a length, big-endian, and as many bytes as they tell. Holds one frame.
 *
 * <p>Used by one thread.
 */
final class FrameReader {

    private static final int BUFFER_SIZE = 65_536;

    private final InputStream in;
    private final int maxLength;

    /**
     * @param in the bytes; not closed
     * @param maxLength how many bytes a frame may have without its length
     */
    FrameReader(InputStream in, int maxLength) {
        this.in = new BufferedInputStream(in, BUFFER_SIZE);
        this.maxLength = maxLength;
    }

    /**
     * The bytes of the next frame; null if the stream ends where one would begin.
     *
     * @throws IOException also if a length cannot be: after that nobody knows where a frame begins
     */
    byte @Nullable [] next() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        byte[] frame = new byte[length(first)];
        if (in.readNBytes(frame, 0, frame.length) < frame.length) {
            throw new EOFException("it ended inside a frame of " + frame.length + " bytes");
        }
        return frame;
    }

    private int length(int first) throws IOException {
        int length = first;
        for (int i = 1; i < Integer.BYTES; i++) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("it ended inside the length of a frame");
            }
            length = length << Byte.SIZE | next;
        }
        return requireInRange(length);
    }

    private int requireInRange(int length) throws IOException {
        if (length < 0) {
            throw new IOException("a frame cannot have " + length + " bytes");
        }
        if (length > maxLength) {
            throw new IOException("a frame of " + length + " bytes is longer than " + maxLength
                    + " bytes (streaming.receiver.max-frame-length)");
        }
        return length;
    }
}
