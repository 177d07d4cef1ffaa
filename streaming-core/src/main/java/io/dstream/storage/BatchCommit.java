package io.dstream.storage;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a batch has changed, collected before it is committed: {@link BatchLog#commit} gives one, {@link BatchLog#committed} takes it.
 *
 * <p>What is handed over is turned into bytes at once, by the calling thread. Thread-safe: the partitions of a node may be handed
 * over by several threads.
 */
public interface BatchCommit {

    /** The time of the batch. */
    Instant batchTime();

    /** Whether what it is given is kept; else it need not be given. */
    boolean isKept();

    /**
     * Takes states that have changed. For a node that was evaluated without changing any, it is called once with empty lists: that
     * tells when the node was evaluated last.
     *
     * @param node the node's id
     * @param keys each at most once in a batch
     * @param states of the keys, in the same order; null for one that was removed
     * @param dataTimes when the keys last had data, in the same order; 0 where that is not noted
     * @throws IllegalArgumentException if the lists differ in length
     * @throws io.dstream.function.StreamingException if a key or a state cannot be written
     */
    void states(String node, List<?> keys, List<? extends @Nullable Object> states, long[] dataTimes);

    /**
     * Takes the rows of a node in the batch, which later batches will look at.
     *
     * @param node the node's id
     * @param partition of the rows, from 0; may be called several times for it, with rows in order
     * @param rows may be none
     * @throws io.dstream.function.StreamingException if a row cannot be written
     */
    void pane(String node, int partition, List<?> rows);

    /** Says that the rows of a node in batches up to one are looked at no more. */
    void forgetPanes(String node, Instant upTo);

    /**
     * Takes what an accumulator has come to; only of those that have changed.
     *
     * @throws io.dstream.function.StreamingException if it cannot be written
     */
    void accumulator(String name, Object total);

    /** Says up to which batch the records of an input are never read again. */
    void released(String input, Instant upTo);

    /** Says that the batch is skipped: it has changed nothing. States and panes must not have been handed over. */
    void skipped();
}
