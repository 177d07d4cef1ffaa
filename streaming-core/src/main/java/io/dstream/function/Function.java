package io.dstream.function;

import java.io.Serializable;

/**
 * A function of one argument that may throw.
 *
 * <p>An exception it throws fails the action or the batch that called it.
 */
@FunctionalInterface
public interface Function<T, R> extends Serializable {
    R call(T value) throws Exception;
}
