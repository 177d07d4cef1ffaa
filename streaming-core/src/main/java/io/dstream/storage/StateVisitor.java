package io.dstream.storage;

/**
 * Is given states, one by one.
 *
 * @param <K> type of the keys
 * @param <S> type of the states
 */
@FunctionalInterface
public interface StateVisitor<K, S> {

    /**
     * Takes a state.
     *
     * @param dataTime when the key last had data, as it was given with the state
     * @return whether it is wanted: the states of a key come from the last to the first, and only the last counts
     */
    boolean visit(K key, S state, long dataTime);
}
