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
    private final ChangeLog<K, S> changes = new ChangeLog<>();

    // Mutable state
    private KeyedTable<K, S> states = new KeyedTable<>();
    private long[] updates = new long[0]; // in milliseconds since the epoch, by index
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
            throw notToBeHandedOut(failure);
        }
    }

    @Override
    public void requireCopyable(S state) {
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
    public void put(K key, S state, Instant updated) {
        if (isLastRead(key)) {
            change(lastRead, key, state, updated.toEpochMilli());
            return;
        }
        int size = states.size();
        int index = states.findOrAdd(key);
        if (states.size() == size) {
            change(index, key, state, updated.toEpochMilli());
        } else {
            changes.add(key, null, 0);
            set(index, state, updated.toEpochMilli());
        }
    }

    private boolean isLastRead(K key) {
        return lastRead >= 0 && Objects.equals(states.key(lastRead), key);
    }

    private void change(int index, K key, S state, long updated) {
        changes.add(key, states.value(index), updates[index]);
        set(index, state, updated);
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
        for (int index = states.first(); index >= 0; index = states.next(index)) {
            K key = states.key(index);
            S before = states.value(index);
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
        if (states.isSparse()) {
            rebuild();
        }
    }

    private void rebuild() {
        KeyedTable<K, S> before = states;
        long[] updatesBefore = updates;
        states = new KeyedTable<>();
        updates = new long[0];
        lastRead = KeyedTable.NONE;
        order = null;
        for (int index = before.first(); index >= 0; index = before.next(index)) {
            set(states.findOrAdd(before.key(index)), before.value(index), updatesBefore[index]);
        }
    }

    /** Undoes what the batch has changed. */
    void rollback() {
        order = null; // what is put back is older than what is there
        changes.undo(this::putBack);
    }

    private void putBack(K key, @Nullable S state, long updated) {
        if (state != null) {
            set(states.findOrAdd(key), state, updated);
        } else {
            int index = states.find(key);
            if (index >= 0) {
                remove(index);
            }
        }
    }

    private void set(int index, S state, long updated) {
        states.setValue(index, state);
        if (index >= updates.length) {
            updates = Arrays.copyOf(updates, index + index / 2 + 8);
        }
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

    private UpdateOrder order() {
        if (order == null) {
            UpdateOrder made = new UpdateOrder();
            IntStream.iterate(states.first(), index -> index >= 0, states::next)
                    .boxed()
                    .sorted((first, second) -> Long.compare(updates[first], updates[second]))
                    .forEach(made::moveToEnd);
            order = made;
        }
        return order;
    }

    private Pair<K, S> entry(int index) {
        return Pair.of(states.key(index), states.value(index));
    }
}
