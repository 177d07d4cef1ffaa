package io.dstream.storage;

import io.dstream.storage.LoggedRun.Part;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that says what a batch log comes to up to a segment, in place of all before. It is made under another name and counts once
 * it is whole.
 */
final class Snapshot {

    private static final Logger log = LoggerFactory.getLogger(Snapshot.class);

    private static final String UNFINISHED = ".tmp";

    private final Disk disk;
    private final JournalFiles files;

    Snapshot(Disk disk, String pipeline) {
        this.disk = disk;
        this.files = new JournalFiles("snapshot", pipeline, "snapshot-", ".snap");
    }

    /** The numbers of the snapshots among some files, in order. */
    List<Long> numbers(List<String> names) {
        return files.segments(names);
    }

    /** The names of snapshots that count for nothing: all but one, and those that were not finished. */
    List<String> leftovers(List<String> names, long number) {
        return names.stream()
                .filter(name -> name.startsWith(files.prefix()))
                .filter(name -> name.endsWith(files.suffix()) || name.endsWith(files.suffix() + UNFINISHED))
                .filter(name -> !name.equals(files.name(number)))
                .toList();
    }

    String name(long number) {
        return files.name(number);
    }

    /**
     * Reads a snapshot.
     *
     * @return how many bytes it has
     * @throws DamagedFileException if it is not as it was written
     */
    long read(long number, LogContents into, LongConsumer bytesRead) throws IOException {
        try (SegmentReader in = new SegmentReader(disk, files.name(number), number)) {
            requireHeader(in, number);
            long records = 0;
            for (StoredRecord record = in.next(in.size()); record != null; record = in.next(in.size())) {
                LogEntry entry = into.parse(record);
                bytesRead.accept(record.payload().capacity());
                if (entry instanceof LogEntry.End end && end.records() == records && in.offset() == in.size()) {
                    return in.size();
                }
                into.acceptOfSnapshot(entry);
                records++;
            }
            throw new DamagedFileException(in.path(), in.offset(), in.problem());
        }
    }

    private void requireHeader(SegmentReader in, long number) throws IOException {
        SegmentHeader header = in.header();
        if (header == null) {
            throw new DamagedFileException(in.path(), 0, "there should be a header");
        }
        header.requireOf(files, number, in.path());
    }

    /**
     * Makes a snapshot.
     *
     * @param number of the last segment that is in it
     * @param retain for how many commits something is kept that the definition does not have any more
     * @param defined the parts that the definition has, which are kept however long they were absent before
     * @param cancelled asked now and then
     * @return how many bytes it has
     * @throws InterruptedIOException if it was cancelled
     */
    long write(
            long number,
            LogContents contents,
            Codec<Object> codec,
            int retain,
            Set<Part> defined,
            BooleanSupplier cancelled)
            throws IOException {
        String unfinished = files.name(number) + UNFINISHED;
        disk.delete(unfinished);
        try {
            long length = writeFile(unfinished, number, contents, codec, retain, defined, cancelled);
            disk.rename(unfinished, files.name(number));
            disk.forceNames();
            return length;
        } catch (IOException | RuntimeException | Error failure) {
            deleteIfPossible(unfinished);
            throw failure;
        }
    }

    private long writeFile(
            String name,
            long number,
            LogContents contents,
            Codec<Object> codec,
            int retain,
            Set<Part> defined,
            BooleanSupplier cancelled)
            throws IOException {
        try (SegmentWriter out = new SegmentWriter(disk.create(name), number)) {
            out.addHeader(new SegmentHeader(number, 0, files.kind(), files.pipeline(), List.of()));
            Checkpoint.Files from = new Checkpoint.Files(disk, codec, bytes -> {});
            new SnapshotContent(out, contents, from, retain, defined, cancelled).write();
            out.force();
            return out.length();
        }
    }

    private void deleteIfPossible(String name) {
        try {
            disk.delete(name);
        } catch (IOException failure) {
            log.debug("{} cannot be deleted", disk.locate(name), failure);
        }
    }
}
