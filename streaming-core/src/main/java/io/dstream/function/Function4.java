package io.dstream.function;

import java.io.Serializable;

/**
 * A function of four arguments that may throw.
 *
 * <p>An exception it throws fails the action or the batch that called it.
 */
@FunctionalInterface
public interface Function4<A, B, C, D, R> extends Serializable {
    R call(A first, B second, C third, D fourth) throws Exception;
}
