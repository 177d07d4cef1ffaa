package io.dstream.graph;

import io.dstream.engine.StateStore;
import io.dstream.engine.StateTable;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.rdd.Pair;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the value of a key in a window follows from the one before.
 *
 * @param reduce two values in one; associative and commutative
 * @param inverse takes the second of two values out of the first, which has it in
 * @param filter which pairs are kept; may drop only what is as good as nothing; null to keep all
 */
public record WindowReduction<K, V>(
        Function2<V, V, V> reduce,
        Function2<V, V, V> inverse,
        @Nullable Function<Pair<K, V>, Boolean> filter) {

    /** What comes into a window, as a row for {@link #forBatch}. */
    public static <V> Pair<Boolean, V> in(V value) {
        return Pair.of(true, value);
    }

    /** What goes out of a window, as a row for {@link #forBatch}. */
    public static <V> Pair<Boolean, V> out(V value) {
        return Pair.of(false, value);
    }

    /** What is done with each partition, whose rows are values that come in and values that go out. */
    public StateStore.Update<K, Pair<Boolean, V>, V, Void> forBatch(Instant batchTime) {
        return (table, rows) -> {
            table.updateEach(changes(rows), (key, change, before) -> changed(key, change, before, table), batchTime);
            return List.of();
        };
    }

    private @Nullable V changed(K key, Change change, @Nullable V before, StateTable<K, V> table) throws Exception {
        V value = change.applyTo(before, table);
        return isKept(key, value) ? value : null;
    }

    /** What is done if the last window was not one slide before, as after a skipped batch: rows are all that is in this one. */
    public StateStore.Update<K, Pair<Boolean, V>, V, Void> anew(Instant batchTime) {
        return (table, rows) -> {
            table.updateAll((key, value) -> {
                V nothing = nothing(value, table);
                return isKept(key, nothing) ? nothing : null;
            });
            return forBatch(batchTime).update(table, rows);
        };
    }

    private Iterator<Pair<K, Change>> changes(Iterator<Pair<K, Pair<Boolean, V>>> rows) throws Exception {
        Map<K, Change> changes = new HashMap<>();
        while (rows.hasNext()) {
            Pair<K, Pair<Boolean, V>> row = rows.next();
            changes.computeIfAbsent(row.key(), key -> new Change())
                    .add(row.value().key(), row.value().value());
        }
        return changes.entrySet().stream()
                .map(entry -> Pair.of(entry.getKey(), entry.getValue()))
                .iterator();
    }

    private boolean isKept(K key, V value) throws Exception {
        return filter == null || filter.call(Pair.of(key, value));
    }

    /** What is left when everything is taken away. */
    private V nothing(V value, StateTable<K, V> table) throws Exception {
        return inverse.call(table.copy(value), value);
    }

    /** What comes in for a key and what goes out, each reduced to one value. */
    private final class Change {

        // Mutable state
        private @Nullable V in;
        private @Nullable V out;

        void add(boolean comesIn, V value) throws Exception {
            if (comesIn) {
                in = in == null ? value : reduce.call(in, value);
            } else {
                out = out == null ? value : reduce.call(out, value);
            }
        }

        /** The value after the change; where there is none before, the filter may have dropped it while it was in the window. */
        V applyTo(@Nullable V before, StateTable<K, V> table) throws Exception {
            if (out == null) {
                return before == null ? Objects.requireNonNull(in) : with(table.copy(before));
            }
            return with(inverse.call(before == null ? nothing(out, table) : table.copy(before), out));
        }

        private V with(V value) throws Exception {
            return in == null ? value : reduce.call(value, in);
        }
    }
}
