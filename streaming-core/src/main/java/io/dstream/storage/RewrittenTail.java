package io.dstream.storage;

import io.dstream.storage.JournalState.Tail;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The records at the end of the last run's segment, which are written again into a new one. */
final class RewrittenTail {

    private final Disk disk;
    private final String file;
    private final Tail tail;

    RewrittenTail(Disk disk, String file, Tail tail) {
        this.disk = disk;
        this.file = file;
        this.tail = tail;
    }

    /** How many bytes the records take. */
    long length() throws IOException {
        long[] length = {0};
        forEach(record -> length[0] += RecordHead.LENGTH + record.payload().capacity());
        return length[0];
    }

    /**
     * Adds the records to another segment.
     *
     * @param to the name of its file
     * @return where each record was and where it is then
     */
    Map<RecordPlace, RecordPlace> addTo(SegmentWriter segment, String to) throws IOException {
        Map<RecordPlace, RecordPlace> moves = new LinkedHashMap<>();
        forEach(record -> {
            moves.put(record.where(), new RecordPlace(to, segment.number(), segment.length()));
            segment.addRecord(record.type(), record.isLast(), List.of(record.payload()));
        });
        return moves;
    }

    private void forEach(Action action) throws IOException {
        try (SegmentReader in = new SegmentReader(disk, file, tail.segment())) {
            begin(in);
            while (in.offset() < tail.end()) {
                StoredRecord record = in.next(tail.end());
                if (record == null) {
                    throw new DamagedFileException(in.path(), in.offset(), in.problem());
                }
                if (record.type() != Journal.CLOSED) {
                    action.accept(record);
                }
            }
        }
    }

    /** If nothing is known to be safe, all records are written again, which come after the header. */
    private void begin(SegmentReader in) throws IOException {
        if (in.header() == null) {
            throw new DamagedFileException(in.path(), 0, "there should be a header");
        }
        if (tail.durable() > 0) {
            in.seek(tail.durable());
        }
    }

    /** Does something with a record. */
    @FunctionalInterface
    private interface Action {
        void accept(StoredRecord record) throws IOException;
    }
}
