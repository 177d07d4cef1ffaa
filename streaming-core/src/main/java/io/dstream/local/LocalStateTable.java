package io.dstream.local;

import io.dstream.engine.StateTable;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * States in a hash table, with the entries that the open batch has changed as they were before.
 *
 * <p>Used by one task at a time; batches hand it on.
 */
final class LocalStateTable<K, S> implements StateTable<K, S> {

    // Mutable state
    private final Map<K, Entry<K, S>> entries = new HashMap<>();
    private final Map<K, Optional<Entry<K, S>>> undo = new HashMap<>();

    @Override
    public @Nullable Entry<K, S> get(K key) {
        return entries.get(key);
    }

    @Override
    public void put(K key, S state, Instant updated) {
        remember(key, entries.put(key, new Entry<>(key, state, updated)));
    }

    @Override
    public void remove(K key) {
        remember(key, entries.remove(key));
    }

    @Override
    public List<Entry<K, S>> entries() {
        return List.copyOf(entries.values());
    }

    void commit() {
        undo.clear();
    }

    void rollback() {
        undo.forEach(
                (key, before) -> before.ifPresentOrElse(entry -> entries.put(key, entry), () -> entries.remove(key)));
        undo.clear();
    }

    private void remember(K key, @Nullable Entry<K, S> before) {
        undo.putIfAbsent(key, Optional.ofNullable(before));
    }
}
