package io.dstream.engine;

import io.dstream.rdd.Pair;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The states of one partition of a stateful node, while one task changes them.
 *
 * @param <K> type of the keys
 * @param <S> type of the states
 */
public interface StateTable<K, S> {

    /** The state of a key; null if it has none. */
    @Nullable
    S get(K key);

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
     * tells; so that the batch fails that would keep it, and not a later one that asks for it.
     *
     * @throws io.dstream.function.StreamingException as {@link #copy}
     */
    void requireCopyable(S state);

    /**
     * Gives a key a state, or a new one.
     *
     * @param updated the batch time in which the key last had data
     */
    void put(K key, S state, Instant updated);

    /** Takes a key's state away; does nothing if it has none. */
    void remove(K key);

    /**
     * Calls a function for every key that has a state, and does what it asks for.
     *
     * @param updated as of {@link #put}
     */
    void updateAll(Updater<K, S> updater, Instant updated) throws Exception;

    /** The keys that were last given a state at an earlier time than this, with it, the longest ago first. */
    List<Pair<K, S>> entriesUpdatedBefore(Instant time);

    /** Says what becomes of a key's state. */
    @FunctionalInterface
    interface Updater<K, S> {

        /** Returns the state that a key is to have: the one it has to leave it alone, null to take it away. */
        @Nullable
        S update(K key, S state) throws Exception;
    }
}
