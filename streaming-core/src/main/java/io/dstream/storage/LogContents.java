package io.dstream.storage;

import io.dstream.storage.LoggedBatch.LoggedInput;
import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a batch log comes to, made of its records one after the other. States and rows stay in the files; it knows where.
 *
 * <p>Used by one thread while it is made, and not changed after that.
 */
final class LogContents implements JournalReader.Parser<LogEntry> {

    private final Function<RecordPlace, String> path;

    // Mutable state
    private LogEntry.@Nullable Run run;
    private @Nullable Instant lastAllocated;
    private @Nullable Instant lastCommitted;
    private long commits;
    private final NavigableMap<Instant, LoggedBatch> uncommitted = new TreeMap<>();
    private final Map<String, byte[]> accumulators = new LinkedHashMap<>();
    private final Map<String, Input> inputs = new LinkedHashMap<>();
    private final Map<Key, KeptPart> parts = new LinkedHashMap<>();
    private final Map<String, List<List<LogEntry.States>>> states = new LinkedHashMap<>();
    private final Map<String, NavigableMap<Instant, List<LogEntry.Pane>>> panes = new LinkedHashMap<>();

    /**
     * @param path where a record is, for errors
     */
    LogContents(Function<RecordPlace, String> path) {
        this.path = path;
    }

    @Override
    public LogEntry parse(StoredRecord record) {
        return LogFormat.read(record, path.apply(record.where()));
    }

    @Override
    public void accept(List<LogEntry> group) {
        for (LogEntry entry : group) {
            if (entry instanceof LogEntry.Run begun) {
                begin(begun);
            } else if (entry instanceof LogEntry.Allocated allocated) {
                allocate(allocated.batch());
            } else if (entry instanceof LogEntry.Committed committed) {
                commit(committed, group);
            }
        }
    }

    /** Takes a record of a snapshot, which comes before all of the log. */
    void acceptOfSnapshot(LogEntry entry) {
        if (entry instanceof LogEntry.Summary summary) {
            lastCommitted = summary.lastCommitted();
            commits = summary.commits();
            accumulators.putAll(summary.accumulators());
            summary.released().forEach((input, upTo) -> input(input).released = upTo);
            lastAllocated = summary.lastAllocated();
        } else if (entry instanceof LogEntry.Run last) {
            run = last;
        } else if (entry instanceof LogEntry.Allocated allocated) {
            add(allocated.batch());
        } else if (entry instanceof LogEntry.Positions positions) {
            input(positions.input()).positions.putAll(positions.positions());
        } else if (entry instanceof LogEntry.Node node) {
            parts.put(Key.of(node.part()), new KeptPart(node.part(), node.lastCommitted(), node.absentSince()));
        } else if (entry instanceof LogEntry.States chunk) {
            List<List<LogEntry.States>> commitsOfNode = states.computeIfAbsent(chunk.node(), none -> new ArrayList<>());
            if (commitsOfNode.isEmpty()) {
                commitsOfNode.add(new ArrayList<>());
            }
            commitsOfNode.get(0).add(chunk);
            part(Role.STATE, chunk.node()).noteClasses(chunk);
        } else if (entry instanceof LogEntry.Pane pane) {
            add(pane);
        }
    }

    LogEntry.@Nullable Run run() {
        return run;
    }

    @Nullable
    Instant lastAllocated() {
        return lastAllocated;
    }

    @Nullable
    Instant lastCommitted() {
        return lastCommitted;
    }

    /** How many batches were committed. */
    long commits() {
        return commits;
    }

    /** The batches that were allocated and not committed, oldest first. */
    List<LoggedBatch> uncommitted() {
        return List.copyOf(uncommitted.values());
    }

    Map<String, byte[]> accumulators() {
        return accumulators;
    }

    Map<String, Input> inputs() {
        return inputs;
    }

    List<KeptPart> parts() {
        return List.copyOf(parts.values());
    }

    /** The states of a node, by commits in order; in each, a key has at most one. */
    List<List<LogEntry.States>> states(String node) {
        return states.getOrDefault(node, List.of());
    }

    /** The rows of a node by batch time, in order within a partition. */
    NavigableMap<Instant, List<LogEntry.Pane>> panes(String node) {
        return panes.getOrDefault(node, new TreeMap<>());
    }

    private void begin(LogEntry.Run begun) {
        run = begun;
        Map<Key, Part> defined = new HashMap<>();
        begun.run().parts().forEach(part -> defined.put(Key.of(part), part));
        parts.forEach((key, kept) -> kept.begin(defined.get(key), begun.commits()));
    }

    /** One that is written twice counts once. */
    private void allocate(LoggedBatch batch) {
        if (lastAllocated == null || batch.time().isAfter(lastAllocated)) {
            lastAllocated = batch.time();
            add(batch);
        }
    }

    private void add(LoggedBatch batch) {
        batch.inputs().forEach((id, input) -> {
            part(Role.INPUT, id);
            input(id).batches.put(batch.time(), input);
        });
        if (lastCommitted == null || batch.time().isAfter(lastCommitted)) {
            uncommitted.put(batch.time(), batch);
        }
    }

    /** One that is written twice counts once. */
    private void commit(LogEntry.Committed committed, List<LogEntry> group) {
        if (lastCommitted != null && !committed.time().isAfter(lastCommitted)) {
            return;
        }
        lastCommitted = committed.time();
        commits = committed.number();
        uncommitted.headMap(committed.time(), true).clear();
        accumulators.putAll(committed.accumulators());
        addChanges(group);
        committed.forgottenPanes().forEach(this::forgetPanes);
        committed.released().forEach((input, upTo) -> input(input).release(upTo));
    }

    private void addChanges(List<LogEntry> group) {
        Map<String, List<LogEntry.States>> changed = new LinkedHashMap<>();
        for (LogEntry entry : group) {
            if (entry instanceof LogEntry.States chunk) {
                changed.computeIfAbsent(chunk.node(), none -> new ArrayList<>()).add(chunk);
            } else if (entry instanceof LogEntry.Pane pane) {
                add(pane);
            }
        }
        changed.forEach((node, chunks) -> {
            KeptPart part = part(Role.STATE, node);
            part.lastCommitted = lastCommitted;
            chunks.forEach(part::noteClasses);
            List<LogEntry.States> notEmpty =
                    chunks.stream().filter(chunk -> chunk.count() > 0).toList();
            List<List<LogEntry.States>> before = states.computeIfAbsent(node, none -> new ArrayList<>());
            if (!notEmpty.isEmpty()) {
                before.add(notEmpty);
            }
        });
    }

    private void add(LogEntry.Pane pane) {
        part(Role.PANES, pane.node()).lastCommitted = pane.time();
        panes.computeIfAbsent(pane.node(), none -> new TreeMap<>())
                .computeIfAbsent(pane.time(), none -> new ArrayList<>())
                .add(pane);
    }

    private void forgetPanes(String node, Instant upTo) {
        panes.getOrDefault(node, new TreeMap<>()).headMap(upTo, true).clear();
    }

    private Input input(String id) {
        return inputs.computeIfAbsent(id, none -> new Input());
    }

    private KeptPart part(Role role, String id) {
        return parts.computeIfAbsent(new Key(role, id), key -> new KeptPart(definition(key), null, KeptPart.PRESENT));
    }

    private Part definition(Key key) {
        List<Part> defined = run == null ? List.of() : run.run().parts();
        return defined.stream()
                .filter(part -> Key.of(part).equals(key))
                .findFirst()
                .orElse(new Part(key.role(), key.id(), "", false));
    }

    /** What tells parts from each other. */
    private record Key(Role role, String id) {

        static Key of(Part part) {
            return new Key(part.role(), part.id());
        }
    }

    /** A part of a definition of which something is kept. */
    static final class KeptPart {

        static final long PRESENT = -1;

        // Mutable state
        private Part part;
        private @Nullable Instant lastCommitted;
        private long absentSince; // commits before the first run without it
        private @Nullable String keyClass;
        private @Nullable String stateClass;

        KeptPart(Part part, @Nullable Instant lastCommitted, long absentSince) {
            this.part = part;
            this.lastCommitted = lastCommitted;
            this.absentSince = absentSince;
        }

        Part part() {
            return part;
        }

        /** Whether a definition's part is this one. */
        boolean isOf(Part defined) {
            return Key.of(defined).equals(Key.of(part));
        }

        /** When it was evaluated last; null for an input. */
        @Nullable
        Instant lastCommitted() {
            return lastCommitted;
        }

        /** How many commits were before the first run without it; negative if it is not absent. */
        long absentSince() {
            return absentSince;
        }

        /** Of the keys that were written last; null if it is not known. */
        @Nullable
        String keyClass() {
            return keyClass;
        }

        /** Of the states that were written last; null if it is not known. */
        @Nullable
        String stateClass() {
            return stateClass;
        }

        private void noteClasses(LogEntry.States chunk) {
            keyClass = chunk.keyClass() == null ? keyClass : chunk.keyClass();
            stateClass = chunk.stateClass() == null ? stateClass : chunk.stateClass();
        }

        private void begin(@Nullable Part defined, long commits) {
            if (defined != null) {
                part = defined;
                absentSince = PRESENT;
            } else if (absentSince == PRESENT) {
                absentSince = commits;
            }
        }
    }

    /** How far an input has come. */
    static final class Input {

        // Mutable state
        private final Map<String, String> positions = new LinkedHashMap<>(); // before the batches
        private final NavigableMap<Instant, LoggedInput> batches = new TreeMap<>(); // not released
        private @Nullable Instant released;

        Map<String, String> positions() {
            return positions;
        }

        NavigableMap<Instant, LoggedInput> batches() {
            return batches;
        }

        /** Up to which batch its records are not read again; null if there is none. */
        @Nullable
        Instant released() {
            return released;
        }

        private void release(Instant upTo) {
            if (released == null || upTo.isAfter(released)) {
                released = upTo;
            }
            NavigableMap<Instant, LoggedInput> over = batches.headMap(upTo, true);
            over.values().forEach(input -> input.positions().forEach(this::move));
            over.clear();
        }

        private void move(String position, String value) {
            if (value.isEmpty()) {
                positions.remove(position);
            } else {
                positions.put(position, value);
            }
        }
    }
}
