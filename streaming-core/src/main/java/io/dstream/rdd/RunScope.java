package io.dstream.rdd;

import io.dstream.function.Function;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * A span of time in which plans can be run and the rows kept for them live: one batch, or the life of a context.
 *
 * <p>Made by an engine. Thread-safe.
 */
public interface RunScope extends AutoCloseable {

    /**
     * Runs a function over a range of a plan's partitions. The calling thread takes part in the work.
     *
     * @param from the first partition, from 0
     * @param until the partition after the last
     * @param task gets the rows of one partition; they are computed as the iterator is advanced, and fastest by
     *     {@link Iterator#forEachRemaining}
     * @return what the function returned, in the order of the partitions; empty for an empty range
     * @throws IllegalStateException if the scope is closed
     * @throws RuntimeException the first failure of a task: unchecked as it was thrown, else as the cause of a
     *     {@link io.dstream.function.StreamingException}
     */
    <T, R> List<R> run(Plan<T> plan, int from, int until, Function<Iterator<T>, R> task);

    /**
     * Runs a step on the calling thread whose result is kept, if it succeeds, as long as the scope is open. What it adds to
     * accumulators counts then, once the scope is committed; if it fails that is forgotten, and with it all that was shuffled or
     * kept as a part of it, which the next attempt has to add again.
     *
     * @return what the step returned
     * @throws Exception what the step threw
     */
    <R> R attempt(Callable<R> step) throws Exception;

    /**
     * As {@link #attempt(Callable)}, of an output that writes dead letters with its results. If the step fails, what was shuffled or
     * kept in it while there were dead letters is forgotten too, so that the next attempt meets their rows again. Steps inside of it
     * have no such output.
     *
     * @param output is offered the dead letters of all actions of the step
     */
    <R> R attempt(DeadLetterOutput output, Callable<R> step) throws Exception;

    /**
     * Makes what is shuffled or kept for a plan a part of the scope, and not of the step that asks for it first: further steps
     * use it whatever becomes of that one.
     */
    void share(Plan<?> plan);

    /**
     * Adds up what was added to accumulators in this scope, as {@link #commit} will.
     *
     * @throws RuntimeException what a user's function threw that adds
     */
    void rehearseCommit();

    /**
     * What accumulators to which was added in this scope will come to by {@link #commit}, to be written into a file.
     *
     * @return by name; values that only {@link Accumulators#restore} reads
     * @throws RuntimeException what a user's function threw that adds
     */
    Map<String, Object> rehearsedTotals();

    /** Lets count what was added to accumulators in this scope; does nothing for a scope that outlives batches. */
    void commit();

    /**
     * Keeps the rows of a plan once they are computed, partition by partition, until the scope is closed or they are dropped.
     * Scopes that keep the same plan share its rows, at the level of the first; they are let go of when the last one does.
     *
     * @throws IllegalStateException if the scope is closed
     */
    void keep(Plan<?> plan, StorageLevel level);

    /** As {@link #keep}, whoever asks for them to be dropped. */
    void keepToEnd(Plan<?> plan, StorageLevel level);

    /** Lets go of the rows kept for a plan in this scope; does nothing if there are none, or they are kept to the end. */
    void drop(Plan<?> plan);

    /** Whether {@link #drop} lets go of the rows of a plan: they are kept, in this scope alone, and not to its end. */
    boolean isDroppable(Plan<?> plan);

    /** Where the rows of a plan are to be kept, in this scope or another one of the engine. */
    StorageLevel levelOf(Plan<?> plan);

    /** What writes rows into a file that {@code StreamingContext.objectFile} reads. */
    <T> PartFiles.Writer<T> objectWriter();

    /** The number of partitions a shuffle makes where none is given; at least 1. */
    int defaultPartitions();

    /** Whether it outlives batches; an RDD made of two belongs to the scope that ends first. */
    boolean outlivesBatches();

    /**
     * Makes sure that the scope is still open.
     *
     * @param stream the name of the rows that are asked for
     * @throws IllegalStateException if it is closed, naming the stream, the batch and the remedy
     */
    void requireOpen(String stream);

    /** Ends the scope and lets go of all that is kept in it and not committed; closing it again does nothing. */
    @Override
    void close();
}
