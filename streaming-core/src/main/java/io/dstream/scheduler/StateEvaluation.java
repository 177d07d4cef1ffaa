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

    private final String node;
    private final RunScope scope;
    private final Callable<RDD<M>> work;

    // Mutable state, guarded by this
    private @Nullable RDD<M> rows;

    /**
     * @param node the id of the node
     */
    StateEvaluation(String node, RunScope scope, Callable<RDD<M>> work) {
        this.node = node;
        this.scope = scope;
        this.work = work;
    }

    /**
     * The rows that the node gives.
     *
     * @throws IllegalStateException if the batch is over
     */
    @Override
    public synchronized RDD<M> get() {
        scope.requireOpen(node);
        if (rows == null) {
            try {
                rows = scope.attempt(work);
            } catch (Exception failure) {
                throw StreamingException.unchecked(failure);
            }
        }
        return rows;
    }

    /** Waits until nobody evaluates the node any more; once the scope is closed, nobody will. */
    synchronized void end() {
        rows = null;
    }
}
