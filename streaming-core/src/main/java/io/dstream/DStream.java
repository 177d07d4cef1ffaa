package io.dstream;

import io.dstream.function.Function;
import io.dstream.function.Functions;
import io.dstream.graph.Node;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.rdd.StorageLevel;
import java.time.Duration;

/**
 * A stream: one RDD for every batch. Its methods describe further streams and outputs; nothing runs before the context is
 * started, and nothing can be added afterwards ({@link IllegalStateException}).
 *
 * <p>A pipeline is defined by one thread. Functions given to the methods run in parallel on the engine's threads, and
 * again when a batch is tried again.
 *
 * @param <T> type of the rows; rows travel by reference and must not be modified
 */
public sealed class DStream<T> extends AbstractDStream<T, RDD<T>> permits InputDStream, MapWithStateDStream {

    DStream(StreamingContext context, Node node) {
        super(context, node);
    }

    /** The rows for which a function returns true. */
    public DStream<T> filter(Function<T, Boolean> function) {
        Functions.require("function", function);
        return derive("filter", rdd -> rdd.filter(function));
    }

    /**
     * The rows of both streams; nothing is removed.
     *
     * @throws IllegalArgumentException if the other stream belongs to another pipeline
     */
    public DStream<T> union(DStream<T> other) {
        return unite(other);
    }

    /** As {@link #window(Duration, Duration)}, with a window at every slide of this stream. */
    public DStream<T> window(Duration length) {
        return window(length, node().slide());
    }

    /**
     * The rows of the last batches, oldest first; nothing is removed. The first windows are partial.
     *
     * @param length how far a window reaches back, a multiple of this stream's slide
     * @param slide the time between two windows, a multiple of this stream's slide
     * @throws IllegalArgumentException if one of them is not
     */
    public DStream<T> window(Duration length, Duration slide) {
        return windowed(length, slide);
    }

    /**
     * The same rows, spread evenly over another number of partitions.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public DStream<T> repartition(int partitions) {
        requirePartitions(partitions);
        return derive("repartition", rdd -> rdd.repartition(partitions));
    }

    /** As {@link #persist()}. */
    public DStream<T> cache() {
        return persist();
    }

    /** As {@link #persist(StorageLevel)}, in memory. */
    public DStream<T> persist() {
        return persist(StorageLevel.MEMORY_ONLY);
    }

    /**
     * Keeps the rows of each batch once they are computed, until the batch ends: for streams that several outputs read.
     *
     * @param level where; called again, the last one counts
     * @return this stream
     * @throws IllegalStateException if the pipeline was started
     * @throws io.dstream.function.StreamingException if rows may be in files and none can be written
     */
    public DStream<T> persist(StorageLevel level) {
        persistRows(level);
        return this;
    }

    /**
     * Keeps the rows of each batch for some time after it, as {@link StreamingContext#remember} does for all streams that
     * outputs read.
     *
     * @param duration how long, more than zero; called again, the longest counts
     * @return this stream
     * @throws IllegalArgumentException if {@code duration} is not more than zero
     * @throws IllegalStateException if the pipeline was started
     */
    public DStream<T> remember(Duration duration) {
        rememberRows(duration);
        return this;
    }

    /**
     * Names the stream's last operation: its id wherever progress is kept; without one it is known by its kind and number.
     *
     * @param name letters, digits, {@code .}, {@code _} and {@code -}; unique in the pipeline
     * @return this stream
     * @throws IllegalArgumentException if the name is not of this form or given twice
     */
    public DStream<T> named(String name) {
        name(name);
        return this;
    }

    @Override
    RDD<T> typed(RDD<T> rdd) {
        return rdd;
    }

    /** The same stream with the operations of pairs. */
    @SuppressWarnings("unchecked") // called where T is a pair
    <K, V> PairDStream<K, V> asPairs() {
        return PairDStream.fromDStream((DStream<Pair<K, V>>) this);
    }
}
