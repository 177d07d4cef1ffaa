package io.dstream.rdd;

import io.dstream.function.Function;
import io.dstream.function.Function2;
import java.io.Serializable;

/**
 * How the values of one key become one result.
 *
 * @param create the result of a first value
 * @param mergeValue a result with one more value; may change and return its first argument
 * @param mergeCombiners two results in one; may change and return its first argument
 */
public record Aggregation<V, C>(Function<V, C> create, Function2<C, V, C> mergeValue, Function2<C, C, C> mergeCombiners)
        implements Serializable {}
