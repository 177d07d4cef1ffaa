package io.dstream.function;

import java.io.Serializable;

/**
 * A function from one value to a number that may throw.
 *
 * <p>An exception it throws fails the action or the batch that called it.
 */
@FunctionalInterface
public interface ToDoubleFunction<T> extends Serializable {
    double call(T value) throws Exception;
}
