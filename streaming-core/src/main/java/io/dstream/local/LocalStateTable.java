package io.dstream.local;

import io.dstream.engine.StateTable;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.storage.Copier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * States in a hash table with what the open batch has changed.
 *
 * <p>It has no object of its own for a key, so that a million keys at rest cost little more than themselves. Keys that time
 * out are found by a list in the order of their updates, which a table without timeouts never makes. Used by one task at a
 * time; batches hand it on.
 */
final class LocalStateTable<K, S> implements StateTable<K, S> {

    private final String node;
    private final Copier copier = new Copier();
    private final KeyedTable<K, S> states = new KeyedTable<>();
    private final ChangeLog<K, S> changes = new ChangeLog<>();

    // Mutable state
    private long[] updates = new long[states.capacity()]; // in milliseconds since the epoch, by index
    private int lastRead = KeyedTable.NONE; // which is often what is changed next
    private @Nullable UpdateOrder order; // made when it is asked for

    /**
     * Makes a table without keys.
     *
     * @param node the id of its node, for errors
     */
    LocalStateTable(String node) {
        this.node = node;
    }

    @Override
    public @Nullable S get(K key) {
        lastRead = states.find(key);
        return lastRead < 0 ? null : states.value(lastRead);
    }

    @Override
    public S copy(S state) {
        try {
            return copier.copy(state);
        } catch (StreamingException failure) {
            throw new StreamingException(
                    "A state of '" + node + "' cannot be handed to its function: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void put(K key, S state, Instant updated) {
        int index = isLastRead(key) ? lastRead : states.findOrAdd(key);
        makeRoom();
        changes.add(key, states.value(index), updates[index]);
        set(index, state, updated.toEpochMilli());
    }

    private boolean isLastRead(K key) {
        return lastRead >= 0 && lastRead < states.capacity() && Objects.equals(states.key(lastRead), key);
    }

    @Override
    public void remove(K key) {
        int index = states.find(key);
        if (index >= 0) {
            changes.add(key, states.value(index), updates[index]);
            remove(index);
        }
    }

    @Override
    public void updateAll(Updater<K, S> updater, Instant updated) throws Exception {
        long time = updated.toEpochMilli();
        KeyedTable<K, S>.Walk walk = states.walk();
        for (int index = walk.next(); index >= 0; index = walk.next()) {
            K key = states.key(index);
            S before = states.valueOf(index);
            S after = updater.update(key, before);
            if (after != before) {
                changes.add(key, before, updates[index]);
                if (after == null) {
                    remove(index);
                } else {
                    set(index, after, time);
                }
            }
        }
    }

    /** All keys with their states; the table must not change meanwhile. */
    Iterator<Pair<K, S>> iterator() {
        return new PairIterator<>(states);
    }

    @Override
    public List<Pair<K, S>> entriesUpdatedBefore(Instant time) {
        UpdateOrder byUpdate = order();
        long deadline = time.toEpochMilli();
        List<Pair<K, S>> entries = new ArrayList<>();
        for (int index = byUpdate.first(); index >= 0 && updates[index] < deadline; index = byUpdate.next(index)) {
            entries.add(entry(index));
        }
        return entries;
    }

    /** Keeps what the batch has changed. */
    void commit() {
        changes.clear();
    }

    /** Undoes what the batch has changed. */
    void rollback() {
        order = null; // what is put back is older than what is there
        changes.undo(this::putBack);
    }

    private void putBack(K key, @Nullable S state, long updated) {
        int index = states.findOrAdd(key);
        makeRoom();
        if (state == null) {
            remove(index);
        } else {
            set(index, state, updated);
        }
    }

    private void set(int index, S state, long updated) {
        states.setValue(index, state);
        updates[index] = updated;
        if (order != null) {
            order.moveToEnd(index);
        }
    }

    private void remove(int index) {
        lastRead = KeyedTable.NONE;
        states.remove(index);
        if (order != null) {
            order.remove(index);
        }
    }

    private void makeRoom() {
        if (updates.length < states.capacity()) {
            updates = Arrays.copyOf(updates, states.capacity());
        }
    }

    private UpdateOrder order() {
        if (order == null) {
            UpdateOrder made = new UpdateOrder();
            indexes()
                    .boxed()
                    .sorted((first, second) -> Long.compare(updates[first], updates[second]))
                    .forEach(made::moveToEnd);
            order = made;
        }
        return order;
    }

    private IntStream indexes() {
        KeyedTable<K, S>.Walk walk = states.walk();
        return IntStream.generate(walk::next).limit(states.size());
    }

    private Pair<K, S> entry(int index) {
        return Pair.of(states.key(index), states.valueOf(index));
    }
}
