package io.dstream.engine;

import io.dstream.rdd.RunScope;
import io.dstream.rdd.UnitOfWork;
import org.jspecify.annotations.Nullable;

/**
 * Runs plans. One engine serves all pipelines of a context, which call it from their own threads.
 *
 * <p>Implementations are thread-safe.
 */
public interface Engine extends AutoCloseable {

    /**
     * Opens the scope of one batch.
     *
     * @param batch names pipeline and batch in errors
     */
    RunScope openBatch(String batch);

    /**
     * Opens a scope that outlives batches, for RDDs made outside of them.
     *
     * @param owner names in errors what its rows belong to
     */
    RunScope openLasting(String owner);

    /** Opens the keyed state of one run of a pipeline, which begins empty. */
    StateStore openState();

    /**
     * What the calling thread works on, for accumulators and broadcasts: a task, an action or a step of a batch; null if it is
     * none of the engine's business.
     */
    @Nullable
    UnitOfWork currentWork();

    /** Ends its threads; what runs is interrupted. Closing it again does nothing. */
    @Override
    void close();
}
