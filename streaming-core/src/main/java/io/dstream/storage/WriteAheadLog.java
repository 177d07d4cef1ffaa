package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocks of a pipeline's inputs that cannot be read again from where they came.
 *
 * <p>A block is safe when {@link BlockLog#write} returns, so that its input may acknowledge it upstream; inputs that write at the same time
 * share a force of the disk. After a restart an input gets its {@link #blocks} back. {@link #release} lets go of what no batch
 * reads any more; files all of whose blocks are released are deleted.
 *
 * <p>Thread-safe. An interrupt does not end a call.
 */
public final class WriteAheadLog implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WriteAheadLog.class);

    private static final byte BLOCK = 1;
    private static final long SEGMENT = 64 * 1024 * 1024; // bytes

    private final String pipeline;
    private final Journal journal;

    // Mutable state, guarded by this
    private final Map<String, NavigableMap<Long, LoggedBlock>> found; // by input and number; not released
    private final Map<RecordPlace, LoggedBlock> places = new HashMap<>(); // of these
    private final Map<Long, Map<String, Long>> latest; // by segment and input, the highest number of a block
    private final Map<String, Long> released = new HashMap<>(); // up to which number, by input
    private final Set<Long> dropped = new TreeSet<>(); // segments that were let go of, and are still there

    private WriteAheadLog(Disk disk, JournalFiles files, long segmentBytes, JournalState state, Blocks blocks) {
        this.pipeline = files.pipeline();
        this.journal = new Journal(disk, files, segmentBytes, state, this::move);
        this.found = blocks.found;
        this.latest = blocks.latest;
        found.values().forEach(ofInput -> ofInput.values().forEach(block -> places.put(block.place(), block)));
    }

    /**
     * Opens the log of a pipeline, and reads it. Nothing is written before there is a block.
     *
     * @throws DamagedFileException if it is not as it was written
     * @throws StreamingException if it is that of another pipeline or of a later version
     */
    static WriteAheadLog open(Disk disk, String pipeline) throws IOException {
        return open(disk, pipeline, SEGMENT);
    }

    static WriteAheadLog open(Disk disk, String pipeline, long segmentBytes) throws IOException {
        JournalFiles files = new JournalFiles("write-ahead log", pipeline, "blocks-", ".wal");
        Blocks blocks = new Blocks(disk);
        JournalState state = new JournalReader<>(disk, files, blocks, bytes -> {}).read(0);
        return new WriteAheadLog(disk, files, segmentBytes, state, blocks);
    }

    /**
     * Writes blocks that count together or not at all, and returns when they are safe.
     *
     * @param input the id of their input
     * @param last the highest of their numbers; a number written again takes the place of the first
     * @param blocks at least one
     * @throws IOException if they cannot be written; after a crash they may be there nevertheless
     * @throws IllegalStateException if the log is closed
     */
    void write(String input, long last, List<JournalRecord> blocks) throws IOException {
        journal.write(blocks, segment -> note(input, last, segment));
    }

    /** A block whose bytes are those of its parts, each after its length in 4 bytes. */
    static JournalRecord block(String input, long number, int records, List<byte[]> parts) {
        if (number < 0) {
            throw new IllegalArgumentException("'number' must not be negative, but was " + number);
        }
        int length = 0;
        for (byte[] part : parts) {
            length = Math.addExact(length, Integer.BYTES + part.length);
        }
        List<byte[]> payload = new ArrayList<>();
        payload.add(new PayloadWriter()
                .putText(input)
                .putLong(number)
                .putInt(records)
                .putInt(length)
                .toBytes());
        for (byte[] part : parts) {
            payload.add(new PayloadWriter(Integer.BYTES).putInt(part.length).toBytes());
            payload.add(part);
        }
        return new JournalRecord(BLOCK, payload);
    }

    /** The ids of the inputs of which there are blocks from earlier runs that are not released. */
    public synchronized Set<String> inputs() {
        Set<String> inputs = new TreeSet<>();
        found.forEach((input, blocks) -> {
            if (!blocks.isEmpty()) {
                inputs.add(input);
            }
        });
        return inputs;
    }

    /**
     * The blocks of an input that earlier runs have written, in the order of their numbers. A number is missing if its block was never
     * acknowledged.
     *
     * @param from the number of the first one that is wanted
     */
    public synchronized List<LoggedBlock> blocks(String input, long from) {
        return List.copyOf(
                found.getOrDefault(input, new TreeMap<>()).tailMap(from, true).values());
    }

    /**
     * Lets go of blocks that no batch reads any more. A restart forgets that, so it is to be said again.
     *
     * @param upTo the number of the last of them
     */
    public void release(String input, long upTo) {
        Set<Long> over = over(input, upTo);
        if (!over.isEmpty()) {
            try {
                journal.drop(over);
            } catch (IOException | IllegalStateException failure) {
                log.warn(
                        "The write-ahead log of pipeline '{}' keeps files that are not needed any more: {}",
                        pipeline,
                        failure.toString());
            }
        }
    }

    /** How many bytes the log has on the disk. */
    public long bytes() {
        return journal.bytes();
    }

    /**
     * Ends the log. Closing it again does nothing.
     *
     * @throws IOException if the end cannot be written; the blocks are safe all the same
     */
    @Override
    public void close() throws IOException {
        journal.close();
    }

    /** The bytes of a block. */
    static byte[] content(StoredRecord record) {
        PayloadReader in = new PayloadReader(record.payload());
        in.getText();
        in.getLong();
        in.getInt();
        return in.getBytes();
    }

    /** The segments that are not needed any more, beside those that were let go of before. */
    private synchronized Set<Long> over(String input, long upTo) {
        released.merge(input, upTo, Math::max);
        NavigableMap<Long, LoggedBlock> gone =
                found.getOrDefault(input, new TreeMap<>()).headMap(upTo, true);
        gone.values().forEach(block -> places.remove(block.place()));
        gone.clear();
        List<Long> sealed = journal.sealed().stream().map(SealedSegment::number).toList();
        dropped.retainAll(sealed);
        Set<Long> over = sealed.stream()
                .filter(segment -> !dropped.contains(segment) && isReleased(segment))
                .collect(Collectors.toCollection(TreeSet::new));
        dropped.addAll(over);
        latest.keySet().removeAll(over);
        return over;
    }

    private boolean isReleased(long segment) {
        return latest.getOrDefault(segment, Map.of()).entrySet().stream()
                .allMatch(input -> input.getValue() <= released.getOrDefault(input.getKey(), -1L));
    }

    /** Before the segment of a block can be sealed. */
    private synchronized void note(String input, long number, long segment) {
        latest.computeIfAbsent(segment, none -> new HashMap<>()).merge(input, number, Math::max);
    }

    private synchronized void move(RecordPlace from, RecordPlace to) {
        LoggedBlock block = places.remove(from);
        if (block != null) { // else it is released
            block.move(to);
            places.put(to, block);
            note(block.input(), block.number(), to.segment());
        }
    }

    /** Takes the blocks that are there when the log is opened. */
    private static final class Blocks implements JournalReader.Parser<LoggedBlock> {

        private final Disk disk;

        // Mutable state
        private final Map<String, NavigableMap<Long, LoggedBlock>> found = new HashMap<>();
        private final Map<Long, Map<String, Long>> latest = new HashMap<>();

        Blocks(Disk disk) {
            this.disk = disk;
        }

        @Override
        public LoggedBlock parse(StoredRecord record) {
            if (record.type() != BLOCK) {
                throw new StreamingException(
                        "The record at byte " + record.where().offset() + " of "
                                + disk.locate(record.where().file()) + " is of type " + record.type()
                                + ", which this version of dstream does not know. Use the version that has written it");
            }
            PayloadReader in = new PayloadReader(record.payload());
            return new LoggedBlock(disk, in.getText(), in.getLong(), in.getInt(), record.where());
        }

        @Override
        public void accept(List<LoggedBlock> group) {
            group.get(group.size() - 1).markLast();
            for (LoggedBlock block : group) {
                found.computeIfAbsent(block.input(), none -> new TreeMap<>()).put(block.number(), block);
                latest.computeIfAbsent(block.place().segment(), none -> new HashMap<>())
                        .merge(block.input(), block.number(), Math::max);
            }
        }
    }
}
