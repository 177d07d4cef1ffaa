package io.dstream.input;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into lines of UTF-8 text, ended by {@code \n}, {@code \r} or {@code \r\n}, and by the end of the stream.
 * Bytes that are no UTF-8 become the replacement character. Holds no more than one line of the longest allowed length.
 *
 * <p>Used by one thread.
 */
public final class LineReader {

    private static final int BUFFER_SIZE = 65_536;

    private final InputStream in;
    private final long until;
    private final int maxLength;
    private final Runnable onTooLong;

    // Mutable state
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private long bufferOffset; // of the first byte in the buffer
    private int position;
    private int limit;
    private boolean afterReturn; // the last line ended with \r, so a \n that follows belongs to it

    /**
     * @param in the bytes; not closed
     * @param maxLength how many bytes a line may have without its end
     * @param onTooLong called once for every line that is longer, as soon as that is known; it is dropped
     */
    public LineReader(InputStream in, int maxLength, Runnable onTooLong) {
        this(in, 0, Long.MAX_VALUE, maxLength, onTooLong);
    }

    /**
     * A reader of a part of the lines.
     *
     * @param offset of the first byte of {@code in}
     * @param until lines that begin at this offset or later are not read
     */
    LineReader(InputStream in, long offset, long until, int maxLength, Runnable onTooLong) {
        this.in = in;
        this.bufferOffset = offset;
        this.until = until;
        this.maxLength = maxLength;
        this.onTooLong = onTooLong;
    }

    /** Passes over the rest of a line, and its end. */
    void skipLine() throws IOException {
        while (fill()) {
            position = endOfLine();
            if (position < limit) {
                consumeEnd(position);
                return;
            }
        }
    }

    /** The next line that is not too long; null at the end of the stream. */
    @Nullable
    public String next() throws IOException {
        ByteArrayOutputStream begun = null; // what earlier buffers held of the line
        long length = 0;
        boolean more = isBeforeLine();
        while (more && fill()) {
            int end = endOfLine();
            long before = length;
            length += end - position;
            if (before <= maxLength && length > maxLength) {
                onTooLong.run();
            }
            if (end == limit) {
                begun = keep(begun, length);
                position = limit;
            } else if (length <= maxLength) {
                return lineEndingAt(end, begun);
            } else {
                consumeEnd(end);
                begun = null;
                length = 0;
                more = isBeforeLine();
            }
        }
        return begun == null ? null : begun.toString(StandardCharsets.UTF_8);
    }

    private String lineEndingAt(int end, @Nullable ByteArrayOutputStream begun) {
        int from = position;
        consumeEnd(end);
        if (begun == null) {
            return new String(buffer, from, end - from, StandardCharsets.UTF_8);
        }
        begun.write(buffer, from, end - from);
        return begun.toString(StandardCharsets.UTF_8);
    }

    private @Nullable ByteArrayOutputStream keep(@Nullable ByteArrayOutputStream begun, long length) {
        if (length > maxLength) {
            return null;
        }
        ByteArrayOutputStream kept = begun == null ? new ByteArrayOutputStream(limit - position) : begun;
        kept.write(buffer, position, limit - position);
        return kept;
    }

    private int endOfLine() {
        int end = position;
        while (end < limit && buffer[end] != '\n' && buffer[end] != '\r') {
            end++;
        }
        return end;
    }

    private void consumeEnd(int end) {
        afterReturn = buffer[end] == '\r';
        position = end + 1;
    }

    /** Passes over what is left of the last line's end; tells whether a line that begins here is to be read. */
    private boolean isBeforeLine() throws IOException {
        if (afterReturn && fill()) {
            position += buffer[position] == '\n' ? 1 : 0;
            afterReturn = false;
        }
        return bufferOffset + position < until;
    }

    private boolean fill() throws IOException {
        if (position == limit) {
            bufferOffset += limit;
            position = 0;
            limit = Math.max(0, in.read(buffer, 0, BUFFER_SIZE));
        }
        return position < limit;
    }
}
