package io.dstream.local;

import io.dstream.engine.StateStore;
import io.dstream.engine.StateTable;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.storage.Copier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * States in a hash table with what the open batch has changed.
 *
 * <p>It has no object of its own for a key, so that a million keys at rest cost little more than themselves. When keys last
 * had data is noted only for a table whose keys expire. Used by one task at a time; batches hand it on.
 */
final class LocalStateTable<K, S> implements StateTable<K, S> {

    /** Rows whose keys are looked for together, so that the processor waits for many places of a large table at once. */
    private static final int BLOCK = 64;

    private final String node;
    private final Copier copier = new Copier();
    private final ChangeLog<K, S> changes = new ChangeLog<>();

    // Mutable state
    private KeyedTable<K, S> states = new KeyedTable<>();
    private @Nullable DataTimes times; // made when keys are to expire
    private boolean timesAreNew; // since the open batch
    private boolean hasRemoved; // a key, in the open batch
    private boolean untimed; // some keys were restored without a time
    private final BitSet timed = new BitSet(); // indexes of these that got one in the open batch

    /**
     * Makes a table without keys.
     *
     * @param node the id of its node, for errors
     */
    LocalStateTable(String node) {
        this.node = node;
    }

    /** How many keys have a state. */
    int size() {
        return states.size();
    }

    @Override
    public S copy(S state) {
        try {
            return copier.copy(state);
        } catch (StreamingException failure) {
            throw notToBeHandedOut(failure);
        }
    }

    @Override
    public void requireCopyable(@Nullable S state) {
        try {
            copier.requireCopyable(state);
        } catch (StreamingException failure) {
            throw notToBeHandedOut(failure);
        }
    }

    private StreamingException notToBeHandedOut(StreamingException failure) {
        return new StreamingException(
                "A state of '" + node + "' cannot be handed to its function: " + failure.getMessage(), failure);
    }

    @Override
    public <V> void updateEach(Iterator<Pair<K, V>> rows, RowUpdater<K, V, S> updater, Instant time) throws Exception {
        long millis = time.toEpochMilli();
        List<Pair<K, V>> block = new ArrayList<>(BLOCK);
        rows.forEachRemaining(row -> {
            block.add(row);
            if (block.size() == BLOCK) {
                updateBlock(block, updater, millis);
            }
        });
        updateBlock(block, updater, millis);
    }

    private <V> void updateBlock(List<Pair<K, V>> block, RowUpdater<K, V, S> updater, long time) {
        int[] found = new int[BLOCK];
        for (int i = 0; i < block.size(); i++) {
            found[i] = states.find(block.get(i).key());
        }
        try {
            for (int i = 0; i < block.size(); i++) {
                update(block.get(i), found[i], updater, time);
            }
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
        block.clear();
    }

    /** Rows of the same block may have added or removed the key since it was looked for. */
    private <V> void update(Pair<K, V> row, int found, RowUpdater<K, V, S> updater, long time) throws Exception {
        K key = row.key();
        V value = row.value();
        int index = states.isAt(found, key) ? found : states.find(key);
        S before = index < 0 ? null : states.value(index);
        S after = updater.update(key, value, before);
        if (after != before) {
            changes.add(key, before, timeOf(index));
            changes.place(set(index, key, after, time));
        } else if (index >= 0 && times != null) {
            changes.add(key, before, timeOf(index));
            changes.place(index);
            times.set(index, time);
        }
    }

    @Override
    public void updateAll(Updater<K, S> updater) throws Exception {
        for (int index = states.first(); index >= 0; index = states.next(index)) {
            K key = states.key(index);
            S before = states.value(index);
            S after = updater.update(key, before);
            if (after != before) {
                changes.add(key, before, timeOf(index));
                if (after == null) {
                    remove(index);
                } else {
                    changes.place(index);
                    states.setValue(index, after);
                }
            }
        }
    }

    @Override
    public void expire(Instant time, Duration timeout, Expiry<K, S> expiring) throws Exception {
        DataTimes known = times(time.toEpochMilli());
        long deadline = time.minus(timeout).toEpochMilli();
        for (int index = known.oldest(); index >= 0 && known.at(index) < deadline; index = known.oldest()) {
            K key = states.key(index);
            S state = states.value(index);
            expiring.expire(key, state);
            changes.add(key, state, known.at(index));
            remove(index);
        }
    }

    private DataTimes times(long now) {
        if (times == null) {
            times = new DataTimes();
            timesAreNew = true;
        }
        if (timesAreNew || untimed) {
            for (int index = states.first(); index >= 0; index = states.next(index)) {
                if (!times.has(index)) {
                    times.set(index, now);
                    timed.set(index);
                }
            }
        }
        return times;
    }

    /**
     * Gives a key the state that it had at the end of an earlier run.
     *
     * @param dataTime when it last had data, in milliseconds since 1970; 0 if that was not noted
     * @return false if the key has a state already, which then stays
     */
    boolean restore(K key, S state, long dataTime) {
        int before = states.size();
        int index = states.findOrAdd(key);
        if (states.size() == before) {
            return false;
        }
        states.setValue(index, state);
        if (dataTime == 0) {
            untimed = true;
        } else {
            times = times == null ? new DataTimes() : times;
            times.set(index, dataTime);
        }
        return true;
    }

    /**
     * Hands over what the open batch has changed. Where times are noted for the first time, that is all keys.
     *
     * @return whether that was anything
     */
    boolean changes(StateStore.Changes taker) {
        boolean allAreNew = times != null && (timesAreNew || untimed);
        if (changes.size() == 0 && !allAreNew) {
            return false;
        }
        Changed changed = new Changed(allAreNew ? states.size() + changes.size() : changes.size());
        if (allAreNew) {
            for (int index = states.first(); index >= 0; index = states.next(index)) {
                changed.add(states.key(index), index);
            }
        }
        addChanges(changed, allAreNew);
        changed.handOver(taker);
        return !changed.keys.isEmpty();
    }

    /**
     * Adds each changed key once, with the last of its changes. Where keys were removed, the index that a key had after a change may be
     * that of another one; else it need not be looked at, which would be a place of the memory that is in no cache; so the key is that
     * of the row, which equals the one of the table.
     */
    private void addChanges(Changed changed, boolean removedOnly) {
        Set<K> removed = new HashSet<>();
        BitSet present = new BitSet(states.end());
        for (int change = 0; change < changes.size(); change++) {
            K key = changes.key(change);
            int place = changes.placeAfter(change);
            int index = hasRemoved && !states.isAt(place, key) ? states.find(key) : place;
            if (index < 0) {
                if (removed.add(key)) {
                    changed.addRemoved(key);
                }
            } else if (!removedOnly && !present.get(index)) {
                present.set(index);
                changed.add(key, index);
            }
        }
    }

    /** Keys with what the table has of them. */
    private final class Changed {

        private final List<K> keys;
        private final List<@Nullable S> after;
        private final long[] dataTimes;

        Changed(int capacity) {
            keys = new ArrayList<>(capacity);
            after = new ArrayList<>(capacity);
            dataTimes = new long[capacity];
        }

        void add(K key, int index) {
            dataTimes[keys.size()] = timeOf(index);
            keys.add(key);
            after.add(states.value(index));
        }

        void addRemoved(K key) {
            keys.add(key);
            after.add(null);
        }

        void handOver(StateStore.Changes taker) {
            if (!keys.isEmpty()) {
                taker.take(node, keys, after, Arrays.copyOf(dataTimes, keys.size()));
            }
        }
    }

    /** All keys with their states; the table must not change meanwhile. */
    Iterator<Pair<K, S>> iterator() {
        return new PairIterator<>(states);
    }

    /** Keeps what the batch has changed. */
    void commit() {
        changes.clear();
        hasRemoved = false;
        timesAreNew = false;
        untimed = false;
        timed.clear();
        if (states.isSparse()) {
            rebuild();
        }
    }

    private void rebuild() {
        KeyedTable<K, S> before = states;
        DataTimes timesBefore = times;
        states = new KeyedTable<>();
        times = timesBefore == null ? null : new DataTimes();
        for (int index = before.first(); index >= 0; index = before.next(index)) {
            long time = timesBefore == null ? 0 : timesBefore.at(index);
            set(KeyedTable.NONE, before.key(index), before.value(index), time);
        }
    }

    /** Undoes what the batch has changed. */
    void rollback() {
        if (timesAreNew) {
            times = null;
            timesAreNew = false;
        }
        if (times != null) {
            timed.stream().forEach(times::remove);
        }
        timed.clear();
        changes.undo((key, state, time) -> set(states.find(key), key, state, time));
        hasRemoved = false;
    }

    /** When a key last had data; of no meaning while that is not noted. */
    private long timeOf(int index) {
        return index < 0 || times == null || (untimed && !times.has(index)) ? 0 : times.at(index);
    }

    /**
     * Gives a key its state, or takes it away.
     *
     * @param index of the key; negative if it has no state
     * @param state null for none
     * @return the index of the key now; negative if it has no state
     */
    private int set(int index, K key, @Nullable S state, long time) {
        if (state != null) {
            int known = index < 0 ? states.findOrAdd(key) : index;
            states.setValue(known, state);
            setTime(known, time);
            return known;
        }
        if (index >= 0) {
            remove(index);
        }
        return KeyedTable.NONE;
    }

    private void setTime(int index, long time) {
        if (times == null) {
            return;
        }
        if (time == 0 && untimed) {
            times.remove(index); // an undone change of a key that had none
        } else {
            times.set(index, time);
        }
    }

    private void remove(int index) {
        hasRemoved = true;
        states.remove(index);
        if (times != null) {
            times.remove(index);
        }
    }
}
