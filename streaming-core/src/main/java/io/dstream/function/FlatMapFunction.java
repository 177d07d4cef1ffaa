package io.dstream.function;

import java.io.Serializable;
import java.util.Iterator;

/**
 * A function from one value to any number of results, handed out by an iterator.
 *
 * <p>An exception it throws fails the action or the batch that called it.
 */
@FunctionalInterface
public interface FlatMapFunction<T, R> extends Serializable {
    Iterator<R> call(T value) throws Exception;
}
