package io.dstream.engine;

import io.dstream.rdd.Pair;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The states of one partition of a stateful node, while one task changes them.
 *
 * @param <K> type of the keys
 * @param <S> type of the states
 */
public interface StateTable<K, S> {

    /**
     * A state as a user's function may have it, so that what the function changes in it does not change the table: a copy, or
     * the state itself if it is of a type that is known to be immutable.
     *
     * @throws io.dstream.function.StreamingException if it cannot be copied, naming the node, the class, what in it is
     *     to blame, and the remedy
     */
    S copy(S state);

    /**
     * Makes sure that a state which a user's function has made can be handed to it again, as far as the first one of its class
     * tells; so that the batch fails that would keep it, and not a later one that asks for it. Does nothing if there is none.
     *
     * @throws io.dstream.function.StreamingException as {@link #copy}
     */
    void requireCopyable(@Nullable S state);

    /**
     * Calls a function for every row in turn, with the state of the row's key, and does what it asks for. Whatever that is,
     * the key has had data, from which {@link #expire} counts.
     *
     * @param time of the batch
     */
    <V> void updateEach(Iterator<Pair<K, V>> rows, RowUpdater<K, V, S> updater, Instant time) throws Exception;

    /** Calls a function for every key that has a state, and does what it asks for. */
    void updateAll(Updater<K, S> updater) throws Exception;

    /**
     * Takes away the states of all keys that have had no data for longer than a timeout, the one of longest ago first. When
     * keys have data is noted from the first call on; it counts as data for all keys there are then.
     *
     * @param time of the batch
     * @param expiring is given each key and its state before that
     */
    void expire(Instant time, Duration timeout, Expiry<K, S> expiring) throws Exception;

    /** Says what becomes of a key's state. */
    @FunctionalInterface
    interface Updater<K, S> {

        /** Returns the state that a key is to have: the one it has to leave it alone, null to take it away. */
        @Nullable
        S update(K key, S state) throws Exception;
    }

    /** Says what a row makes of the state of its key. */
    @FunctionalInterface
    interface RowUpdater<K, V, S> {

        /** Returns as {@link Updater#update}; the state is null if the key has none. */
        @Nullable
        S update(K key, V value, @Nullable S state) throws Exception;
    }

    /** Takes what is about to be taken away. */
    @FunctionalInterface
    interface Expiry<K, S> {

        /** Is given a key and its last state. */
        void expire(K key, S state) throws Exception;
    }
}
