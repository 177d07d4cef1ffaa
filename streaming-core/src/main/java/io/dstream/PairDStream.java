package io.dstream;

import io.dstream.function.FlatMapFunction;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.function.Functions;
import io.dstream.graph.Node;
import io.dstream.graph.StateFunction;
import io.dstream.graph.WindowReduction;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import io.dstream.rdd.StorageLevel;
import io.dstream.state.StateSpec;
import io.dstream.state.UpdateSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stream of pairs, with the operations that need keys. Keys are compared by {@code equals} and {@code hashCode}; arrays
 * are refused. Otherwise as {@link DStream}.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class PairDStream<K, V> extends AbstractDStream<Pair<K, V>, PairRDD<K, V>> {

    private PairDStream(StreamingContext context, Node node) {
        super(context, node);
    }

    /** The same stream with the operations of pairs. */
    public static <K, V> PairDStream<K, V> fromDStream(DStream<Pair<K, V>> stream) {
        return new PairDStream<>(stream.context(), stream.node());
    }

    /** The pairs for which a function returns true. */
    public PairDStream<K, V> filter(Function<Pair<K, V>, Boolean> function) {
        Functions.require("function", function);
        return fromDStream(derive("filter", rdd -> rdd.filter(function)));
    }

    /** As {@link #filter(Function)}, with key and value apart. */
    public PairDStream<K, V> filter(Function2<K, V, Boolean> function) {
        Functions.require("function", function);
        return filter(pair -> function.call(pair.key(), pair.value()));
    }

    /** As {@link #map(Function)}, with key and value apart. */
    public <U> DStream<U> map(Function2<K, V, U> function) {
        Functions.require("function", function);
        return map(pair -> function.call(pair.key(), pair.value()));
    }

    /** As {@link #mapToPair(Function)}, with key and value apart. */
    public <K2, V2> PairDStream<K2, V2> mapToPair(Function2<K, V, Pair<K2, V2>> function) {
        Functions.require("function", function);
        return mapToPair(pair -> function.call(pair.key(), pair.value()));
    }

    /** As {@link #flatMap(FlatMapFunction)}, with key and value apart. */
    public <U> DStream<U> flatMap(Function2<K, V, Iterator<U>> function) {
        Functions.require("function", function);
        return flatMap(pair -> function.call(pair.key(), pair.value()));
    }

    /** As {@link #flatMapToPair(FlatMapFunction)}, with key and value apart. */
    public <K2, V2> PairDStream<K2, V2> flatMapToPair(Function2<K, V, Iterator<Pair<K2, V2>>> function) {
        Functions.require("function", function);
        return flatMapToPair(pair -> function.call(pair.key(), pair.value()));
    }

    /** The same stream with the operations of any rows. */
    public DStream<Pair<K, V>> toDStream() {
        return new DStream<>(context(), node());
    }

    /** The same keys with other values. */
    public <U> PairDStream<K, U> mapValues(Function<V, U> function) {
        Functions.require("function", function);
        return pairs("mapValues", rdd -> rdd.mapValues(function));
    }

    /** Any number of pairs for each pair, of the same key. */
    public <U> PairDStream<K, U> flatMapValues(FlatMapFunction<V, U> function) {
        Functions.require("function", function);
        return pairs("flatMapValues", rdd -> rdd.flatMapValues(function));
    }

    /** As {@link #reduceByKey(Function2, int)}, into as many partitions as the context's parallelism. */
    public PairDStream<K, V> reduceByKey(Function2<V, V, V> function) {
        return reduceByKey(function, parallelism());
    }

    /**
     * One pair for each key of a batch.
     *
     * @param function two values in one; associative and commutative; not called for a single value
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public PairDStream<K, V> reduceByKey(Function2<V, V, V> function, int partitions) {
        Functions.require("function", function);
        requirePartitions(partitions);
        return pairs("reduceByKey", rdd -> rdd.reduceByKey(function, partitions));
    }

    /** As {@link #groupByKey(int)}, into as many partitions as the context's parallelism. */
    public PairDStream<K, List<V>> groupByKey() {
        return groupByKey(parallelism());
    }

    /**
     * One pair for each key of a batch, with the list of its values.
     *
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public PairDStream<K, List<V>> groupByKey(int partitions) {
        requirePartitions(partitions);
        return pairs("groupByKey", rdd -> rdd.groupByKey(partitions));
    }

    /** As {@link #combineByKey(Function, Function2, Function2, int)}, into as many partitions as the context's parallelism. */
    public <C> PairDStream<K, C> combineByKey(
            Function<V, C> create, Function2<C, V, C> mergeValue, Function2<C, C, C> mergeCombiners) {
        return combineByKey(create, mergeValue, mergeCombiners, parallelism());
    }

    /**
     * One pair for each key of a batch, its values in a result of another type.
     *
     * @param create the result of a first value
     * @param mergeValue a result with one more value; may change and return its first argument
     * @param mergeCombiners two results in one; may change and return its first argument
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public <C> PairDStream<K, C> combineByKey(
            Function<V, C> create, Function2<C, V, C> mergeValue, Function2<C, C, C> mergeCombiners, int partitions) {
        Functions.require("create", create);
        Functions.require("mergeValue", mergeValue);
        Functions.require("mergeCombiners", mergeCombiners);
        requirePartitions(partitions);
        return pairs("combineByKey", rdd -> rdd.combineByKey(create, mergeValue, mergeCombiners, partitions));
    }

    /** As {@link #cogroup(PairDStream, int)}, into as many partitions as the context's parallelism. */
    public <W> PairDStream<K, Pair<List<V>, List<W>>> cogroup(PairDStream<K, W> other) {
        return cogroup(other, parallelism());
    }

    /**
     * One pair for each key that either stream has in a batch, with the values of both; the list of a stream without the key
     * is empty.
     *
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1, or the other stream belongs to another pipeline or
     *     has another slide
     */
    public <W> PairDStream<K, Pair<List<V>, List<W>>> cogroup(PairDStream<K, W> other, int partitions) {
        requirePartitions(partitions);
        return with("cogroup", other, (own, others) -> own.cogroup(others, partitions));
    }

    /** As {@link #join(PairDStream, int)}, into as many partitions as the context's parallelism. */
    public <W> PairDStream<K, Pair<V, W>> join(PairDStream<K, W> other) {
        return join(other, parallelism());
    }

    /**
     * One pair for each key and combination of a value of this stream with one of the other, in the same batch.
     *
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1, or the other stream belongs to another pipeline or
     *     has another slide
     */
    public <W> PairDStream<K, Pair<V, W>> join(PairDStream<K, W> other, int partitions) {
        requirePartitions(partitions);
        return with("join", other, (own, others) -> own.join(others, partitions));
    }

    /** As {@link #leftOuterJoin(PairDStream, int)}, into as many partitions as the context's parallelism. */
    public <W> PairDStream<K, Pair<V, Optional<W>>> leftOuterJoin(PairDStream<K, W> other) {
        return leftOuterJoin(other, parallelism());
    }

    /**
     * As {@link #join(PairDStream, int)}, and one pair for each value of this stream whose key the other has not.
     *
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1, or the other stream belongs to another pipeline or
     *     has another slide
     */
    public <W> PairDStream<K, Pair<V, Optional<W>>> leftOuterJoin(PairDStream<K, W> other, int partitions) {
        requirePartitions(partitions);
        return with("leftOuterJoin", other, (own, others) -> own.leftOuterJoin(others, partitions));
    }

    /** As {@link #rightOuterJoin(PairDStream, int)}, into as many partitions as the context's parallelism. */
    public <W> PairDStream<K, Pair<Optional<V>, W>> rightOuterJoin(PairDStream<K, W> other) {
        return rightOuterJoin(other, parallelism());
    }

    /**
     * As {@link #join(PairDStream, int)}, and one pair for each value of the other stream whose key this one has not.
     *
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1, or the other stream belongs to another pipeline or
     *     has another slide
     */
    public <W> PairDStream<K, Pair<Optional<V>, W>> rightOuterJoin(PairDStream<K, W> other, int partitions) {
        requirePartitions(partitions);
        return with("rightOuterJoin", other, (own, others) -> own.rightOuterJoin(others, partitions));
    }

    /** As {@link #fullOuterJoin(PairDStream, int)}, into as many partitions as the context's parallelism. */
    public <W> PairDStream<K, Pair<Optional<V>, Optional<W>>> fullOuterJoin(PairDStream<K, W> other) {
        return fullOuterJoin(other, parallelism());
    }

    /**
     * As {@link #join(PairDStream, int)}, and one pair for each value of either stream whose key the other has not.
     *
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1, or the other stream belongs to another pipeline or
     *     has another slide
     */
    public <W> PairDStream<K, Pair<Optional<V>, Optional<W>>> fullOuterJoin(PairDStream<K, W> other, int partitions) {
        requirePartitions(partitions);
        return with("fullOuterJoin", other, (own, others) -> own.fullOuterJoin(others, partitions));
    }

    /** As {@link #groupByKeyAndWindow(Duration, Duration)}, with a window at every slide of this stream. */
    public PairDStream<K, List<V>> groupByKeyAndWindow(Duration length) {
        return groupByKeyAndWindow(length, node().slide());
    }

    /**
     * One pair for each key of a window, with the list of its values.
     *
     * @param length how far a window reaches back, a multiple of this stream's slide
     * @param slide the time between two windows, a multiple of this stream's slide
     * @throws IllegalArgumentException if one of them is not
     */
    public PairDStream<K, List<V>> groupByKeyAndWindow(Duration length, Duration slide) {
        return window(length, slide).groupByKey();
    }

    /**
     * As {@link #groupByKeyAndWindow(Duration, Duration)}.
     *
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1, or length or slide are not as asked for
     */
    public PairDStream<K, List<V>> groupByKeyAndWindow(Duration length, Duration slide, int partitions) {
        return window(length, slide).groupByKey(partitions);
    }

    /** As {@link #reduceByKeyAndWindow(Function2, Duration, Duration)}, with a window at every slide of this stream. */
    public PairDStream<K, V> reduceByKeyAndWindow(Function2<V, V, V> function, Duration length) {
        return reduceByKeyAndWindow(function, length, node().slide());
    }

    /**
     * One pair for each key of a window. Each batch is reduced once; a window reduces the results of its batches, with at most
     * three calls of the function per key and slide, amortised, however long it is.
     *
     * @param function two values in one; associative and commutative
     * @param length how far a window reaches back, a multiple of this stream's slide
     * @param slide the time between two windows, a multiple of this stream's slide
     * @throws IllegalArgumentException if one of them is not
     */
    public PairDStream<K, V> reduceByKeyAndWindow(Function2<V, V, V> function, Duration length, Duration slide) {
        return slidingByKey(function, length, slide, 0);
    }

    /**
     * As {@link #reduceByKeyAndWindow(Function2, Duration, Duration)}.
     *
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1, or length or slide are not as asked for
     */
    public PairDStream<K, V> reduceByKeyAndWindow(
            Function2<V, V, V> function, Duration length, Duration slide, int partitions) {
        requirePartitions(partitions);
        return slidingByKey(function, length, slide, partitions);
    }

    private PairDStream<K, V> slidingByKey(
            Function2<V, V, V> function, Duration length, Duration slide, int partitions) {
        return fromDStream(
                this.<Pair<K, V>>stream(sliding("reduceByKeyAndWindow", function, length, slide, partitions, false)));
    }

    /** As {@link #reduceByKeyAndWindow(Function2, Duration, Duration, int)} into one partition, without the keys. */
    DStream<V> valueByWindow(Function2<V, V, V> function, Duration length, Duration slide) {
        return stream(sliding("reduceByWindow", function, length, slide, 1, true));
    }

    /** Values carry their batch times, by which the window knows when they are out; batches between windows are left out. */
    private Node.State sliding(
            String kind,
            Function2<V, V, V> function,
            Duration length,
            Duration slide,
            int partitions,
            boolean valuesOnly) {
        Functions.require("function", function);
        Node.requireWindow(node(), length, slide);
        PairDStream<K, Pair<Instant, V>> timed =
                reduceByKey(function).transformToPair((rdd, time) -> rdd.mapValues(value -> Pair.of(time, value)));
        Node sinceLast = slide.equals(timed.node().slide())
                ? timed.node()
                : graph().add(Node.Window.sinceLast(timed.node(), length, slide));
        return new Node.State(
                kind, sinceLast, partitions, StateFunction.<K, V>sliding(function, length), null, valuesOnly);
    }

    /**
     * As {@link #reduceByKeyAndWindow(Function2, Function2, Duration, Duration, Function)}, keeping every key that ever came.
     */
    public PairDStream<K, V> reduceByKeyAndWindow(
            Function2<V, V, V> function, Function2<V, V, V> inverse, Duration length, Duration slide) {
        return reducedByKey(function, inverse, length, slide, 0, null);
    }

    /**
     * One pair for each key of a window, kept up by adding what comes in and taking away what goes out.
     *
     * @param function two values in one; associative and commutative
     * @param inverse takes the second of two values out of the first, which has it in
     * @param length how far a window reaches back, a multiple of this stream's slide
     * @param slide the time between two windows, a multiple of this stream's slide
     * @param filter which pairs to keep: may drop a pair only if its value is as good as none, such as a count of 0
     * @throws IllegalArgumentException if length or slide are not as asked for
     */
    public PairDStream<K, V> reduceByKeyAndWindow(
            Function2<V, V, V> function,
            Function2<V, V, V> inverse,
            Duration length,
            Duration slide,
            Function<Pair<K, V>, Boolean> filter) {
        Functions.require("filter", filter);
        return reducedByKey(function, inverse, length, slide, 0, filter);
    }

    /**
     * As {@link #reduceByKeyAndWindow(Function2, Function2, Duration, Duration, Function)}.
     *
     * @param partitions into how many partitions, at least 1
     * @param filter as there; null to keep all
     * @throws IllegalArgumentException if {@code partitions} is below 1, or length or slide are not as asked for
     */
    public PairDStream<K, V> reduceByKeyAndWindow(
            Function2<V, V, V> function,
            Function2<V, V, V> inverse,
            Duration length,
            Duration slide,
            int partitions,
            @Nullable Function<Pair<K, V>, Boolean> filter) {
        requirePartitions(partitions);
        return reducedByKey(function, inverse, length, slide, partitions, filter);
    }

    private PairDStream<K, V> reducedByKey(
            Function2<V, V, V> function,
            Function2<V, V, V> inverse,
            Duration length,
            Duration slide,
            int partitions,
            @Nullable Function<Pair<K, V>, Boolean> filter) {
        WindowReduction<K, V> reduction = new WindowReduction<>(
                Functions.require("function", function), Functions.require("inverse", inverse), filter);
        return fromDStream(this.<Pair<K, V>>stream(new Node.ReducedWindow(
                "reduceByKeyAndWindow", reduceByKey(function).node(), length, slide, partitions, reduction, false)));
    }

    /** As {@link #reduceByKeyAndWindow(Function2, Function2, Duration, Duration)} into one partition, without the keys. */
    DStream<V> valueByWindow(Function2<V, V, V> function, Function2<V, V, V> inverse, Duration length, Duration slide) {
        WindowReduction<K, V> reduction = new WindowReduction<>(
                Functions.require("function", function), Functions.require("inverse", inverse), null);
        return stream(new Node.ReducedWindow(
                "reduceByWindow", reduceByKey(function).node(), length, slide, 1, reduction, true));
    }

    /** As {@link #updateStateByKey(Function2, int)}, into as many partitions as the context's parallelism. */
    public <S> PairDStream<K, S> updateStateByKey(Function2<List<V>, Optional<S>, Optional<S>> function) {
        return updateStateByKey(UpdateSpec.function(function));
    }

    /**
     * The state of every key, in every batch.
     *
     * @param function gets a key's values in the batch, empty if there are none, and its state, and returns its new state or
     *     empty to remove it; called for every key that has either. The state it gets is a copy, or cannot be changed: only what
     *     it returns has an effect
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public <S> PairDStream<K, S> updateStateByKey(
            Function2<List<V>, Optional<S>, Optional<S>> function, int partitions) {
        requirePartitions(partitions);
        return updateStateByKey(UpdateSpec.<K, V, S>function(function).numPartitions(partitions));
    }

    /**
     * The state of every key, in every batch, by a function that sees the key, the batch time or a partition, or with options.
     *
     * @throws IllegalArgumentException if {@code spec} is null
     */
    public <S> PairDStream<K, S> updateStateByKey(UpdateSpec<K, V, S> spec) {
        Functions.requireNotNull("spec", spec);
        return fromDStream(this.<Pair<K, S>>stream(new Node.State(
                "updateStateByKey", node(), spec.partitions(), StateFunction.updating(spec), spec.types(), false)));
    }

    /**
     * What a function makes of each pair and the state of its key, which it may change.
     *
     * @throws IllegalArgumentException if {@code spec} is null
     */
    public <S, M> MapWithStateDStream<K, S, M> mapWithState(StateSpec<K, V, S, M> spec) {
        Functions.requireNotNull("spec", spec);
        Node.State state = new Node.State(
                "mapWithState", node(), spec.partitions(), StateFunction.mapping(spec), spec.types(), false);
        return new MapWithStateDStream<>(context(), graph().add(state));
    }

    /**
     * The pairs of both streams; nothing is removed.
     *
     * @throws IllegalArgumentException if the other stream belongs to another pipeline
     */
    public PairDStream<K, V> union(PairDStream<K, V> other) {
        return fromDStream(unite(other));
    }

    /** As {@link #window(Duration, Duration)}, with a window at every slide of this stream. */
    public PairDStream<K, V> window(Duration length) {
        return window(length, node().slide());
    }

    /**
     * The rows of the last batches, oldest first; nothing is removed. The first windows are partial.
     *
     * @param length how far a window reaches back, a multiple of this stream's slide
     * @param slide the time between two windows, a multiple of this stream's slide
     * @throws IllegalArgumentException if one of them is not
     */
    public PairDStream<K, V> window(Duration length, Duration slide) {
        return fromDStream(windowed(length, slide));
    }

    /**
     * The same rows, spread evenly over another number of partitions.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public PairDStream<K, V> repartition(int partitions) {
        requirePartitions(partitions);
        return pairs("repartition", rdd -> rdd.repartition(partitions));
    }

    /** As {@link #persist()}. */
    public PairDStream<K, V> cache() {
        return persist();
    }

    /** As {@link #persist(StorageLevel)}, in memory. */
    public PairDStream<K, V> persist() {
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
    public PairDStream<K, V> persist(StorageLevel level) {
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
    public PairDStream<K, V> remember(Duration duration) {
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
    public PairDStream<K, V> named(String name) {
        name(name);
        return this;
    }

    private int parallelism() {
        return context().config().parallelism();
    }

    @Override
    PairRDD<K, V> typed(RDD<Pair<K, V>> rdd) {
        return PairRDD.fromRDD(rdd);
    }

    private <T> DStream<T> stream(Node node) {
        return new DStream<>(context(), graph().add(node));
    }

    private <W> PairDStream<K, W> pairs(String kind, Function<PairRDD<K, V>, PairRDD<K, W>> function) {
        return fromDStream(this.<Pair<K, W>>derive(
                kind, rdd -> function.call(PairRDD.fromRDD(rdd)).toRDD()));
    }

    private <W, X> PairDStream<K, X> with(
            String kind, PairDStream<K, W> other, Function2<PairRDD<K, V>, PairRDD<K, W>, PairRDD<K, X>> function) {
        return fromDStream(this.<Pair<K, W>, Pair<K, X>>combine(
                kind, other, (own, others, time) -> function.call(PairRDD.fromRDD(own), PairRDD.fromRDD(others))
                        .toRDD()));
    }
}
