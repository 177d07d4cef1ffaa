package io.dstream.storage;

import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.storage.LoggedBatch.LoggedInput;
import io.dstream.storage.LoggedRun.Role;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a batch log must come to, kept the simple way: in maps. Two are equal if they come to the same. */
final class LogModel {

    // Mutable state
    private Instant lastAllocated;
    private Instant lastCommitted;
    private long commits;
    private LoggedRun run;
    private final Map<Instant, LoggedBatch> uncommitted = new TreeMap<>();
    private final Map<String, Object> accumulators = new TreeMap<>();
    private final Map<String, Map<String, String>> positions = new TreeMap<>();
    private final Map<String, Map<Instant, Map<String, String>>> batches = new TreeMap<>();
    private final Map<String, Instant> released = new TreeMap<>();
    private final Map<String, Instant> evaluated = new TreeMap<>(); // by role and node
    private final Map<String, Map<Object, Pair<Object, Long>>> states = new TreeMap<>();
    private final Map<String, Map<Instant, List<List<Object>>>> panes = new TreeMap<>();

    LogModel() {}

    LogModel(LogModel other) {
        lastAllocated = other.lastAllocated;
        lastCommitted = other.lastCommitted;
        commits = other.commits;
        run = other.run;
        uncommitted.putAll(other.uncommitted);
        accumulators.putAll(other.accumulators);
        other.positions.forEach((input, each) -> positions.put(input, new TreeMap<>(each)));
        other.batches.forEach((input, each) -> batches.put(input, new TreeMap<>(each)));
        released.putAll(other.released);
        evaluated.putAll(other.evaluated);
        other.states.forEach((node, each) -> states.put(node, new HashMap<>(each)));
        other.panes.forEach((node, each) -> panes.put(node, new TreeMap<>(each)));
    }

    /** What a checkpoint says. */
    static LogModel of(Checkpoint checkpoint, List<String> inputs) throws IOException {
        LogModel model = new LogModel();
        model.lastAllocated = checkpoint.lastAllocated();
        model.lastCommitted = checkpoint.lastCommitted();
        model.commits = checkpoint.commits();
        model.run = checkpoint.lastRun();
        checkpoint.uncommitted().forEach(batch -> model.uncommitted.put(batch.time(), batch));
        model.accumulators.putAll(checkpoint.accumulators());
        for (String input : inputs) {
            Progress progress = checkpoint.progress(input);
            if (!progress.positions().isEmpty()) {
                model.positions.put(input, new TreeMap<>(progress.positions()));
            }
            if (!progress.batches().isEmpty()) {
                model.batches.put(input, new TreeMap<>(progress.batches()));
            }
            if (checkpoint.released(input) != null) {
                model.released.put(input, checkpoint.released(input));
            }
        }
        for (LoggedNode node : checkpoint.nodes()) {
            model.read(checkpoint, node);
        }
        return model;
    }

    private void read(Checkpoint checkpoint, LoggedNode node) throws IOException {
        String id = node.part().id();
        evaluated.put(node.part().role() + " " + id, node.lastCommitted());
        if (node.part().role() == Role.STATE) {
            Map<Object, Pair<Object, Long>> read = new HashMap<>();
            long visited = checkpoint.forEachState(
                    id, (key, state, time) -> read.putIfAbsent(key, Pair.of(state, time)) == null);
            if (visited != read.size()) {
                throw new AssertionError(visited + " states of " + id + " were told, but visited were " + read.size());
            }
            putUnlessEmpty(id, read, states);
        } else {
            Map<Instant, List<List<Object>>> read = new TreeMap<>();
            for (Instant time : checkpoint.panes(id)) {
                List<List<Object>> partitions = new ArrayList<>();
                for (InputPartition<Object> partition : checkpoint.pane(id, time)) {
                    partitions.add(rows(partition));
                }
                read.put(time, partitions);
            }
            putUnlessEmpty(id, read, panes);
        }
    }

    private static List<Object> rows(InputPartition<Object> partition) {
        try {
            List<Object> rows = new ArrayList<>();
            partition.open().forEachRemaining(rows::add);
            if (partition.size() != rows.size()) {
                throw new AssertionError("There should be " + partition.size() + " rows, but were " + rows);
            }
            return rows;
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    private static <V> void putUnlessEmpty(String id, Map<?, ?> read, Map<String, V> to) {
        if (!read.isEmpty()) {
            @SuppressWarnings("unchecked")
            V value = (V) read;
            to.put(id, value);
        }
    }

    LogModel begun(LoggedRun next) {
        LogModel after = new LogModel(this);
        after.run = next;
        return after;
    }

    LogModel allocated(List<LoggedBatch> allocated) {
        LogModel after = new LogModel(this);
        allocated.forEach(batch -> {
            after.lastAllocated = batch.time();
            after.uncommitted.put(batch.time(), batch);
            batch.inputs().forEach((input, records) -> after.batches
                    .computeIfAbsent(input, none -> new TreeMap<>())
                    .put(batch.time(), records.positions()));
        });
        return after;
    }

    /** Ready to take what a batch has changed. */
    LogModel committed(Instant time) {
        LogModel after = new LogModel(this);
        after.lastCommitted = time;
        after.commits++;
        after.uncommitted.remove(time);
        return after;
    }

    void changed(String node, List<?> keys, List<?> newStates, long[] times) {
        evaluated.put(Role.STATE + " " + node, lastCommitted);
        Map<Object, Pair<Object, Long>> ofNode = states.computeIfAbsent(node, none -> new HashMap<>());
        for (int i = 0; i < keys.size(); i++) {
            if (newStates.get(i) == null) {
                ofNode.remove(keys.get(i));
            } else {
                ofNode.put(keys.get(i), Pair.of(newStates.get(i), times[i]));
            }
        }
        if (ofNode.isEmpty()) {
            states.remove(node);
        }
    }

    void pane(String node, List<List<Object>> partitions) {
        evaluated.put(Role.PANES + " " + node, lastCommitted);
        panes.computeIfAbsent(node, none -> new TreeMap<>()).put(lastCommitted, partitions);
    }

    void forgotten(String node, Instant upTo) {
        Map<Instant, List<List<Object>>> ofNode = panes.getOrDefault(node, new TreeMap<>());
        ofNode.keySet().removeIf(time -> !time.isAfter(upTo));
        if (ofNode.isEmpty()) {
            panes.remove(node);
        }
    }

    void accumulated(String name, Object total) {
        accumulators.put(name, total);
    }

    void released(String input, Instant upTo) {
        released.merge(input, upTo, (before, after) -> before.isAfter(after) ? before : after);
        Map<Instant, Map<String, String>> ofInput = batches.getOrDefault(input, new TreeMap<>());
        Map<String, String> reached = positions.computeIfAbsent(input, none -> new TreeMap<>());
        for (Instant time : List.copyOf(ofInput.keySet())) {
            if (!time.isAfter(upTo)) {
                reached.putAll(ofInput.remove(time));
            }
        }
        reached.values().removeIf(String::isEmpty);
        if (reached.isEmpty()) {
            positions.remove(input);
        }
        if (ofInput.isEmpty()) {
            batches.remove(input);
        }
    }

    Instant lastAllocated() {
        return lastAllocated;
    }

    List<LoggedBatch> uncommitted() {
        return List.copyOf(uncommitted.values());
    }

    List<Object> keys(String node) {
        return List.copyOf(states.getOrDefault(node, Map.of()).keySet());
    }

    private Map<String, Object> facts() {
        Map<String, Object> facts = new TreeMap<>();
        facts.put("lastAllocated", lastAllocated);
        facts.put("lastCommitted", lastCommitted);
        facts.put("commits", commits);
        facts.put("run", run);
        facts.put("uncommitted", uncommitted);
        facts.put("accumulators", accumulators);
        facts.put("positions", positions);
        facts.put("batches", batches);
        facts.put("released", released);
        facts.put("evaluated", evaluated);
        facts.put("states", states);
        facts.put("panes", panes);
        return facts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogModel model && facts().equals(model.facts());
    }

    @Override
    public int hashCode() {
        return facts().hashCode();
    }

    @Override
    public String toString() {
        return facts().toString();
    }

    static LoggedInput input(Map<String, String> positions) {
        return new LoggedInput(positions.size(), "of a test", positions);
    }
}
