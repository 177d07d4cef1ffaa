package io.dstream.storage;

import io.dstream.function.StreamingException;
import io.dstream.rdd.InputPartition;
import io.dstream.storage.LogContents.Input;
import io.dstream.storage.LogContents.KeptPart;
import io.dstream.storage.LoggedRun.Role;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline's runs have left in its log, for the next one to go on from.
 *
 * <p>States and rows are read from the log's files, which change once the next run has begun: they are to be restored before that.
 * Otherwise immutable. Thread-safe.
 */
public final class Checkpoint {

    private final LogContents contents;
    private final @Nullable Files files; // null: there is nothing to read

    Checkpoint(LogContents contents, @Nullable Files files) {
        this.contents = contents;
        this.files = files;
    }

    /** That of runs which have left nothing but the time of the last batch allocated. */
    static Checkpoint none(@Nullable Instant lastAllocated) {
        LogContents contents = new LogContents(place -> "");
        contents.acceptOfSnapshot(new LogEntry.Summary(lastAllocated, null, 0, Map.of(), Map.of()));
        return new Checkpoint(contents, null);
    }

    /** The time of the last batch allocated; null if there was none. */
    public @Nullable Instant lastAllocated() {
        return contents.lastAllocated();
    }

    /** The time of the last batch committed or skipped; null if there was none. */
    public @Nullable Instant lastCommitted() {
        return contents.lastCommitted();
    }

    /** How many batches were committed or skipped. */
    public long commits() {
        return contents.commits();
    }

    /** What the last run began with; null if there was none. */
    public @Nullable LoggedRun lastRun() {
        LogEntry.Run run = contents.run();
        return run == null ? null : run.run();
    }

    /** The batches that were allocated and neither committed nor skipped, oldest first: they are to be run again. */
    public List<LoggedBatch> uncommitted() {
        return contents.uncommitted();
    }

    /** How far an input of this id has come. */
    public Progress progress(String input) {
        Input known = contents.inputs().get(input);
        if (known == null) {
            return Progress.none();
        }
        Map<Instant, Map<String, String>> batches = new LinkedHashMap<>();
        known.batches().forEach((time, batch) -> batches.put(time, batch.positions()));
        return new Progress(known.positions(), new TreeMap<>(batches));
    }

    /** Up to which batch the records of an input are never read again; null if that was not said. */
    public @Nullable Instant released(String input) {
        Input known = contents.inputs().get(input);
        return known == null ? null : known.released();
    }

    /**
     * What the accumulators have come to, by name.
     *
     * @throws StreamingException if one cannot be read, with its name
     */
    public Map<String, Object> accumulators() {
        Map<String, Object> totals = new LinkedHashMap<>();
        contents.accumulators().forEach((name, bytes) -> {
            try {
                totals.put(name, files().codec().decode(bytes));
            } catch (StreamingException failure) {
                throw new StreamingException(
                        "The accumulator '" + name + "' in " + files().disk().locate("") + " cannot be read: "
                                + failure.getMessage(),
                        failure);
            }
        });
        return totals;
    }

    /** The nodes of which something is kept, those that the last run did not have any more among them. */
    public List<LoggedNode> nodes() {
        return contents.parts().stream()
                .filter(kept -> kept.part().role() != Role.INPUT)
                .map(this::node)
                .toList();
    }

    /**
     * Visits the states of a node, those of a key from the last to the first.
     *
     * @param node its id
     * @param visitor wants the last of each key
     * @return how many it wanted; 0 if the log has none
     * @throws IOException if a file cannot be read
     * @throws StreamingException if a state cannot be read, with node, file, byte and reason
     */
    public <K, S> long forEachState(String node, StateVisitor<K, S> visitor) throws IOException {
        return files == null ? 0 : new MergedStates(files).forEach(contents.states(node), visitor);
    }

    /**
     * Visits the states of a node, each key once.
     *
     * @param node its id
     * @return how many there were; 0 if the log has none
     * @throws IOException if a file cannot be read
     * @throws StreamingException if a state cannot be read, with node, file, byte and reason
     */
    public <K, S> long forEachLastState(String node, StateVisitor<K, S> visitor) throws IOException {
        return files == null ? 0 : new MergedStates(files).forEachOnce(contents.states(node), visitor);
    }

    /** The times of the batches of which the rows of a node are kept, in order. */
    public List<Instant> panes(String node) {
        return List.copyOf(contents.panes(node).keySet());
    }

    /**
     * The rows of a node in a batch.
     *
     * @param node its id
     * @param batchTime one of {@link #panes}
     * @return the partitions in order; they hold the bytes of the rows, and make rows of them whenever they are opened
     * @throws IllegalArgumentException if the rows are not kept
     * @throws IOException if a file cannot be read
     */
    public <T> List<InputPartition<T>> pane(String node, Instant batchTime) throws IOException {
        List<LogEntry.Pane> chunks = contents.panes(node).get(batchTime);
        if (chunks == null) {
            throw new IllegalArgumentException("'batchTime' must be of a pane of '" + node + "', but was " + batchTime);
        }
        List<List<LoggedRows.Chunk>> partitions = new ArrayList<>();
        try (RecordSource source = new RecordSource(files().disk())) {
            for (LogEntry.Pane chunk : chunks) {
                while (partitions.size() <= chunk.partition()) {
                    partitions.add(new ArrayList<>());
                }
                partitions.get(chunk.partition()).add(read(chunk, source));
            }
        }
        List<InputPartition<T>> rows = new ArrayList<>();
        partitions.forEach(partition -> rows.add(new LoggedRows<>(node, partition, files().codec())));
        return rows;
    }

    private LoggedRows.Chunk read(LogEntry.Pane chunk, RecordSource source) throws IOException {
        StoredRecord record = source.read(chunk.place());
        files().bytesRead().accept(record.payload().capacity());
        return new LoggedRows.Chunk(LogFormat.rows(record), chunk.rows(), files().locate(chunk.place()));
    }

    private LoggedNode node(KeptPart kept) {
        return new LoggedNode(
                kept.part(),
                Objects.requireNonNull(kept.lastCommitted()),
                kept.keyClass(),
                kept.stateClass(),
                kept.absentSince() < 0 ? -1 : contents.commits() - kept.absentSince());
    }

    private Files files() {
        return Objects.requireNonNull(files);
    }

    /** Where states and rows are read from. */
    record Files(Disk disk, Codec<Object> codec, LongConsumer bytesRead) {

        String locate(RecordPlace place) {
            return "byte " + place.offset() + " of " + disk.locate(place.file());
        }
    }
}
