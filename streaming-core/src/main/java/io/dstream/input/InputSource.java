package io.dstream.input;

import io.dstream.event.InputInfo;
import io.dstream.event.ReceiverInfo;
import io.dstream.function.MisconfigurationException;
import io.dstream.rdd.InputPartition;
import java.time.Instant;
import java.util.List;

/**
 * Where the records of one input stream come from.
 *
 * <p>A pipeline calls {@code start}, then for each batch in order {@code allocate}, {@code read}, {@code commit} and
 * {@code release}; then {@code initiateStop} and {@code stop}, a last few batches, and {@code close}. It may be started again after that.
 *
 * <p>{@code allocate}, {@code hasPending}, {@code initiateStop} and {@code stop} come from the pipeline's ticker thread, {@code read},
 * {@code commit}, {@code release} and {@code close} from its batch thread: a batch may be read while the next one is
 * allocated. {@code pause} and {@code resume} come from either.
 *
 * <p>A method that finds its system away throws {@link SourceUnavailableException} and is called again later.
 *
 * @param <T> type of the records
 */
public interface InputSource<T> {

    /** What kind of input this is, such as {@code socket}: the first part of its id. */
    String kind();

    /**
     * Begins to take in records.
     *
     * @throws Exception if it cannot; the pipeline does not start. A {@link MisconfigurationException} tells what to do
     */
    void start(InputContext context) throws Exception;

    /**
     * Sets aside the records that belong to a batch: those taken in since the last one, no more than
     * {@link InputContext#maxRecordsPerBatch()}. Called again for the same batch if it threw.
     *
     * @throws Exception if the records cannot be determined; the batch fails unless the system was away
     */
    Allocation allocate(Instant batchTime) throws Exception;

    /** Whether records are waiting to be allocated that only this source holds; asked after {@code stop}. */
    default boolean hasPending() {
        return false;
    }

    /**
     * Describes the records set aside for a batch; the same ones at each call until the batch is released.
     *
     * @return the partitions, in order; empty if there are no records
     */
    List<InputPartition<T>> read(Instant batchTime) throws Exception;

    /**
     * What people are told of a batch that has run, where reading it has shown more than was known before, such as how many
     * records there were. Called by the batch thread before the commit.
     *
     * @param allocated what was told until now
     */
    default InputInfo infoWhenRead(Instant batchTime, InputInfo allocated) {
        return allocated;
    }

    /**
     * Is told that a batch is committed: its records may be acknowledged upstream. Idempotent: called again if it threw.
     *
     * @throws Exception if it cannot be acknowledged now. A {@code SinkConflictException} tells that it must not be, because the
     *     input is somebody else's: the pipeline halts
     */
    default void commit(Instant batchTime) throws Exception {}

    /** Is told that no batch up to this one is read again: its records may go. Idempotent: called again if it threw. */
    default void release(Instant upTo) throws Exception {}

    /** Takes in no records until {@code resume}, because batches have to wait; may be called at any time. */
    default void pause() {}

    /** Goes on after {@code pause}; does nothing if it was not paused, and may be called at any time. */
    default void resume() {}

    /**
     * Begins what {@link #stop} ends, without waiting for anything: it is called for all inputs before any of them is waited for, so
     * that a slow one does not hold up the others.
     */
    default void initiateStop() {}

    /** Takes in no more records; what it has accepted can be allocated when this returns. */
    default void stop() {}

    /** Ends; called after the last batch, also if {@code start} or {@code stop} failed. */
    default void close() {}

    /**
     * Whether it will give the same records to the batches of this run after a restart of the process. If not, a batch that was cut off
     * has none of this input when it runs again. Asked after the start.
     */
    default boolean isReadAgain() {
        return true;
    }

    /**
     * How many records it has of a batch that an earlier run has allocated. Asked after the start.
     *
     * @param allocated how many there were
     * @return at most as many
     */
    default long recordsReadAgain(Instant batchTime, long allocated) {
        return isReadAgain() ? allocated : 0;
    }

    /** Whether it keeps how far it has come in a system of its own too, so that it goes on there without a checkpoint directory. */
    default boolean keepsProgress() {
        return false;
    }

    /** Its receivers, if it has any; may be called by any thread. */
    default List<ReceiverInfo> receivers() {
        return List.of();
    }
}
