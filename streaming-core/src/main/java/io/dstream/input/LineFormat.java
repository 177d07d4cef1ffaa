package io.dstream.input;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Iterator;

/**
 * Lines of UTF-8 text, as a {@link LineReader} finds them. A byte order mark at the beginning of a file is no part of its first
 * line.
 */
final class LineFormat implements RangeFormat<String> {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final int maxLength;

    /**
     * @param maxLength how many bytes a line may have without its end; longer ones are dropped
     */
    LineFormat(int maxLength) {
        this.maxLength = maxLength;
    }

    /** The byte before the range tells whether a line ends there, or goes on into the range. */
    @Override
    public long start(FileRange range) {
        return Math.max(0, range.from() - 1);
    }

    @Override
    public Iterator<String> read(InputStream content, FileRange range, Runnable onDropped) throws IOException {
        return new RecordIterator<>(
                range.from() == 0
                        ? fromBegin(content, range, onDropped)::next
                        : within(content, range, onDropped)::next);
    }

    private LineReader fromBegin(InputStream content, FileRange range, Runnable onDropped) throws IOException {
        byte[] first = content.readNBytes(BYTE_ORDER_MARK.length);
        return Arrays.equals(first, BYTE_ORDER_MARK)
                ? new LineReader(content, BYTE_ORDER_MARK.length, range.until(), maxLength, onDropped)
                : new LineReader(
                        new SequenceInputStream(new ByteArrayInputStream(first), content),
                        0,
                        range.until(),
                        maxLength,
                        onDropped);
    }

    private LineReader within(InputStream content, FileRange range, Runnable onDropped) throws IOException {
        LineReader lines = new LineReader(content, start(range), range.until(), maxLength, onDropped);
        lines.skipLine();
        return lines;
    }
}
