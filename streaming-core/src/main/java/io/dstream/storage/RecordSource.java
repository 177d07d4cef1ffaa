package io.dstream.storage;

import java.io.Closeable;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads records again, wherever they are; fast if they are one after the other. Used by one thread. */
final class RecordSource implements Closeable {

    private final Disk disk;

    // Mutable state
    private @Nullable SegmentReader in;
    private String file = "";

    RecordSource(Disk disk) {
        this.disk = disk;
    }

    /** The record at a place; its payload is there until the next one is read. */
    StoredRecord read(RecordPlace place) throws IOException {
        if (!place.file().equals(file)) {
            close();
            in = new SegmentReader(disk, place.file(), place.segment());
            file = place.file();
        }
        SegmentReader reader = Objects.requireNonNull(in);
        reader.seek(place.offset());
        StoredRecord record = reader.next(reader.size());
        if (record == null) {
            throw new DamagedFileException(reader.path(), place.offset(), reader.problem());
        }
        return record;
    }

    @Override
    public void close() throws IOException {
        file = "";
        if (in != null) {
            in.close();
            in = null;
        }
    }
}
