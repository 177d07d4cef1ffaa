package io.dstream.storage;

import io.dstream.function.StreamingException;
import io.dstream.storage.JournalState.Tail;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a journal from its beginning to its end, and changes nothing. Used once, by one thread.
 *
 * <p>All segments but the last must be as they were written. At the end of the last one, what is not whole was never safe, unless
 * a later record tells that it was.
 *
 * @param <T> what records are made into
 */
final class JournalReader<T> {

    private static final Logger log = LoggerFactory.getLogger(JournalReader.class);

    private final Disk disk;
    private final JournalFiles files;
    private final Parser<T> parser;
    private final LongConsumer bytesRead;

    // Mutable state
    private List<Long> numbers = List.of(); // of the segments there are
    private long newest; // segment that must be there

    /**
     * @param bytesRead is given how many more bytes were read, each time
     */
    JournalReader(Disk disk, JournalFiles files, Parser<T> parser, LongConsumer bytesRead) {
        this.disk = disk;
        this.files = files;
        this.parser = parser;
        this.bytesRead = bytesRead;
    }

    /**
     * Reads the segments after one.
     *
     * @param after the number of a segment that is not needed any more, nor are those before it; 0 to read all
     * @throws DamagedFileException if they are not as they were written
     * @throws StreamingException if they are those of another pipeline or version
     */
    JournalState read(long after) throws IOException {
        List<String> names = disk.list();
        List<Long> markers = files.markers(names);
        numbers = files.segments(names);
        newest = markers.stream().reduce(after == 0 ? 0 : after + 1, Math::max);
        SegmentHeader last = last(after);
        List<SealedSegment> sealed = last == null ? List.of() : earlier(last, after);
        for (SealedSegment segment : sealed) {
            if (!numbers.contains(segment.number())) {
                throw missing(segment.number());
            }
        }
        read(sealed);
        return new JournalState(
                sealed,
                last == null ? null : readLast(last),
                markers.isEmpty() ? null : files.marker(markers.get(markers.size() - 1)),
                numbers.stream().reduce(newest, Math::max) + 1,
                leftovers(sealed, last, markers));
    }

    /**
     * Reads segments that get no more groups.
     *
     * @throws DamagedFileException if they are not as they were written
     */
    void read(List<SealedSegment> sealed) throws IOException {
        for (SealedSegment segment : sealed) {
            readSealed(segment);
        }
    }

    /** The last segment that was made to its end; those after it were not. */
    private @Nullable SegmentHeader last(long after) throws IOException {
        for (int i = numbers.size() - 1; i >= 0 && numbers.get(i) > after; i--) {
            SegmentHeader header = headerOfWhole(numbers.get(i));
            if (header != null) {
                requireNewest(header.number());
                return header;
            }
        }
        requireNewest(0);
        return null;
    }

    /** There was a segment that was safe, also when something else has replaced those before. */
    private void requireNewest(long last) {
        if (last < newest) {
            throw missing(newest);
        }
    }

    private static List<SealedSegment> earlier(SegmentHeader last, long after) {
        return last.earlier().stream()
                .filter(segment -> segment.number() > after)
                .toList();
    }

    private @Nullable SegmentHeader headerOfWhole(long number) throws IOException {
        try (SegmentReader in = open(number)) {
            SegmentHeader header = in.header();
            if (header != null) {
                header.requireOf(files, number, in.path());
                skip(in, header.firstLength());
            }
            boolean whole = header != null && in.offset() == header.firstLength();
            if (!whole) {
                requireNotSafe(number, in);
                log.warn("{} was not written to its end when the program ended; it counts for nothing", in.path());
            }
            return whole ? header : null;
        }
    }

    private void requireNotSafe(long number, SegmentReader in) throws IOException {
        if (number <= newest || in.wasForcedBeyond(in.offset())) {
            throw new DamagedFileException(
                    in.path(), in.offset(), in.offset() == 0 ? "there should be a header" : in.problem());
        }
    }

    private static void skip(SegmentReader in, long end) throws IOException {
        StoredRecord record = in.next(end);
        while (record != null) {
            record = in.next(end);
        }
    }

    private DamagedFileException missing(long number) {
        return new DamagedFileException(disk.locate(files.name(number)), 0, "it is missing");
    }

    private void readSealed(SealedSegment segment) throws IOException {
        try (SegmentReader in = open(segment.number())) {
            SegmentHeader header = in.header();
            if (header == null) {
                throw new DamagedFileException(in.path(), 0, "there should be a header");
            }
            header.requireOf(files, segment.number(), in.path());
            Tail read = readGroups(in, header, segment.length());
            if (read.end() != segment.length()) {
                throw new DamagedFileException(in.path(), in.offset(), in.problem());
            }
        }
    }

    private Tail readLast(SegmentHeader header) throws IOException {
        try (SegmentReader in = open(header.number())) {
            in.seek(header.length());
            Tail read = readGroups(in, header, in.size());
            if (read.end() < in.size()) {
                if (in.wasForcedBeyond(in.offset())) {
                    throw new DamagedFileException(in.path(), in.offset(), in.problem());
                }
                log.warn(
                        "The last {} bytes of {} were not written to their end when the program ended; they count for"
                                + " nothing",
                        in.size() - read.end(),
                        in.path());
            }
            return read;
        }
    }

    /** Reads groups until there is no whole one. */
    private Tail readGroups(SegmentReader in, SegmentHeader header, long end) throws IOException {
        List<T> group = new ArrayList<>();
        long durable = 0;
        long wholeUpTo = in.offset();
        bytesRead.accept(header.length());
        for (StoredRecord record = in.next(end); record != null; record = in.next(end)) {
            durable = Math.max(durable, record.durable());
            if (record.type() != Journal.CLOSED) {
                group.add(parser.parse(record));
            }
            if (record.isLast()) {
                accept(group);
                wholeUpTo = in.offset();
            }
            bytesRead.accept(RecordHead.LENGTH + record.payload().capacity());
        }
        return new Tail(header.number(), durable, wholeUpTo);
    }

    private void accept(List<T> group) {
        if (!group.isEmpty()) {
            parser.accept(group);
            group.clear();
        }
    }

    private List<String> leftovers(List<SealedSegment> sealed, @Nullable SegmentHeader last, List<Long> markers) {
        Set<Long> kept = sealed.stream().map(SealedSegment::number).collect(Collectors.toCollection(HashSet::new));
        if (last != null) {
            kept.add(last.number());
        }
        return Stream.concat(
                        numbers.stream()
                                .filter(number -> !kept.contains(number))
                                .map(files::name),
                        markers.stream().limit(Math.max(0, markers.size() - 1)).map(files::marker))
                .toList();
    }

    private SegmentReader open(long number) throws IOException {
        return new SegmentReader(disk, files.name(number), number);
    }

    /** Takes what is read. */
    interface Parser<T> {

        /** Makes something of a record that may be the last of its kind; its payload must not be kept. */
        T parse(StoredRecord record);

        /** Takes what was made of the records of a group, when all are there. */
        void accept(List<T> group);
    }
}
