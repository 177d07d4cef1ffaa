package io.dstream.graph;

import io.dstream.engine.StateStore;
import io.dstream.engine.StateTable;
import io.dstream.function.Function4;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls a function for every key that has values in the batch or a state. */
record UpdateStateByKey<K, V, S>(
        Function4<Instant, K, List<V>, Optional<S>, Optional<S>> function,
        @Nullable PairRDD<K, S> initialState) implements StateFunction<K, V, S, Void> {

    @Override
    public StateStore.Update<K, List<V>, S, Void> forBatch(Instant batchTime) {
        return (table, rows) -> {
            update(table, valuesByKey(rows), batchTime);
            return List.of();
        };
    }

    private void update(StateTable<K, S> table, Map<K, List<V>> values, Instant time) throws Exception {
        for (Pair<K, S> entry : table.entries()) {
            List<V> own = values.remove(entry.key());
            set(table, entry.key(), own == null ? List.of() : own, entry.value(), time);
        }
        for (Map.Entry<K, List<V>> entry : values.entrySet()) {
            set(table, entry.getKey(), entry.getValue(), null, time);
        }
    }

    private void set(StateTable<K, S> table, K key, List<V> values, @Nullable S before, Instant time) throws Exception {
        S next = function.call(time, key, values, Optional.ofNullable(before)).orElse(null);
        if (next == null) {
            table.remove(key);
        } else if (next != before) {
            table.put(key, next, time);
        }
    }

    private static <K, V> Map<K, List<V>> valuesByKey(Iterator<Pair<K, List<V>>> rows) {
        Map<K, List<V>> values = new HashMap<>();
        rows.forEachRemaining(row -> values.put(row.key(), row.value()));
        return values;
    }
}
