package io.dstream.function;

import java.io.Serializable;

/**
 * An action on two arguments that may throw.
 *
 * <p>An exception it throws fails the action or the batch that called it.
 */
@FunctionalInterface
public interface VoidFunction2<A, B> extends Serializable {
    void call(A first, B second) throws Exception;
}
