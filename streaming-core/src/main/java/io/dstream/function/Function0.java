package io.dstream.function;

import java.io.Serializable;

/**
 * A function without arguments that may throw.
 *
 * <p>An exception it throws fails the action or the batch that called it.
 */
@FunctionalInterface
public interface Function0<R> extends Serializable {
    R call() throws Exception;
}
