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
     */
    void visit(K key, S state, long dataTime);
}
