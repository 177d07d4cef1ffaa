package io.dstream.state;

import io.dstream.function.FlatMapFunction;
import io.dstream.function.Function2;
import io.dstream.function.Function4;
import io.dstream.function.Functions;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code updateStateByKey} does: its function, and options. Begin with {@link #function} or {@link #partitionFunction} and
 * change what differs.
 *
 * <p>Immutable.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 * @param <S> type of the states
 */
public final class UpdateSpec<K, V, S> {

    private final Update<K, V, S> update;
    private final @Nullable PairRDD<K, S> initialState;
    private final int partitions; // 0: as many as the context's parallelism
    private final @Nullable StateTypes types;

    private UpdateSpec(
            Update<K, V, S> update, @Nullable PairRDD<K, S> initialState, int partitions, @Nullable StateTypes types) {
        this.update = update;
        this.initialState = initialState;
        this.partitions = partitions;
        this.types = types;
    }

    /**
     * A function of a key's values and state.
     *
     * @param function gets a key's values in the batch, empty if there are none, and its state, and returns its new state or
     *     empty to remove it; called for every key that has either. The state it gets is a copy, or cannot be changed: only what
     *     it returns has an effect
     */
    public static <K, V, S> UpdateSpec<K, V, S> function(Function2<List<V>, Optional<S>, Optional<S>> function) {
        Functions.require("function", function);
        return function((time, key, values, state) -> function.call(values, state));
    }

    /**
     * A function that also sees the batch time and the key.
     *
     * @param function called as that of {@link #function(Function2)}, with the batch time and the key before
     */
    public static <K, V, S> UpdateSpec<K, V, S> function(
            Function4<Instant, K, List<V>, Optional<S>, Optional<S>> function) {
        return new UpdateSpec<>(new Update.OfKey<>(Functions.require("function", function)), null, 0, null);
    }

    /**
     * A function that sees all keys of a partition, for what is done better for many keys at once.
     *
     * @param function as that of {@link #partitionFunction(Function2)}, without the batch time
     */
    public static <K, V, S> UpdateSpec<K, V, S> partitionFunction(
            FlatMapFunction<Iterator<KeyUpdate<K, V, S>>, Pair<K, S>> function) {
        Functions.require("function", function);
        return partitionFunction((time, keys) -> function.call(keys));
    }

    /**
     * A function that sees the batch time and all keys of a partition, for what is done better for many keys at once.
     *
     * @param function called once per batch and partition, with the batch time and every key that has values or a state;
     *     returns the keys that have a state after the batch, with it, out of those it was given: of others the batch fails. Of
     *     several states of a key the last one counts. All keys of a partition are in memory meanwhile
     */
    public static <K, V, S> UpdateSpec<K, V, S> partitionFunction(
            Function2<Instant, Iterator<KeyUpdate<K, V, S>>, Iterator<Pair<K, S>>> function) {
        return new UpdateSpec<>(new Update.OfPartition<>(Functions.require("function", function)), null, 0, null);
    }

    /**
     * The same with states to begin with.
     *
     * @param newInitialState of several states of a key, any is taken; the function sees all of them in the first batch
     * @throws IllegalArgumentException if it is null
     */
    public UpdateSpec<K, V, S> initialState(PairRDD<K, S> newInitialState) {
        return new UpdateSpec<>(
                update, Functions.requireNotNull("newInitialState", newInitialState), partitions, types);
    }

    /**
     * The same in another number of partitions.
     *
     * @throws IllegalArgumentException if {@code newPartitions} is below 1
     */
    public UpdateSpec<K, V, S> numPartitions(int newPartitions) {
        if (newPartitions < 1) {
            throw new IllegalArgumentException("'newPartitions' must be at least 1, but was " + newPartitions);
        }
        return new UpdateSpec<>(update, initialState, newPartitions, types);
    }

    /**
     * The same, so that the start is refused if the checkpoint has keys or states of other types. Where none are declared, the first
     * batch that has such a key or state fails.
     *
     * @param key the class, or an interface, of all keys; of a generic one such as a list, {@code List.class}
     * @param state that of all states
     * @throws IllegalArgumentException if one is null or primitive
     */
    public UpdateSpec<K, V, S> types(Class<? super K> key, Class<? super S> state) {
        return new UpdateSpec<>(update, initialState, partitions, new StateTypes(key, state));
    }

    /** The function. */
    public Update<K, V, S> update() {
        return update;
    }

    /** The states to begin with; null if there are none. */
    public @Nullable PairRDD<K, S> initialState() {
        return initialState;
    }

    /** The number of partitions; 0 for as many as the context's parallelism. */
    public int partitions() {
        return partitions;
    }

    /** What was declared of keys and states; null if nothing was. */
    public @Nullable StateTypes types() {
        return types;
    }

    /** A function of one of two forms. */
    public sealed interface Update<K, V, S> {

        /** Called for each key. */
        record OfKey<K, V, S>(Function4<Instant, K, List<V>, Optional<S>, Optional<S>> function)
                implements Update<K, V, S> {}

        /** Called for each partition. */
        record OfPartition<K, V, S>(Function2<Instant, Iterator<KeyUpdate<K, V, S>>, Iterator<Pair<K, S>>> function)
                implements Update<K, V, S> {}
    }
}
