package io.dstream.storage;

import io.dstream.function.StreamingException;
import io.dstream.storage.LoggedBatch.LoggedInput;
import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payloads of a batch log's records, byte by byte in docs/durability.md. What follows a number of a type never changes: what is
 * to be written differently gets another number.
 */
final class LogFormat {

    static final byte RUN = 1;
    static final byte ALLOCATED = 2;
    static final byte PANE = 4;
    static final byte COMMITTED = 5;
    static final byte SUMMARY = 6;
    static final byte POSITIONS = 7;
    static final byte NODE = 8;
    static final byte END = 9;
    static final byte STATES = 10; // 3 were lists alone

    private static final List<Role> ROLES =
            List.of(Role.INPUT, Role.STATE, Role.PANES, Role.OUTPUT, Role.READER, Role.SINK); // by their bytes

    private LogFormat() {}

    static JournalRecord record(LogEntry.Run entry) {
        LoggedRun run = entry.run();
        PayloadWriter out = new PayloadWriter()
                .putLong(entry.commits())
                .putTime(run.start())
                .putLong(run.batchInterval().toMillis())
                .putTime(run.zeroTime())
                .putInt(run.parts().size());
        run.parts().forEach(part -> put(part, out));
        return out.toRecord(RUN);
    }

    static JournalRecord record(LogEntry.Allocated entry) {
        return new PayloadWriter()
                .putTime(entry.batch().time())
                .putMap(entry.batch().inputs(), (out, input) -> out.putLong(input.records())
                        .putText(input.description())
                        .putMap(input.positions(), PayloadWriter::putText))
                .toRecord(ALLOCATED);
    }

    static JournalRecord record(LogEntry.Committed entry) {
        return new PayloadWriter()
                .putTime(entry.time())
                .putLong(entry.number())
                .putByte(entry.skipped() ? 1 : 0)
                .putMap(entry.accumulators(), PayloadWriter::putBytes)
                .putMap(entry.forgottenPanes(), PayloadWriter::putTime)
                .putMap(entry.released(), PayloadWriter::putTime)
                .toRecord(COMMITTED);
    }

    static JournalRecord record(LogEntry.Summary entry) {
        return new PayloadWriter()
                .putTime(entry.lastAllocated())
                .putTime(entry.lastCommitted())
                .putLong(entry.commits())
                .putMap(entry.accumulators(), PayloadWriter::putBytes)
                .putMap(entry.released(), PayloadWriter::putTime)
                .toRecord(SUMMARY);
    }

    static JournalRecord record(LogEntry.Positions entry) {
        return new PayloadWriter()
                .putText(entry.input())
                .putMap(entry.positions(), PayloadWriter::putText)
                .toRecord(POSITIONS);
    }

    static JournalRecord record(LogEntry.Node entry) {
        PayloadWriter out = new PayloadWriter();
        put(entry.part(), out);
        return out.putTime(entry.lastCommitted()).putLong(entry.absentSince()).toRecord(NODE);
    }

    static JournalRecord record(LogEntry.End entry) {
        return new PayloadWriter().putLong(entry.records()).toRecord(END);
    }

    /** The rows of a partition of a node in a batch, or some of them. */
    static JournalRecord pane(String node, Instant time, int partition, int count, byte[] rows) {
        return new PayloadWriter()
                .putText(node)
                .putTime(time)
                .putInt(partition)
                .putInt(count)
                .putBytes(rows)
                .toRecord(PANE);
    }

    /** The bytes of the rows in a record of a pane. */
    static byte[] rows(StoredRecord record) {
        PayloadReader in = new PayloadReader(record.payload());
        pane(in, record.where());
        return in.getBytes();
    }

    /**
     * Reads a record.
     *
     * @param path of its file, for errors
     * @throws StreamingException if it is of a later version
     * @throws DamagedFileException if it is not what it says
     */
    static LogEntry read(StoredRecord record, String path) {
        try {
            return read(record);
        } catch (StreamingException failure) {
            throw new StreamingException(
                    "The record at byte " + record.where().offset() + " of " + path + " cannot be read: "
                            + failure.getMessage(),
                    failure);
        } catch (RuntimeException failure) {
            throw new DamagedFileException(
                    path, record.where().offset(), "the content of the record is not of its type", failure);
        }
    }

    private static LogEntry read(StoredRecord record) {
        PayloadReader in = new PayloadReader(record.payload());
        return switch (record.type()) {
            case RUN -> run(in);
            case ALLOCATED -> allocated(in);
            case STATES -> states(in, record.where());
            case PANE -> pane(in, record.where());
            case COMMITTED -> committed(in);
            case SUMMARY -> summary(in);
            case POSITIONS -> new LogEntry.Positions(in.getText(), in.getMap(PayloadReader::getText));
            case NODE -> new LogEntry.Node(part(in), in.getTimeIfAny(), in.getLong());
            case END -> new LogEntry.End(in.getLong());
            default ->
                throw new StreamingException("its type is " + record.type() + ", which this version of dstream does"
                        + " not know. Use the version that has written it");
        };
    }

    private static LogEntry run(PayloadReader in) {
        long commits = in.getLong();
        return new LogEntry.Run(
                new LoggedRun(in.getTime(), Duration.ofMillis(in.getLong()), in.getTime(), parts(in)), commits);
    }

    private static List<Part> parts(PayloadReader in) {
        List<Part> parts = new ArrayList<>();
        for (int left = in.getCount(); left > 0; left--) {
            parts.add(part(in));
        }
        return parts;
    }

    private static LogEntry allocated(PayloadReader in) {
        return new LogEntry.Allocated(new LoggedBatch(
                in.getTime(),
                in.getMap(input ->
                        new LoggedInput(input.getLong(), input.getText(), input.getMap(PayloadReader::getText)))));
    }

    private static LogEntry states(PayloadReader in, RecordPlace place) {
        return new LogEntry.States(place, in.getText(), in.getTime(), className(in), className(in), in.getInt());
    }

    private static LogEntry pane(PayloadReader in, RecordPlace place) {
        return new LogEntry.Pane(place, in.getText(), in.getTime(), in.getInt(), in.getInt());
    }

    private static LogEntry committed(PayloadReader in) {
        return new LogEntry.Committed(
                in.getTime(),
                in.getLong(),
                in.getByte() == 1,
                in.getMap(PayloadReader::getBytes),
                in.getMap(PayloadReader::getTime),
                in.getMap(PayloadReader::getTime));
    }

    private static LogEntry summary(PayloadReader in) {
        return new LogEntry.Summary(
                in.getTimeIfAny(),
                in.getTimeIfAny(),
                in.getLong(),
                in.getMap(PayloadReader::getBytes),
                in.getMap(PayloadReader::getTime));
    }

    private static void put(Part part, PayloadWriter out) {
        out.putByte(ROLES.indexOf(part.role()))
                .putText(part.id())
                .putText(part.kind())
                .putByte(part.named() ? 1 : 0)
                .putText(part.detail());
    }

    private static Part part(PayloadReader in) {
        return new Part(ROLES.get(in.getByte()), in.getText(), in.getText(), in.getByte() == 1, in.getText());
    }

    private static @Nullable String className(PayloadReader in) {
        String name = in.getText();
        return name.isEmpty() ? null : name;
    }
}
