package io.dstream.graph;

import io.dstream.engine.StateStore;
import io.dstream.engine.StateTable;
import io.dstream.function.Function4;
import io.dstream.function.Functions;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import java.time.Instant;
import java.util.ArrayList;
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
    public boolean givesStates() {
        return true;
    }

    @Override
    public StateStore.Update<K, V, S, Void> forBatch(String stream, Instant batchTime) {
        return (table, rows) -> {
            new Run(table, stream, batchTime).update(valuesByKey(rows));
            return List.of();
        };
    }

    /** One partition of one batch. */
    private final class Run {

        private final StateTable<K, S> table;
        private final String stream;
        private final Instant time;

        Run(StateTable<K, S> table, String stream, Instant time) {
            this.table = table;
            this.stream = stream;
            this.time = time;
        }

        void update(Map<K, List<V>> values) throws Exception {
            table.updateAll((key, state) -> {
                List<V> own = values.remove(key);
                return next(key, own == null ? List.of() : own, Optional.of(table.copy(state)));
            });
            Iterator<Pair<K, List<V>>> withoutState = values.entrySet().stream()
                    .map(entry -> Pair.of(entry.getKey(), entry.getValue()))
                    .iterator();
            table.updateEach(withoutState, (key, own, none) -> next(key, own, Optional.empty()), time);
        }

        private @Nullable S next(K key, List<V> values, Optional<S> state) throws Exception {
            Optional<S> returned = function.call(time, key, values, state);
            S next = Functions.requireReturned(stream, "Optional.empty()", returned)
                    .orElse(null);
            table.requireCopyable(next);
            return next;
        }
    }

    static <K, V> Map<K, List<V>> valuesByKey(Iterator<Pair<K, V>> rows) {
        Map<K, List<V>> values = new HashMap<>();
        rows.forEachRemaining(row ->
                values.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(row.value()));
        return values;
    }
}
