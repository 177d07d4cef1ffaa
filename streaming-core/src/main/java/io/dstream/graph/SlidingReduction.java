package io.dstream.graph;

import io.dstream.engine.StateStore;
import io.dstream.engine.StateTable;
import io.dstream.function.Function2;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reduces the values of each key in a window without going through them again in every slide.
 *
 * @param reduce two values in one; associative
 * @param length how far the window reaches back
 */
record SlidingReduction<K, V>(Function2<V, V, V> reduce, Duration length)
        implements StateFunction<K, Pair<Instant, V>, TwoStacks<V>, Pair<K, V>> {

    @Override
    public @Nullable PairRDD<K, TwoStacks<V>> initialState() {
        return null;
    }

    @Override
    public StateStore.Update<K, List<Pair<Instant, V>>, TwoStacks<V>, Pair<K, V>> forBatch(Instant batchTime) {
        return (table, rows) -> {
            add(table, rows, batchTime);
            return slide(table, batchTime);
        };
    }

    private void add(
            StateTable<K, TwoStacks<V>> table, Iterator<Pair<K, List<Pair<Instant, V>>>> rows, Instant batchTime)
            throws Exception {
        while (rows.hasNext()) {
            Pair<K, List<Pair<Instant, V>>> row = rows.next();
            table.put(row.key(), with(row.value(), table.get(row.key())), batchTime);
        }
    }

    private TwoStacks<V> with(List<Pair<Instant, V>> values, @Nullable TwoStacks<V> before) throws Exception {
        values.sort(Comparator.comparing(Pair::key));
        TwoStacks<V> all = before == null ? TwoStacks.empty() : before;
        for (Pair<Instant, V> value : values) {
            all = all.push(value.key(), value.value(), reduce);
        }
        return all;
    }

    private List<Pair<K, V>> slide(StateTable<K, TwoStacks<V>> table, Instant batchTime) throws Exception {
        Instant out = batchTime.minus(length);
        List<Pair<K, V>> reduced = new ArrayList<>();
        for (Pair<K, TwoStacks<V>> entry : table.entries()) {
            TwoStacks<V> before = entry.value();
            TwoStacks<V> values = before.evict(out, reduce);
            if (values == null) {
                table.remove(entry.key());
            } else {
                reduced.add(Pair.of(entry.key(), values.reduced(reduce)));
                if (values != before) {
                    table.put(entry.key(), values, batchTime);
                }
            }
        }
        return reduced;
    }
}
