package io.dstream.output;

import io.dstream.rdd.RDD;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A {@link BatchSink} that is open for one output in one run of its pipeline.
 *
 * <p>Used by the pipeline's batch thread alone, but for its opening. Batches come in the order of their times; one whose attempt has
 * failed, or whose run was cut off, comes again before any later one. One that is skipped may never have come at all.
 *
 * @param <T> type of the rows
 */
public interface SinkWriter<T> extends AutoCloseable {

    /**
     * The time of the last batch of this output that had taken effect when the sink was opened, whoever has written it; null if there
     * was none. New batches of the run come after it. So a time that is met again is a batch that is repeated, also where the
     * pipeline has no checkpoint directory to remember its own batches by.
     */
    @Nullable
    Instant lastBatchTime();

    /**
     * Writes the rows of a batch and the key of the batch, both or neither. A batch that has taken effect before, in this run or an
     * earlier one, has no effect again, and need not be computed.
     *
     * @param rdd is computed by an action such as {@link RDD#foreachPartition}, which may call back on several threads at once; what its
     *     functions throw is to be thrown on, so that it is told from failures of the system
     * @throws SinkUnavailableException if the system is away or busy: the batch waits and is written again, however often
     * @throws SinkConflictException if the output is somebody else's now, or the batch comes before one that has taken effect
     * @throws Exception if anything else is wrong: the batch has failed and is written again, as often as the settings allow
     */
    void write(RDD<T> rdd, Instant batchTime) throws Exception;

    /**
     * Is offered a dead letter: what a source tells of a row that has failed and that this batch goes on without. Called while {@link
     * #write} computes, by several threads at once. A letter that is taken has to be written together with the rows of the batch.
     *
     * @param letter of whatever kind the source makes
     * @return whether it is taken; else the source sees to it by itself, at least once
     * @throws Exception if it could be taken but not written, as for {@link #write}
     */
    default boolean offerDeadLetter(Object letter) throws Exception {
        return false;
    }

    /** Lets go of what is open; nothing has an effect afterwards. */
    @Override
    default void close() {}
}
