package io.dstream.event;

/**
 * Is told what happens in the pipelines of a context.
 *
 * <p>A listener is called in the order of the events, by one thread. An observer is called by the thread on which the event
 * happens: those of a batch in their order, those of a pipeline in theirs, but two threads may call it at once. An exception
 * it throws is logged and concerns nobody else.
 */
public interface StreamingListener {

    /** A pipeline has started, waits for its surroundings, goes on, stops, has stopped or has halted. */
    default void onPipelineChanged(PipelineInfo pipeline) {}

    /**
     * A pipeline that starts reads what earlier runs have left in its checkpoint directory.
     *
     * @param pipeline its name
     * @param percent how much it has read, from 0 to 100
     */
    default void onRestoreProgress(String pipeline, int percent) {}

    /** A batch has its records and waits to run. */
    default void onBatchSubmitted(BatchInfo batch) {}

    /** A batch begins to run. */
    default void onBatchStarted(BatchInfo batch) {}

    /** A batch has ended; its status tells how. Called once for every submitted batch that is not cut off by a stop. */
    default void onBatchCompleted(BatchInfo batch) {}

    /** An output operation begins; it begins again if the batch is tried again. */
    default void onOutputOperationStarted(BatchInfo batch, OutputInfo output) {}

    /** An output operation has succeeded or failed. */
    default void onOutputOperationCompleted(BatchInfo batch, OutputInfo output) {}

    /** The rate to which an input is limited has changed; told at the start too, if there is a limit. */
    default void onRateLimitChanged(RateInfo rate) {}

    /** A receiver was started or restarted. */
    default void onReceiverStarted(ReceiverInfo receiver) {}

    /**
     * A receiver met or reported an error; it may go on, or be restarted after a delay. Its state is that at the error: whether it
     * stops is told by {@link #onReceiverStopped}.
     */
    default void onReceiverError(ReceiverInfo receiver) {}

    /** A receiver was stopped: for good, or until its restart. */
    default void onReceiverStopped(ReceiverInfo receiver) {}
}
