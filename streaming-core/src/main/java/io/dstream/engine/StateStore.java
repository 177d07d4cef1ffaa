package io.dstream.engine;

import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.storage.StateVisitor;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keyed state of one pipeline. One batch is open at a time: what it changes is kept by {@code commit} and undone by
 * {@code rollback}.
 *
 * <p>Thread-safe for different nodes, which may be evaluated side by side. The caller sees to it that a node is updated by one
 * thread at a time and read after that, and that nothing
 * is updated when the batch ends. Reading may go on, see {@link #read}.
 */
public interface StateStore {

    /** Whether a node has no state from batches before: it is to begin with its initial state. */
    boolean isNew(String node);

    /**
     * Runs a function over all partitions of a node's state, all or nothing: if it fails in one, the node is as before.
     *
     * @param node the node's id
     * @param rows the batch's rows, by key in as many partitions as the node's state has
     * @param update called once for each partition, in parallel
     * @return what the function gave for each partition
     */
    <K, V, S, M> List<List<M>> update(String node, PairRDD<K, V> rows, Update<K, V, S, M> update);

    /**
     * A node's states as they are when they are read, which must be in the same batch. A thread that was left behind may go on
     * to read while the batch ends and the next one changes them; its rows are thrown away then, so they may be wrong, and
     * reading may fail, but it must end and do no harm.
     *
     * @param partitions how many partitions the node's state has, always the same
     */
    <K, S> List<InputPartition<Pair<K, S>>> read(String node, int partitions);

    /**
     * Hands over what the open batch has changed, once nothing more is updated in it. It can be asked for again.
     *
     * @param nodes the ids of the nodes that are asked for
     * @param changes is given, for each of them that was updated, its changed keys with their new states; each key once. It may be
     *     called several times for a node, by one thread
     */
    void changes(Set<String> nodes, Changes changes);

    /**
     * Begins to give a node the states that earlier runs have left, before anything else is done with it; it is not new after
     * that, even if there were no states.
     *
     * @param partitions how many partitions the node's state is to have
     * @return takes each key once, from one thread
     */
    <K, S> StateVisitor<K, S> restore(String node, int partitions);

    /** Keeps what the batch has changed. */
    void commit();

    /** Undoes what the batch has changed. */
    void rollback();

    /** Takes what a batch has changed. */
    @FunctionalInterface
    interface Changes {

        /**
         * Takes changes of a node.
         *
         * @param keys none if the node was updated and nothing of it has changed
         * @param states of the keys, in the same order; null for one that was removed
         * @param dataTimes when the keys last had data, in milliseconds since 1970, in the same order; 0 where that is not noted
         */
        void take(String node, List<?> keys, List<? extends @Nullable Object> states, long[] dataTimes);
    }

    /** Changes the states of one partition. */
    @FunctionalInterface
    interface Update<K, V, S, M> extends Serializable {

        /**
         * Changes the states of a partition and gives rows on.
         *
         * @param table the partition's states
         * @param rows the rows of the keys of this partition
         * @return rows to give on; empty if there are none
         */
        List<M> update(StateTable<K, S> table, Iterator<Pair<K, V>> rows) throws Exception;
    }
}
