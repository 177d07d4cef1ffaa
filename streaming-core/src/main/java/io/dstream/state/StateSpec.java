package io.dstream.state;

import io.dstream.function.Function3;
import io.dstream.function.Function4;
import io.dstream.function.Functions;
import io.dstream.rdd.PairRDD;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code mapWithState} does: its function, and options. Begin with {@link #function} and change what differs.
 *
 * <p>Immutable.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 * @param <S> type of the state
 * @param <M> type of what each call gives
 */
public final class StateSpec<K, V, S, M> {

    private final Mapping<K, V, S, M> mapping;
    private final @Nullable PairRDD<K, S> initialState;
    private final int partitions; // 0: as many as the context's parallelism
    private final @Nullable Duration timeout;
    private final @Nullable StateTypes types;

    private StateSpec(
            Mapping<K, V, S, M> mapping,
            @Nullable PairRDD<K, S> initialState,
            int partitions,
            @Nullable Duration timeout,
            @Nullable StateTypes types) {
        this.mapping = mapping;
        this.initialState = initialState;
        this.partitions = partitions;
        this.timeout = timeout;
        this.types = types;
    }

    /**
     * A function whose every call gives a row.
     *
     * @param function called for each pair of a batch, the pairs of a key in their order, with the key, its value, which is
     *     empty only when the state is timing out, and its state; what it returns is a row, null too
     */
    public static <K, V, S, M> StateSpec<K, V, S, M> function(Function3<K, Optional<V>, State<S>, M> function) {
        return new StateSpec<>(new Mapping.ToRow<>(Functions.require("function", function)), null, 0, null, null);
    }

    /**
     * A function that also gets the batch time, and gives a row or none.
     *
     * @param function called as that of {@link #function(Function3)}, with the batch time before
     */
    public static <K, V, S, M> StateSpec<K, V, S, M> function(
            Function4<Instant, K, Optional<V>, State<S>, Optional<M>> function) {
        return new StateSpec<>(new Mapping.ToOptional<>(Functions.require("function", function)), null, 0, null, null);
    }

    /**
     * The same with states to begin with.
     *
     * @param newInitialState of several states of a key, any is taken; they count as updated in the first batch
     * @throws IllegalArgumentException if it is null
     */
    public StateSpec<K, V, S, M> initialState(PairRDD<K, S> newInitialState) {
        return new StateSpec<>(
                mapping, Functions.requireNotNull("newInitialState", newInitialState), partitions, timeout, types);
    }

    /**
     * The same in another number of partitions.
     *
     * @throws IllegalArgumentException if {@code newPartitions} is below 1
     */
    public StateSpec<K, V, S, M> numPartitions(int newPartitions) {
        if (newPartitions < 1) {
            throw new IllegalArgumentException("'newPartitions' must be at least 1, but was " + newPartitions);
        }
        return new StateSpec<>(mapping, initialState, newPartitions, timeout, types);
    }

    /**
     * The same with a timeout: in the first batch whose time is later than the last pair of a key by more than this, the
     * function is called once more for the key, and its state is gone.
     *
     * @param newTimeout whole milliseconds, at least one
     * @throws IllegalArgumentException if it is not
     */
    public StateSpec<K, V, S, M> timeout(Duration newTimeout) {
        if (newTimeout.compareTo(Duration.ofMillis(1)) < 0 || !isWholeMillis(newTimeout)) {
            throw new IllegalArgumentException("'newTimeout' must be a whole number of milliseconds and at least 1 ms,"
                    + " but was " + newTimeout);
        }
        return new StateSpec<>(mapping, initialState, partitions, newTimeout, types);
    }

    /**
     * The same, so that the start is refused if the checkpoint has keys or states of other types. Where none are declared, the first
     * batch that has such a key or state fails.
     *
     * @param key the class, or an interface, of all keys; of a generic one such as a list, {@code List.class}
     * @param state that of all states
     * @throws IllegalArgumentException if one is null or primitive
     */
    public StateSpec<K, V, S, M> types(Class<? super K> key, Class<? super S> state) {
        return new StateSpec<>(mapping, initialState, partitions, timeout, new StateTypes(key, state));
    }

    private static boolean isWholeMillis(Duration duration) {
        return duration.compareTo(Duration.ofMillis(Long.MAX_VALUE)) <= 0
                && duration.equals(Duration.ofMillis(duration.toMillis()));
    }

    /** The function. */
    public Mapping<K, V, S, M> mapping() {
        return mapping;
    }

    /** The states to begin with; null if there are none. */
    public @Nullable PairRDD<K, S> initialState() {
        return initialState;
    }

    /** The number of partitions; 0 for as many as the context's parallelism. */
    public int partitions() {
        return partitions;
    }

    /** The timeout; null if there is none. */
    public @Nullable Duration timeout() {
        return timeout;
    }

    /** What was declared of keys and states; null if nothing was. */
    public @Nullable StateTypes types() {
        return types;
    }

    /** A function of one of two forms. */
    public sealed interface Mapping<K, V, S, M> {

        /** Gives a row at every call. */
        record ToRow<K, V, S, M>(Function3<K, Optional<V>, State<S>, M> function) implements Mapping<K, V, S, M> {}

        /** Gives a row or none. */
        record ToOptional<K, V, S, M>(Function4<Instant, K, Optional<V>, State<S>, Optional<M>> function)
                implements Mapping<K, V, S, M> {}
    }
}
