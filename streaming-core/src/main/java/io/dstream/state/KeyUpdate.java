package io.dstream.state;

import java.util.List;
import java.util.Optional;

/**
 * A key with what a function of {@code updateStateByKey} makes its new state of.
 *
 * @param key the key
 * @param values its values in the batch, in their order; empty if there are none
 * @param state its state, as a copy or one that cannot be changed; empty if it has none
 */
public record KeyUpdate<K, V, S>(K key, List<V> values, Optional<S> state) {}
