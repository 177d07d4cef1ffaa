package io.dstream.function;

import java.io.Serializable;

/**
 * A function of three arguments that may throw.
 *
 * <p>An exception it throws fails the action or the batch that called it.
 */
@FunctionalInterface
public interface Function3<A, B, C, R> extends Serializable {
    R call(A first, B second, C third) throws Exception;
}
