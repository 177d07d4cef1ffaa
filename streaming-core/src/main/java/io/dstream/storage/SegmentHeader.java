package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a segment.
 *
 * <pre>
 * 8 bytes "DSTREAML", 4 bytes format, 4 bytes length of the header
 * 8 bytes number of the segment
 * 8 bytes length of what was written with the header in one step, with it
 * kind and pipeline: 4 bytes length and UTF-8, each
 * 4 bytes number of earlier segments that belong to the journal; for each: 8 bytes number, 8 bytes length that counts
 * 4 bytes CRC32C of all this
 * </pre>
 *
 * @param number of the segment, from 1
 * @param firstLength how long the segment was at first: it counts only if it is whole up to there
 * @param kind what is in the journal
 * @param pipeline whose it is
 * @param earlier the segments before it that count, in order
 */
record SegmentHeader(long number, long firstLength, String kind, String pipeline, List<SealedSegment> earlier) {

    static final int FORMAT = 1;

    private static final long MAGIC = 0x4453545245414D4CL; // DSTREAML
    private static final int START = 16; // bytes that any format begins with
    private static final int FIXED = 16; // bytes of numbers after that
    private static final int CHECKSUM = 4;
    private static final int MAX_LENGTH = 16 * 1024 * 1024;

    SegmentHeader {
        earlier = List.copyOf(earlier);
    }

    /** How many bytes it takes. */
    int length() {
        return START
                + FIXED
                + 2 * Integer.BYTES
                + bytes(kind).length
                + bytes(pipeline).length
                + Integer.BYTES
                + 2 * Long.BYTES * earlier.size()
                + CHECKSUM;
    }

    SegmentHeader withFirstLength(long newFirstLength) {
        return new SegmentHeader(number, newFirstLength, kind, pipeline, earlier);
    }

    /**
     * Refuses the header of another file.
     *
     * @param expected the number it should have
     * @param path of the file, for errors
     */
    void requireOf(JournalFiles files, long expected, String path) {
        if (number != expected) {
            throw new DamagedFileException(
                    path, 0, "it is the " + kind + " " + number + ", which its name does not tell");
        }
        if (!kind.equals(files.kind()) || !pipeline.equals(files.pipeline())) {
            throw new StreamingException("The file " + path + " is of the " + kind + " of pipeline '" + pipeline
                    + "', not of the " + files.kind() + " of pipeline '" + files.pipeline()
                    + "'. Give the pipeline its name back, or another directory");
        }
    }

    byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(length());
        out.putLong(MAGIC).putInt(FORMAT).putInt(length());
        out.putLong(number).putLong(firstLength);
        put(kind, out);
        put(pipeline, out);
        out.putInt(earlier.size());
        earlier.forEach(segment -> out.putLong(segment.number()).putLong(segment.length()));
        return out.putInt(checksum(out)).array();
    }

    /**
     * Reads the header of a file.
     *
     * @param path of the file, for errors
     * @return null if there is no whole header
     * @throws StreamingException if it is of another format
     */
    static @Nullable SegmentHeader read(Disk.Input file, String path) throws IOException {
        long size = file.size();
        if (size < START) {
            return null;
        }
        ByteBuffer start = ByteBuffer.wrap(read(file, START));
        if (start.getLong() != MAGIC) {
            return null;
        }
        requireFormat(start.getInt(), path);
        int length = start.getInt();
        boolean possible =
                length >= START + FIXED + 3 * Integer.BYTES + CHECKSUM && length <= Math.min(size, MAX_LENGTH);
        return possible ? parse(ByteBuffer.wrap(read(file, length))) : null;
    }

    private static @Nullable SegmentHeader parse(ByteBuffer in) {
        in.position(in.limit() - CHECKSUM);
        if (in.getInt() != checksum(in.duplicate().position(in.limit() - CHECKSUM))) {
            return null;
        }
        in.position(START);
        return new SegmentHeader(in.getLong(), in.getLong(), string(in), string(in), earlier(in));
    }

    private static List<SealedSegment> earlier(ByteBuffer in) {
        List<SealedSegment> earlier = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            earlier.add(new SealedSegment(in.getLong(), in.getLong()));
        }
        return earlier;
    }

    private static void requireFormat(int format, String path) {
        if (format != FORMAT) {
            throw new StreamingException("The file " + path + " has format " + format
                    + ", but this version of dstream reads format " + FORMAT + ". Use the version that has written it");
        }
    }

    private static byte[] read(Disk.Input file, int length) throws IOException {
        byte[] bytes = new byte[length];
        file.read(0, bytes, 0, length);
        return bytes;
    }

    private static void put(String text, ByteBuffer out) {
        byte[] bytes = bytes(text);
        out.putInt(bytes.length).put(bytes);
    }

    private static String string(ByteBuffer in) {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Of what comes before the position. */
    private static int checksum(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.duplicate().flip());
        return (int) checksum.getValue();
    }
}
