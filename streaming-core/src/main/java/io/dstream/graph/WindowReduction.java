package io.dstream.graph;

import io.dstream.engine.StateStore;
import io.dstream.engine.StateTable;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.rdd.Pair;
import java.time.Instant;
import java.util.List;
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

    /** What is done with each partition: a row has the values that come in and those that go out. */
    public StateStore.Update<K, Pair<List<V>, List<V>>, V, Void> forBatch(Instant batchTime) {
        return (table, rows) -> {
            while (rows.hasNext()) {
                Pair<K, Pair<List<V>, List<V>>> row = rows.next();
                slide(table, row.key(), row.value().key(), row.value().value(), batchTime);
            }
            return List.of();
        };
    }

    /** What is done if the last window was not one slide before, as after a skipped batch: a row has all that is in this one. */
    public StateStore.Update<K, Pair<List<V>, List<V>>, V, Void> anew(Instant batchTime) {
        return (table, rows) -> {
            for (Pair<K, V> entry : table.entries()) {
                set(table, entry.key(), nothing(entry.value()), batchTime);
            }
            return forBatch(batchTime).update(table, rows);
        };
    }

    private void slide(StateTable<K, V> table, K key, List<V> in, List<V> out, Instant time) throws Exception {
        V before = table.get(key);
        if (before == null && !out.isEmpty()) {
            before = nothing(all(out)); // the filter has dropped it while it was in the window
        }
        set(table, key, before == null ? all(in) : next(before, in, out), time);
    }

    private void set(StateTable<K, V> table, K key, V value, Instant time) throws Exception {
        if (filter == null || filter.call(Pair.of(key, value))) {
            table.put(key, value, time);
        } else {
            table.remove(key);
        }
    }

    private V next(V before, List<V> in, List<V> out) throws Exception {
        V value = out.isEmpty() ? before : inverse.call(before, all(out));
        return in.isEmpty() ? value : reduce.call(value, all(in));
    }

    /** What is left when everything is taken away. */
    private V nothing(V value) throws Exception {
        return inverse.call(value, value);
    }

    private V all(List<V> values) throws Exception {
        V result = values.get(0);
        for (V value : values.subList(1, values.size())) {
            result = reduce.call(result, value);
        }
        return result;
    }
}
