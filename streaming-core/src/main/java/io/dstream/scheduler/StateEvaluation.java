package io.dstream.scheduler;

import io.dstream.function.StreamingException;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one evaluation of a stateful node in a batch: done when its rows are first asked for, again only if it failed.
 *
 * <p>Thread-safe: who comes while it is being done waits for it.
 */
final class StateEvaluation<M> implements Supplier<RDD<M>> {

    private final RunScope scope;
    private final Callable<RDD<M>> work;

    // Mutable state, guarded by this
    private @Nullable RDD<M> rows;

    StateEvaluation(RunScope scope, Callable<RDD<M>> work) {
        this.scope = scope;
        this.work = work;
    }

    @Override
    public synchronized RDD<M> get() {
        if (rows == null) {
            try {
                rows = scope.attempt(work);
            } catch (Exception failure) {
                throw StreamingException.unchecked(failure);
            }
        }
        return rows;
    }
}
