package io.dstream.storage;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A batch log in files: a journal with a record for each thing that is told, and snapshots in place of what is old.
 *
 * <p>Thread-safe.
 */
final class FileBatchLog implements BatchLog {

    private final String pipeline;
    private final Codec<Object> codec;
    private final Journal journal;
    private final Snapshots snapshots;

    // Mutable state, guarded by this
    private @Nullable Checkpoint checkpoint; // until a run has begun
    private final NavigableMap<Instant, JournalRecord> unwritten = new TreeMap<>(); // allocations, by batch time
    private long commits;

    private FileBatchLog(
            String pipeline, Codec<Object> codec, Journal journal, Snapshots snapshots, Checkpoint checkpoint) {
        this.pipeline = pipeline;
        this.codec = codec;
        this.journal = journal;
        this.snapshots = snapshots;
        this.checkpoint = checkpoint;
        this.commits = checkpoint.commits();
    }

    /**
     * Opens the log of a pipeline, and reads it. Nothing is written before a run begins.
     *
     * @param bytesRead is given how many more bytes were read, each time
     * @param executor makes snapshots
     * @throws DamagedFileException if it is not as it was written
     * @throws io.dstream.function.StreamingException if it is that of another pipeline or of a later version
     */
    static FileBatchLog open(
            Disk disk,
            String pipeline,
            Codec<Object> codec,
            LogSettings settings,
            LongConsumer bytesRead,
            Executor executor)
            throws IOException {
        JournalFiles files = files(pipeline);
        Snapshot snapshot = new Snapshot(disk, pipeline);
        List<String> names = disk.list();
        List<Long> numbers = snapshot.numbers(names);
        long number = numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
        LogContents contents = new LogContents(place -> disk.locate(place.file()));
        long length = number == 0 ? 0 : snapshot.read(number, contents, bytesRead);
        JournalState state = new JournalReader<>(disk, files, contents, bytesRead)
                .read(number)
                .withLeftovers(snapshot.leftovers(names, number));
        Journal journal = new Journal(disk, files, settings.segmentBytes(), state, (from, to) -> {});
        return new FileBatchLog(
                pipeline,
                codec,
                journal,
                new Snapshots(disk, files, journal, codec, settings, number, length, executor),
                new Checkpoint(contents, new Checkpoint.Files(disk, codec, bytesRead)));
    }

    /** How many bytes the log of a pipeline has. */
    static long size(Disk disk, String pipeline) throws IOException {
        List<String> names = disk.list();
        JournalFiles files = files(pipeline);
        Snapshot snapshot = new Snapshot(disk, pipeline);
        long size = 0;
        for (String name : Stream.concat(
                        files.segments(names).stream().map(files::name),
                        snapshot.numbers(names).stream().map(snapshot::name))
                .toList()) {
            try (Disk.Input in = disk.open(name)) {
                size += in.size();
            }
        }
        return size;
    }

    private static JournalFiles files(String pipeline) {
        return new JournalFiles("batch log", pipeline, "log-", ".seg");
    }

    @Override
    public boolean isKept() {
        return true;
    }

    @Override
    public synchronized Checkpoint checkpoint() {
        if (checkpoint == null) {
            throw new IllegalStateException("The run of pipeline '" + pipeline + "' has begun, so its log changes");
        }
        return checkpoint;
    }

    @Override
    public void begin(LoggedRun run) throws IOException {
        snapshots.begin(run.parts());
        write(List.of(LogFormat.record(new LogEntry.Run(run, checkpoint().commits()))));
        synchronized (this) {
            checkpoint = null;
        }
    }

    @Override
    public synchronized void allocated(LoggedBatch batch) {
        requireBegun();
        unwritten.put(batch.time(), LogFormat.record(new LogEntry.Allocated(batch)));
    }

    @Override
    public void requireAllocated(Instant batchTime) throws IOException {
        Map<Instant, JournalRecord> allocations = unwritten();
        if (allocations.containsKey(batchTime)) {
            write(new ArrayList<>(allocations.values()));
            written(allocations);
        }
    }

    @Override
    public BatchCommit commit(Instant batchTime) {
        return new EncodedCommit(batchTime, codec);
    }

    @Override
    public void committed(BatchCommit commit) throws IOException {
        Map<Instant, JournalRecord> allocations = unwritten();
        List<JournalRecord> group = new ArrayList<>(allocations.values());
        group.addAll(((EncodedCommit) commit).records(nextCommit()));
        write(group);
        written(allocations);
        synchronized (this) {
            commits++;
        }
    }

    @Override
    public void close() throws IOException {
        snapshots.close();
        journal.close();
    }

    private void write(List<JournalRecord> group) throws IOException {
        journal.write(group, segment -> {});
        snapshots.makeIfWorthwhile();
    }

    private synchronized Map<Instant, JournalRecord> unwritten() {
        requireBegun();
        return new TreeMap<>(unwritten);
    }

    private synchronized void written(Map<Instant, JournalRecord> allocations) {
        unwritten.keySet().removeAll(allocations.keySet());
    }

    private synchronized long nextCommit() {
        return commits + 1;
    }

    private void requireBegun() {
        if (checkpoint != null) {
            throw new IllegalStateException("No run of pipeline '" + pipeline + "' has begun");
        }
    }
}
