package io.dstream.kafka;

import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkConflictException;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.TopicPartition;

/** A store of a program's own, which lasts as long as its object; a test can take it away, and let it hang. */
final class MemoryOffsetStore implements OffsetStore {

    // Mutable state, guarded by this
    private final Map<String, Long> epochs = new HashMap<>(); // by group
    private final Map<String, Map<TopicPartition, Long>> saved = new HashMap<>(); // by group
    private boolean isAway;
    private int openSessions;

    private volatile CountDownLatch asked = new CountDownLatch(1);
    private volatile CountDownLatch answers = new CountDownLatch(0);

    synchronized void setAway(boolean away) {
        isAway = away;
    }

    /** Whoever saves waits from now on, and does not answer to an interrupt, as a driver that waits for its socket. */
    void hang() {
        asked = new CountDownLatch(1);
        answers = new CountDownLatch(1);
    }

    /** Waits until somebody saves in vain. */
    void awaitAsked() throws InterruptedException {
        asked.await();
    }

    void answer() {
        answers.countDown();
    }

    synchronized int openSessions() {
        return openSessions;
    }

    synchronized void awaitEndOfSessions() throws InterruptedException {
        while (openSessions > 0) {
            wait();
        }
    }

    private synchronized void closeSession() {
        openSessions--;
        notifyAll();
    }

    private void awaitAnswer() {
        asked.countDown();
        boolean interrupted = false;
        while (answers.getCount() > 0) {
            try {
                answers.await();
            } catch (InterruptedException ignored) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
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
        openSessions++;
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
            awaitAnswer();
            MemoryOffsetStore.this.save(context, epoch, newOffsets);
        }

        /** As if the transaction was committed at once. */
        @Override
        public void saveIn(Connection connection, Map<TopicPartition, Long> newOffsets) {
            save(newOffsets);
        }

        @Override
        public void close() {
            closeSession();
        }
    }
}
