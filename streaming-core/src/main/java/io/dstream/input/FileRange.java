package io.dstream.input;

import java.io.Serializable;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A part of a file's bytes.
 *
 * @param from the first byte
 * @param until the byte after the last
 */
record FileRange(long from, long until) implements Serializable {

    static final FileRange WHOLE = new FileRange(0, Long.MAX_VALUE);

    /** Long enough that the start of a task costs nothing beside it, short enough that a gigabyte makes work for many threads. */
    static final long LENGTH = 64L << 20;

    /** Ranges of at least {@link #LENGTH} that are a file of this size together; the last one ends wherever the file ends. */
    static List<FileRange> of(long size) {
        long ranges = Math.max(1, size / LENGTH);
        long length = size / ranges;
        return LongStream.range(0, ranges)
                .mapToObj(i -> new FileRange(i * length, i == ranges - 1 ? Long.MAX_VALUE : (i + 1) * length))
                .toList();
    }
}
