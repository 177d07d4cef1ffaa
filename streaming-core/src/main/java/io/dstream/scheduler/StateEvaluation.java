package io.dstream.scheduler;

import io.dstream.function.StreamingException;
import io.dstream.rdd.RDD;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one evaluation of a stateful node in a batch: done when its rows are first asked for, again only if it failed.
 *
 * <p>Thread-safe: who comes while it is being done waits for it.
 */
final class StateEvaluation<M> implements Supplier<RDD<M>> {

    private final Callable<RDD<M>> work;

    // Mutable state, guarded by this
    private @Nullable RDD<M> rows;

    StateEvaluation(Callable<RDD<M>> work) {
        this.work = work;
    }

    @Override
    public synchronized RDD<M> get() {
        if (rows == null) {
            try {
                rows = work.call();
            } catch (Exception failure) {
                throw StreamingException.unchecked(failure);
            }
        }
        return rows;
    }
}
