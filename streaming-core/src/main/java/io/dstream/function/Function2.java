package io.dstream.function;

import java.io.Serializable;

/**
 * A function of two arguments that may throw.
 *
 * <p>An exception it throws fails the action or the batch that called it.
 */
@FunctionalInterface
public interface Function2<A, B, R> extends Serializable {
    R call(A first, B second) throws Exception;
}
