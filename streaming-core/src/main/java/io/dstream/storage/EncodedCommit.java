package io.dstream.storage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch has changed, as records. States and rows are divided among records, of about as many bytes as are read well at once.
 *
 * <p>Thread-safe.
 */
final class EncodedCommit implements BatchCommit {

    static final int FIRST = 100; // states or rows in a record, before their length is known
    private static final int MAX = 1_000;
    private static final int BYTES = 256 * 1024; // of a record, about

    private final Instant time;
    private final Codec<Object> codec;

    // Mutable state, guarded by this
    private final List<JournalRecord> records = new ArrayList<>();
    private final Map<String, byte[]> accumulators = new LinkedHashMap<>();
    private final Map<String, Instant> forgottenPanes = new LinkedHashMap<>();
    private final Map<String, Instant> released = new LinkedHashMap<>();
    private boolean skipped;

    EncodedCommit(Instant time, Codec<Object> codec) {
        this.time = time;
        this.codec = codec;
    }

    @Override
    public Instant batchTime() {
        return time;
    }

    @Override
    public boolean isKept() {
        return true;
    }

    @Override
    public void states(String node, List<?> keys, List<? extends @Nullable Object> states, long[] dataTimes) {
        if (states.size() != keys.size() || dataTimes.length != keys.size()) {
            throw new IllegalArgumentException("'keys', 'states' and 'dataTimes' must be of the same length, but had "
                    + keys.size() + ", " + states.size() + " and " + dataTimes.length + " elements");
        }
        StateChunk all = new StateChunk(keys, states, dataTimes);
        divide(keys.size(), (from, to) -> all.part(from, to).toRecord(node, time, codec));
    }

    @Override
    public void pane(String node, int partition, List<?> rows) {
        if (partition < 0) {
            throw new IllegalArgumentException("'partition' must not be negative, but was " + partition);
        }
        divide(rows.size(), (from, to) -> paneRecord(node, partition, rows.subList(from, to)));
    }

    @Override
    public synchronized void forgetPanes(String node, Instant upTo) {
        forgottenPanes.put(node, upTo);
    }

    @Override
    public void accumulator(String name, Object total) {
        byte[] bytes = codec.encode(total);
        synchronized (this) {
            accumulators.put(name, bytes);
        }
    }

    @Override
    public synchronized void released(String input, Instant upTo) {
        if (upTo.isAfter(time)) {
            throw new IllegalArgumentException("'upTo' must not be after the batch " + time + ", but was " + upTo);
        }
        released.put(input, upTo);
    }

    @Override
    public synchronized void skipped() {
        if (!records.isEmpty()) {
            throw new IllegalStateException("The batch " + time + " has states or panes, so it cannot be skipped");
        }
        skipped = true;
    }

    /**
     * All records, the commit as the last one.
     *
     * @param number of the commit
     */
    synchronized List<JournalRecord> records(long number) {
        List<JournalRecord> all = new ArrayList<>(records);
        all.add(LogFormat.record(
                new LogEntry.Committed(time, number, skipped, accumulators, forgottenPanes, released)));
        return all;
    }

    private void divide(int count, Encoder encoder) {
        int next = FIRST;
        int from = 0;
        do {
            int to = Math.min(count, from + next);
            JournalRecord record = encoder.encode(from, to);
            next = entries(to - from, record.length());
            from = to;
            add(record);
        } while (from < count);
    }

    /** How many entries a record should have, if some take so many bytes. */
    static int entries(int count, int bytes) {
        return (int) Math.max(1, Math.min(MAX, (long) BYTES * Math.max(1, count) / Math.max(1, bytes)));
    }

    private synchronized void add(JournalRecord record) {
        if (skipped) {
            throw new IllegalStateException("The batch " + time + " is skipped, so it has no states or panes");
        }
        records.add(record);
    }

    private JournalRecord paneRecord(String node, int partition, List<?> rows) {
        return LogFormat.pane(node, time, partition, rows.size(), codec.encode(new ArrayList<>(rows)));
    }

    /** Makes a record of some of the entries. */
    @FunctionalInterface
    private interface Encoder {
        JournalRecord encode(int from, int to);
    }
}
