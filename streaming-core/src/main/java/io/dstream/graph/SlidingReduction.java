package io.dstream.graph;

import io.dstream.engine.StateStore;
import io.dstream.engine.StateTable;
import io.dstream.function.Function2;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reduces the values of each key in a window without going through them again in every slide: at most three calls of the
 * function per key and slide, amortised over the slides, however long the window is. A single slide may take as many calls for a
 * key as the window has batches, when the key's values are moved from one stack to the other ({@link TwoStacks}).
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
    public Duration madeOf() {
        return length;
    }

    /** The rows of a key come oldest first, because those of earlier batches are in earlier partitions. */
    @Override
    public StateStore.Update<K, Pair<Instant, V>, TwoStacks<V>, Pair<K, V>> forBatch(String stream, Instant batchTime) {
        return (table, rows) -> {
            table.updateEach(rows, (key, value, before) -> with(value, before), batchTime);
            return slide(table, batchTime);
        };
    }

    private TwoStacks<V> with(Pair<Instant, V> value, @Nullable TwoStacks<V> before) throws Exception {
        TwoStacks<V> values = before == null ? TwoStacks.empty() : before;
        return values.push(value.key(), value.value(), reduce);
    }

    private List<Pair<K, V>> slide(StateTable<K, TwoStacks<V>> table, Instant batchTime) throws Exception {
        Instant out = batchTime.minus(length);
        List<Pair<K, V>> reduced = new ArrayList<>();
        table.updateAll((key, before) -> {
            TwoStacks<V> values = before.evict(out, reduce);
            if (values != null) {
                reduced.add(Pair.of(key, values.reduced(reduce)));
            }
            return values;
        });
        return reduced;
    }
}
