package io.dstream.kafka;

import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkConflictException;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** A store of a program's own, which lasts as long as its object; a test can take it away. */
final class MemoryOffsetStore implements OffsetStore {

    // Mutable state, guarded by this
    private final Map<String, Long> epochs = new HashMap<>(); // by group
    private final Map<String, Map<TopicPartition, Long>> saved = new HashMap<>(); // by group
    private boolean isAway;

    synchronized void setAway(boolean away) {
        isAway = away;
    }

    /** The epoch of a group, and topic, partition and offset of each of its partitions. */
    synchronized List<String> rows(String group) {
        Map<String, String> rows = new TreeMap<>();
        saved.getOrDefault(group, Map.of())
                .forEach((partition, offset) ->
                        rows.put(partition.toString(), partition.topic() + " " + partition.partition() + " " + offset));
        List<String> all = new ArrayList<>(List.of("epoch " + epochs.getOrDefault(group, 0L)));
        all.addAll(rows.values());
        return all;
    }

    @Override
    public String description() {
        return "the memory of the test";
    }

    @Override
    public synchronized OffsetStoreSession open(OffsetStoreContext context) {
        requireThere(context);
        long epoch = epochs.merge(context.group(), 1L, Long::sum);
        return new Session(context, epoch, Map.copyOf(saved.getOrDefault(context.group(), Map.of())));
    }

    private synchronized void save(OffsetStoreContext context, long epoch, Map<TopicPartition, Long> offsets) {
        requireThere(context);
        long now = epochs.getOrDefault(context.group(), 0L);
        if (now != epoch) {
            throw new SinkConflictException("The offsets of input " + context + " belong to one that was started later:"
                    + " epoch " + now + ", not " + epoch);
        }
        saved.computeIfAbsent(context.group(), group -> new HashMap<>()).putAll(offsets);
    }

    private void requireThere(OffsetStoreContext context) {
        if (isAway) {
            throw new SourceUnavailableException("The offsets of input " + context + " are out of sight", null);
        }
    }

    private final class Session implements OffsetStoreSession {

        private final OffsetStoreContext context;
        private final long epoch;
        private final Map<TopicPartition, Long> offsets;

        Session(OffsetStoreContext context, long epoch, Map<TopicPartition, Long> offsets) {
            this.context = context;
            this.epoch = epoch;
            this.offsets = offsets;
        }

        @Override
        public Map<TopicPartition, Long> offsets() {
            return offsets;
        }

        @Override
        public void save(Map<TopicPartition, Long> newOffsets) {
            MemoryOffsetStore.this.save(context, epoch, newOffsets);
        }

        /** As if the transaction was committed at once. */
        @Override
        public void saveIn(Connection connection, Map<TopicPartition, Long> newOffsets) {
            save(newOffsets);
        }
    }
}
