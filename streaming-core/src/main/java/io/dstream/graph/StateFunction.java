package io.dstream.graph;

import io.dstream.engine.StateStore;
import io.dstream.function.Function2;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import io.dstream.state.UpdateSpec;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a stateful operator does with the values of each key and its state.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 * @param <S> type of the states
 * @param <M> type of the rows it gives
 */
public interface StateFunction<K, V, S, M> {

    /** What {@code updateStateByKey} does: every key that has values or a state gets the state a function returns. */
    static <K, V, S> StateFunction<K, V, S, Void> updating(UpdateSpec<K, V, S> spec) {
        UpdateSpec.Update<K, V, S> update = spec.update();
        if (update instanceof UpdateSpec.Update.OfKey<K, V, S> ofKey) {
            return new UpdateStateByKey<>(ofKey.function(), spec.initialState());
        }
        return new UpdateStateByPartition<>(
                ((UpdateSpec.Update.OfPartition<K, V, S>) update).function(), spec.initialState());
    }

    /** What {@code mapWithState} does: a function is called for every value, and may change the key's {@link State}. */
    static <K, V, S, M> StateFunction<K, V, S, M> mapping(StateSpec<K, V, S, M> spec) {
        return new MapWithState<>(spec);
    }

    /** What a window without an inverse does: one value for each key, out of values that come with their batch times. */
    static <K, V> StateFunction<K, Pair<Instant, V>, ?, Pair<K, V>> sliding(
            Function2<V, V, V> reduce, Duration length) {
        return new SlidingReduction<>(reduce, length);
    }

    /** The states to begin with; null if there are none. */
    @Nullable
    PairRDD<K, S> initialState();

    /**
     * Of rows of how long a time the states can be made anew, so that they need not be written down but these rows; zero if they
     * cannot.
     */
    default Duration madeOf() {
        return Duration.ZERO;
    }

    /** Whether states are taken away when their keys have had no data for some time. */
    default boolean expires() {
        return false;
    }

    /** Whether the rows of the stream are all keys with their states, in place of what it gives. */
    default boolean givesStates() {
        return false;
    }

    /**
     * What is done with each partition in a batch, whose rows are those of its keys; those of a key in their order.
     *
     * @param stream the id of the stream, for errors
     */
    StateStore.Update<K, V, S, M> forBatch(String stream, Instant batchTime);
}
