package io.dstream.storage;

import io.dstream.storage.LogContents.Input;
import io.dstream.storage.LogContents.KeptPart;
import io.dstream.storage.LoggedBatch.LoggedInput;
import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what a log comes to into a snapshot, a record at a time. Used by one thread. */
final class SnapshotContent {

    private static final Logger log = LoggerFactory.getLogger(SnapshotContent.class);

    private final SegmentWriter out;
    private final LogContents contents;
    private final Checkpoint.Files from;
    private final BooleanSupplier cancelled;
    private final List<KeptPart> parts; // without those that were absent for too long

    // Mutable state
    private long records;

    /**
     * @param defined the parts of the run that writes the log: it goes on with them, although they may have come back in a segment
     *     that is not in the snapshot
     */
    SnapshotContent(
            SegmentWriter out,
            LogContents contents,
            Checkpoint.Files from,
            int retain,
            Set<Part> defined,
            BooleanSupplier cancelled) {
        this.out = out;
        this.contents = contents;
        this.from = from;
        this.cancelled = cancelled;
        this.parts = contents.parts().stream()
                .filter(part -> part.absentSince() < 0
                        || contents.commits() - part.absentSince() < retain
                        || defined.stream().anyMatch(part::isOf))
                .toList();
    }

    void write() throws IOException {
        tellOfLoss();
        add(LogFormat.record(summary()));
        LogEntry.Run run = contents.run();
        if (run != null) {
            add(LogFormat.record(run));
        }
        for (KeptPart part : parts) {
            add(LogFormat.record(new LogEntry.Node(part.part(), part.lastCommitted(), part.absentSince())));
        }
        for (LoggedBatch batch : batches()) {
            add(LogFormat.record(new LogEntry.Allocated(batch)));
        }
        for (KeptPart part : parts) {
            write(part.part());
        }
        add(LogFormat.record(new LogEntry.End(records)));
    }

    private void tellOfLoss() {
        contents.parts().stream()
                .filter(part -> !parts.contains(part))
                .forEach(part -> log.info(
                        "What was kept of '{}' ({}) is left out: the pipeline has not had it for {} commits",
                        part.part().id(),
                        part.part().role(),
                        contents.commits() - part.absentSince()));
    }

    private LogEntry.Summary summary() {
        Map<String, Instant> released = new LinkedHashMap<>();
        contents.inputs().forEach((id, input) -> {
            Instant upTo = input.released();
            if (upTo != null && isKept(Role.INPUT, id)) {
                released.put(id, upTo);
            }
        });
        return new LogEntry.Summary(
                contents.lastAllocated(),
                contents.lastCommitted(),
                contents.commits(),
                contents.accumulators(),
                released);
    }

    /** Those that are not committed, as they were, and of the others what is not released. */
    private List<LoggedBatch> batches() {
        NavigableMap<Instant, LoggedBatch> batches = new TreeMap<>();
        Map<Instant, Map<String, LoggedInput>> unreleased = new LinkedHashMap<>();
        contents.inputs().forEach((id, input) -> {
            if (isKept(Role.INPUT, id)) {
                input.batches().forEach((time, records) -> unreleased
                        .computeIfAbsent(time, none -> new LinkedHashMap<>())
                        .put(id, records));
            }
        });
        unreleased.forEach((time, inputs) -> batches.put(time, new LoggedBatch(time, inputs)));
        contents.uncommitted().forEach(batch -> batches.put(batch.time(), batch));
        return List.copyOf(batches.values());
    }

    private boolean isKept(Role role, String id) {
        return parts.stream()
                .anyMatch(part -> part.part().role() == role && part.part().id().equals(id));
    }

    private void write(Part part) throws IOException {
        switch (part.role()) {
            case INPUT -> writePositions(part.id());
            case STATE -> writeStates(part.id());
            case PANES -> writePanes(part.id());
            case OUTPUT, READER, SINK -> {} // nothing is kept of it but that it was there
        }
    }

    private void writePositions(String input) throws IOException {
        Input known = contents.inputs().get(input);
        if (known != null) {
            add(LogFormat.record(new LogEntry.Positions(input, known.positions())));
        }
    }

    private void writeStates(String node) throws IOException {
        States states = new States(node);
        try {
            new MergedStates(from).forEachOnce(contents.states(node), states);
            states.flush();
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private void writePanes(String node) throws IOException {
        try (RecordSource source = new RecordSource(from.disk())) {
            for (List<LogEntry.Pane> pane : contents.panes(node).values()) {
                for (LogEntry.Pane chunk : pane) {
                    StoredRecord record = source.read(chunk.place());
                    byte[] payload = new byte[record.payload().remaining()];
                    record.payload().get(payload);
                    add(new JournalRecord(LogFormat.PANE, payload));
                }
            }
        }
    }

    private void add(JournalRecord record) throws IOException {
        if (cancelled.getAsBoolean()) {
            throw new InterruptedIOException("The snapshot was cancelled");
        }
        out.addGroup(List.of(record));
        records++;
    }

    /** Collects states until they are enough for a record. */
    private final class States implements StateVisitor<Object, Object> {

        private final String node;

        // Mutable state
        private final List<@Nullable Object> keys = new ArrayList<>();
        private final List<Object> states = new ArrayList<>();
        private final List<Long> dataTimes = new ArrayList<>();
        private int wanted = EncodedCommit.FIRST;

        States(String node) {
            this.node = node;
        }

        @Override
        public boolean visit(Object key, Object state, long dataTime) {
            keys.add(key);
            states.add(state);
            dataTimes.add(dataTime);
            if (keys.size() >= wanted) {
                flush();
            }
            return true;
        }

        void flush() {
            if (keys.isEmpty()) {
                return;
            }
            StateChunk chunk = new StateChunk(
                    keys, states, dataTimes.stream().mapToLong(Long::longValue).toArray());
            JournalRecord record = chunk.toRecord(node, Instant.EPOCH, from.codec());
            wanted = EncodedCommit.entries(keys.size(), record.length());
            try {
                add(record);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            keys.clear();
            states.clear();
            dataTimes.clear();
        }
    }
}
