package io.dstream.graph;

import io.dstream.engine.StateStore;
import io.dstream.engine.StateTable;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.function.Functions;
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

    /** What is done before the next two if the last window was not one slide before: everything is taken away. */
    public StateStore.Update<K, V, V, Void> leave() {
        return (table, rows) -> {
            table.updateAll((key, value) -> nothing(value, table));
            return List.of();
        };
    }

    /** What is done with the values that go out; where there is none before, the filter may have dropped it in the window. */
    public StateStore.Update<K, V, V, Void> takeOut(Instant batchTime) {
        return (table, rows) -> {
            table.updateEach(
                    rows,
                    (key, value, before) ->
                            inverse.call(before == null ? nothing(value, table) : table.copy(before), value),
                    batchTime);
            return List.of();
        };
    }

    /**
     * What is done after that with the values that come in.
     *
     * @param stream the id of the stream, for errors
     */
    public StateStore.Update<K, V, V, Void> takeIn(String stream, Instant batchTime) {
        return (table, rows) -> {
            table.updateEach(
                    rows,
                    (key, value, before) -> before == null ? value : reduce.call(table.copy(before), value),
                    batchTime);
            dropUnlessKept(table, stream);
            return List.of();
        };
    }

    private void dropUnlessKept(StateTable<K, V> table, String stream) throws Exception {
        if (filter != null) {
            table.updateAll(
                    (key, value) -> Functions.requireReturned(stream, "true or false", filter.call(Pair.of(key, value)))
                            ? value
                            : null);
        }
    }

    /** What is left when everything is taken away. */
    private V nothing(V value, StateTable<K, V> table) throws Exception {
        return inverse.call(table.copy(value), value);
    }
}
