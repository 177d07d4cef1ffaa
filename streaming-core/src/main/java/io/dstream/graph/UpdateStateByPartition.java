package io.dstream.graph;

import io.dstream.engine.StateStore;
import io.dstream.engine.StateTable;
import io.dstream.function.Function2;
import io.dstream.function.Functions;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.state.KeyUpdate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls a function for each partition, with every key that has values in the batch or a state. */
record UpdateStateByPartition<K, V, S>(
        Function2<Instant, Iterator<KeyUpdate<K, V, S>>, Iterator<Pair<K, S>>> function,
        @Nullable PairRDD<K, S> initialState)
        implements StateFunction<K, V, S, Void> {

    @Override
    public boolean givesStates() {
        return true;
    }

    @Override
    public StateStore.Update<K, V, S, Void> forBatch(String stream, Instant batchTime) {
        return (table, rows) -> {
            List<KeyUpdate<K, V, S>> keys = keys(table, UpdateStateByKey.valuesByKey(rows));
            Map<K, S> states = states(function.call(batchTime, keys.iterator()), keys, stream);
            put(states, table, batchTime);
            return List.of();
        };
    }

    private List<KeyUpdate<K, V, S>> keys(StateTable<K, S> table, Map<K, List<V>> values) throws Exception {
        List<KeyUpdate<K, V, S>> keys = new ArrayList<>();
        table.updateAll((key, state) -> {
            List<V> own = values.remove(key);
            keys.add(new KeyUpdate<>(key, own == null ? List.of() : own, Optional.of(table.copy(state))));
            return state;
        });
        values.forEach((key, own) -> keys.add(new KeyUpdate<>(key, own, Optional.empty())));
        return keys;
    }

    private Map<K, S> states(Iterator<Pair<K, S>> pairs, List<KeyUpdate<K, V, S>> given, String stream) {
        Set<K> keys = new HashSet<>();
        given.forEach(update -> keys.add(update.key()));
        Map<K, S> states = new HashMap<>();
        Functions.requireReturned(stream, "an iterator without pairs", pairs).forEachRemaining(pair -> {
            requireGiven(pair.key(), keys, stream);
            states.put(pair.key(), pair.value());
        });
        return states;
    }

    private static <K> void requireGiven(K key, Set<K> given, String stream) {
        if (!given.contains(key)) {
            throw new StreamingException("The function of '" + stream + "' returned the state of a key that it was not"
                    + " given; a key stays in its partition");
        }
    }

    private void put(Map<K, S> states, StateTable<K, S> table, Instant time) throws Exception {
        table.updateAll((key, before) -> next(states.remove(key), table));
        Iterator<Pair<K, S>> added = states.entrySet().stream()
                .map(entry -> Pair.of(entry.getKey(), entry.getValue()))
                .iterator();
        table.updateEach(added, (key, state, none) -> next(state, table), time);
    }

    private @Nullable S next(@Nullable S state, StateTable<K, S> table) {
        table.requireCopyable(state);
        return state;
    }
}
