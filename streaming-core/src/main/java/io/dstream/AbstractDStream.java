package io.dstream;

import io.dstream.function.FlatMapFunction;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.function.Function3;
import io.dstream.function.Functions;
import io.dstream.function.VoidFunction;
import io.dstream.function.VoidFunction2;
import io.dstream.graph.Node;
import io.dstream.graph.OutputOperation;
import io.dstream.graph.StreamGraph;
import io.dstream.output.BatchSink;
import io.dstream.rdd.LocalPath;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.PartFiles;
import io.dstream.rdd.RDD;
import io.dstream.rdd.StorageLevel;
import io.dstream.rdd.TextFiles;
import io.dstream.storage.Codec;
import io.dstream.storage.ObjectFile;
import io.dstream.storage.RollingPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What streams of rows and streams of pairs have alike.
 *
 * @param <T> type of the rows
 * @param <R> type of a batch's RDD
 */
abstract sealed class AbstractDStream<T, R> permits DStream, PairDStream {

    private static final int PRINTED_ROWS = 10;

    private final StreamingContext context;
    private final Node node;

    AbstractDStream(StreamingContext context, Node node) {
        this.context = context;
        this.node = node;
    }

    /** The context it was defined on. */
    public final StreamingContext context() {
        return context;
    }

    abstract R typed(RDD<T> rdd);

    /** One row for each row. */
    public final <U> DStream<U> map(Function<T, U> function) {
        Functions.require("function", function);
        return derive("map", rdd -> rdd.map(function));
    }

    /** One pair for each row. */
    public final <K, V> PairDStream<K, V> mapToPair(Function<T, Pair<K, V>> function) {
        Functions.require("function", function);
        return this.<Pair<K, V>>derive("mapToPair", rdd -> rdd.map(function)).asPairs();
    }

    /** Any number of rows for each row, handed out by an iterator. */
    public final <U> DStream<U> flatMap(FlatMapFunction<T, U> function) {
        Functions.require("function", function);
        return derive("flatMap", rdd -> rdd.flatMap(function));
    }

    /** Any number of pairs for each row, handed out by an iterator. */
    public final <K, V> PairDStream<K, V> flatMapToPair(FlatMapFunction<T, Pair<K, V>> function) {
        Functions.require("function", function);
        return this.<Pair<K, V>>derive("flatMapToPair", rdd -> rdd.flatMap(function))
                .asPairs();
    }

    /** What a function makes of each partition's rows; called for empty partitions too. */
    public final <U> DStream<U> mapPartitions(FlatMapFunction<Iterator<T>, U> function) {
        Functions.require("function", function);
        return derive("mapPartitions", rdd -> rdd.mapPartitions(function));
    }

    /** As {@link #mapPartitions}, for a function that makes pairs. */
    public final <K, V> PairDStream<K, V> mapPartitionsToPair(FlatMapFunction<Iterator<T>, Pair<K, V>> function) {
        Functions.require("function", function);
        return this.<Pair<K, V>>derive("mapPartitionsToPair", rdd -> rdd.mapPartitions(function))
                .asPairs();
    }

    /** One list for each partition, with its rows. */
    public final DStream<List<T>> glom() {
        return derive("glom", rdd -> rdd.glom());
    }

    /** The number of rows of each batch: exactly one row, 0 for an empty batch. */
    public final DStream<Long> count() {
        return derive("count", AbstractDStream::countOf);
    }

    /** As {@link #countByValue(int)}, into as many partitions as the context's parallelism. */
    public final PairDStream<T, Long> countByValue() {
        return ones().reduceByKey(Long::sum);
    }

    /**
     * How often each distinct row is in a batch.
     *
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public final PairDStream<T, Long> countByValue(int partitions) {
        return ones().reduceByKey(Long::sum, partitions);
    }

    /**
     * All rows of a batch in one: one row, none for an empty batch.
     *
     * @param function two rows in one; associative and commutative; not called for a single row
     */
    public final DStream<T> reduce(Function2<T, T, T> function) {
        Functions.require("function", function);
        return derive("reduce", rdd -> rdd.mapToPair(row -> Pair.of(true, row))
                .reduceByKey(function, 1)
                .values());
    }

    /**
     * All rows of a window in one: one row, none for a window without rows.
     *
     * @param function two rows in one; associative and commutative
     * @param length how far the window reaches back, a multiple of this stream's slide
     * @param slide the time between two windows, a multiple of this stream's slide
     * @throws IllegalArgumentException if one of them is not
     */
    public final DStream<T> reduceByWindow(Function2<T, T, T> function, Duration length, Duration slide) {
        return mapToPair(row -> Pair.of(1, row)).valueByWindow(function, length, slide);
    }

    /**
     * All rows of a window in one, kept up by adding what comes in and taking away what goes out. There is nothing before the
     * first row ever, and always one row afterwards.
     *
     * @param function two rows in one; associative and commutative
     * @param inverse takes the second of two rows out of the first, which has it in
     * @param length how far the window reaches back, a multiple of this stream's slide
     * @param slide the time between two windows, a multiple of this stream's slide
     * @throws IllegalArgumentException if one of them is not
     */
    public final DStream<T> reduceByWindow(
            Function2<T, T, T> function, Function2<T, T, T> inverse, Duration length, Duration slide) {
        return mapToPair(row -> Pair.of(1, row)).valueByWindow(function, inverse, length, slide);
    }

    /**
     * The number of rows in a window. There is nothing before the first row ever, and always one row afterwards.
     *
     * @param length how far the window reaches back, a multiple of this stream's slide
     * @param slide the time between two windows, a multiple of this stream's slide
     * @throws IllegalArgumentException if one of them is not
     */
    public final DStream<Long> countByWindow(Duration length, Duration slide) {
        return map(row -> 1L).reduceByWindow(Long::sum, (count, gone) -> count - gone, length, slide);
    }

    /**
     * How often each distinct row is in a window.
     *
     * @param length how far the window reaches back, a multiple of this stream's slide
     * @param slide the time between two windows, a multiple of this stream's slide
     * @throws IllegalArgumentException if one of them is not
     */
    public final PairDStream<T, Long> countByValueAndWindow(Duration length, Duration slide) {
        return ones().reduceByKeyAndWindow(
                        Long::sum, (count, gone) -> count - gone, length, slide, AbstractDStream::isSome);
    }

    /**
     * As {@link #countByValueAndWindow(Duration, Duration)}.
     *
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1, or length or slide are not as asked for
     */
    public final PairDStream<T, Long> countByValueAndWindow(Duration length, Duration slide, int partitions) {
        return ones().reduceByKeyAndWindow(
                        Long::sum, (count, gone) -> count - gone, length, slide, partitions, AbstractDStream::isSome);
    }

    /** As {@link #transform(Function2)}, for a function that does not ask for the batch time. */
    public final <U> DStream<U> transform(Function<R, RDD<U>> function) {
        Functions.require("function", function);
        return transform((rdd, time) -> function.call(rdd));
    }

    /**
     * What a function makes of each batch's RDD.
     *
     * @param function called once per batch, also for empty ones, by the pipeline's batch thread as the batch is planned,
     *     with the RDD and the batch time; must not return null
     */
    public final <U> DStream<U> transform(Function2<R, Instant, RDD<U>> function) {
        Functions.require("function", function);
        return derive("transform", (rdd, time) -> function.call(typed(rdd), time));
    }

    /** As {@link #transformToPair(Function2)}, for a function that does not ask for the batch time. */
    public final <K, V> PairDStream<K, V> transformToPair(Function<R, PairRDD<K, V>> function) {
        Functions.require("function", function);
        return transformToPair((rdd, time) -> function.call(rdd));
    }

    /** As {@link #transform(Function2)}, for a function that makes pairs. */
    public final <K, V> PairDStream<K, V> transformToPair(Function2<R, Instant, PairRDD<K, V>> function) {
        Functions.require("function", function);
        return this.<Pair<K, V>>derive("transformToPair", (rdd, time) -> rows(function.call(typed(rdd), time)))
                .asPairs();
    }

    /**
     * What a function makes of each batch's RDD and that of another stream.
     *
     * @param function called as that of {@link #transform(Function2)}, with both RDDs and the batch time
     * @throws IllegalArgumentException if the other stream belongs to another pipeline or has another slide
     */
    public final <U, W> DStream<W> transformWith(DStream<U> other, Function3<R, RDD<U>, Instant, RDD<W>> function) {
        Functions.require("function", function);
        return combine("transformWith", other, (own, others, time) -> function.call(typed(own), others, time));
    }

    /** As {@link #transformWith(DStream, Function3)}, with a stream of pairs. */
    public final <K2, V2, W> DStream<W> transformWith(
            PairDStream<K2, V2> other, Function3<R, PairRDD<K2, V2>, Instant, RDD<W>> function) {
        Functions.require("function", function);
        return combine(
                "transformWith",
                other,
                (own, others, time) -> function.call(typed(own), PairRDD.fromRDD(others), time));
    }

    /** As {@link #transformWith(DStream, Function3)}, for a function that makes pairs. */
    public final <U, K, V> PairDStream<K, V> transformWithToPair(
            DStream<U> other, Function3<R, RDD<U>, Instant, PairRDD<K, V>> function) {
        Functions.require("function", function);
        return this.<U, Pair<K, V>>combine(
                        "transformWithToPair",
                        other,
                        (own, others, time) -> rows(function.call(typed(own), others, time)))
                .asPairs();
    }

    /** As {@link #transformWith(DStream, Function3)}, with a stream of pairs and for a function that makes pairs. */
    public final <K2, V2, K, V> PairDStream<K, V> transformWithToPair(
            PairDStream<K2, V2> other, Function3<R, PairRDD<K2, V2>, Instant, PairRDD<K, V>> function) {
        Functions.require("function", function);
        return this.<Pair<K2, V2>, Pair<K, V>>combine(
                        "transformWithToPair",
                        other,
                        (own, others, time) -> rows(function.call(typed(own), PairRDD.fromRDD(others), time)))
                .asPairs();
    }

    /**
     * The RDDs of batches that have ended, for a look back from anywhere: an output, a web request. Only rows that are kept
     * can be sliced: those of streams that are {@linkplain StreamingContext#remember remembered}, and those under a window as
     * far as the next window reaches back. With {@code remember(Duration.ofSeconds(10))} and a batch each second those are the
     * last ten batches.
     *
     * <p>Both ends are included. What is asked for before the first batch or after the last one that has ended is left out, so
     * {@code slice(Instant.EPOCH, Instant.now())} asks for all batches ever, and fails once the first is not kept any more.
     *
     * @param from the first batch time, rounded down to the slide of this stream
     * @param to the last batch time, rounded down likewise
     * @return one RDD for each batch, oldest first, without those that were skipped; empty if {@code from} is after {@code to},
     *     before the first start, and before the first batch has ended. An RDD can be used as long as the rows of its batch are
     *     kept; then its actions fail with an IllegalStateException that names the stream, the batch and the remedy, whatever the
     *     storage level. Act on it at once, or keep its rows by {@code collect()}
     * @throws IllegalStateException if the pipeline ends or has ended, or rows of a batch that was asked for are not kept any more
     */
    public final List<R> slice(Instant from, Instant to) {
        return context.<T>slice(node, from, to).stream().map(this::typed).toList();
    }

    /**
     * Prints the first ten rows of every batch; see {@link #print(int)}.
     *
     * @return the output, to name it
     */
    public final Output print() {
        return print(PRINTED_ROWS);
    }

    /**
     * Prints the time and the first rows of every batch, also of empty ones, to the standard output: a block that begins
     * with the batch time between two lines of hyphens, and says {@code ...} if there are more rows.
     *
     * @param rows how many at most; not negative
     * @return the output, to name it
     * @throws IllegalArgumentException if {@code rows} is negative
     */
    public final Output print(int rows) {
        PrintedBatch.requireRows(rows);
        return output("print", (rdd, time) -> System.out.print(PrintedBatch.of(rdd, time, rows)));
    }

    /**
     * Calls a function on each batch's RDD; see {@link #foreachRDD(VoidFunction2)}.
     *
     * @return the output, to name it
     */
    public final Output foreachRDD(VoidFunction<R> function) {
        Functions.require("function", function);
        return foreachRDD((rdd, time) -> function.call(rdd));
    }

    /**
     * Calls a function on each batch's RDD. It runs at least once per batch, again if it fails; (pipeline, output, batch
     * time) tells a repetition. Nothing is computed unless it calls an action.
     *
     * @param function called by the pipeline's batch thread, also for empty batches, with the RDD and the batch time
     * @return the output, to name it
     */
    public final Output foreachRDD(VoidFunction2<R, Instant> function) {
        Functions.require("function", function);
        return output("foreachRDD", (rdd, time) -> function.call(typed(rdd), time));
    }

    /** As {@link #saveAsTextFiles(String, String)}, without a suffix. */
    public final Output saveAsTextFiles(@Nullable String prefix) {
        return saveAsTextFiles(prefix, null);
    }

    /**
     * Saves every batch, also empty ones, into a directory of its own, {@code prefix-milliseconds.suffix}: a file
     * {@code part-00000} and so on for each partition, with a line of UTF-8 for each row's {@code toString()}, and
     * {@code _SUCCESS}. The directory has its name only once it is complete and safe on the disk. A batch that runs again
     * replaces it.
     *
     * @param prefix how paths begin, such as {@code /data/counts}; missing directories in it are made. If it is null or empty,
     *     names begin with the milliseconds
     * @param suffix if it is null or empty, names end with the milliseconds
     * @return the output, to name it; it fails if a row is null, or if the files cannot be written
     * @throws IllegalArgumentException if prefix and suffix make no path of the local file system
     */
    public final Output saveAsTextFiles(@Nullable String prefix, @Nullable String suffix) {
        BatchDirectory.requirePath(prefix, suffix);
        return output(
                "saveAsTextFiles", (rdd, time) -> TextFiles.overwrite(rdd, BatchDirectory.of(prefix, suffix, time)));
    }

    /** As {@link #saveAsObjectFiles(String, String)}, without a suffix. */
    public final Output saveAsObjectFiles(@Nullable String prefix) {
        return saveAsObjectFiles(prefix, null);
    }

    /**
     * Saves every batch as {@link #saveAsTextFiles(String, String)} does, with the rows themselves in place of their text, to be
     * read by {@link StreamingContext#objectFile}.
     *
     * @param prefix as there
     * @param suffix as there
     * @return the output, to name it; it fails if there is something in a row that is no value or collection of the JDK and of no
     *     class in an {@linkplain StreamingConfig#allowedPackages() allowed package}, or if the files cannot be written
     * @throws IllegalArgumentException if prefix and suffix make no path of the local file system
     */
    public final Output saveAsObjectFiles(@Nullable String prefix, @Nullable String suffix) {
        BatchDirectory.requirePath(prefix, suffix);
        Codec<Object> codec = context.codec();
        return output(
                "saveAsObjectFiles",
                (rdd, time) -> PartFiles.overwrite(
                        rdd,
                        BatchDirectory.of(prefix, suffix, time),
                        (file, rows) -> ObjectFile.write(file, rows, codec)));
    }

    /**
     * Appends every batch to a file, which is finished when it is large or old enough: few files, however many batches there
     * are. A row is a line of UTF-8, its {@code toString()}; a batch is held in memory as text. A batch that runs again is not
     * appended again, and what a crash has left of one is cut off.
     *
     * <p>Readers may rely on finished files: they are called by their first and last batch in milliseconds, such as
     * {@code 1504668485000-1504672084000.txt}, have whole lines of whole batches in their order, and never change. They may be
     * moved away. The file in progress and what is known about it are called {@code .in-progress} and {@code .committed}, and
     * belong to the output: a stop leaves them as they are, and the next start goes on with them.
     *
     * @param directory used by this output alone; made when it is missing
     * @param policy when a file is finished
     * @return the output, to name it; it fails if a row is null, if it cannot be written, if another output uses the directory,
     *     or if that has later batches already, because the clock was set back
     * @throws IllegalArgumentException if {@code directory} is no path of the local file system
     */
    public final Output saveAsRollingTextFiles(String directory, RollingPolicy policy) {
        RollingText text = new RollingText(LocalPath.of("directory", directory), policy);
        return output("saveAsRollingTextFiles", text::append, text);
    }

    /**
     * Writes the rows of every batch, also of empty ones, where each batch has an effect exactly once, however often it is run: a
     * connector gives the sink. It knows a batch by the names of pipeline and output and the batch time, so give the output a name.
     *
     * <p>Start and batches wait while its system is away. The pipeline halts, whatever its failure policy is, when another instance
     * has taken the output over. An output that has succeeded in a batch keeps it also if the batch is skipped for another output.
     *
     * @return the output, to name it; a sink that does not open, though its system is there, fails the start
     */
    public final Output saveTo(BatchSink<? super T> sink) {
        Functions.requireNotNull("sink", sink);
        return new Output(graph(), graph().add(OutputOperation.to(sink, node)));
    }

    final <U> DStream<U> derive(String kind, Function<RDD<T>, RDD<U>> function) {
        return derive(kind, (rdd, time) -> function.call(rdd));
    }

    final <U> DStream<U> derive(String kind, Function2<RDD<T>, Instant, RDD<U>> function) {
        return add(kind, List.of(node), (parents, time) -> function.call(parent(parents, 0), time));
    }

    final DStream<T> unite(AbstractDStream<T, R> other) {
        return this.<T, T>combine("union", other, (own, others, time) -> own.union(others));
    }

    final <U, W> DStream<W> combine(
            String kind, AbstractDStream<U, ?> other, Function3<RDD<T>, RDD<U>, Instant, RDD<W>> function) {
        return add(
                kind,
                List.of(node, other.node),
                (parents, time) -> function.call(parent(parents, 0), parent(parents, 1), time));
    }

    final DStream<T> windowed(Duration length, Duration slide) {
        return new DStream<>(context, graph().add(new Node.Window(node, length, slide)));
    }

    static <T> RDD<T> unionOf(List<RDD<?>> rdds) {
        RDD<T> all = parent(rdds, 0);
        for (int i = 1; i < rdds.size(); i++) {
            all = all.union(parent(rdds, i));
        }
        return all;
    }

    /** The key 0 puts the one row into the first of the usual number of partitions, where Spark has it. */
    private static <T> RDD<Long> countOf(RDD<T> rdd) {
        return rdd.mapRows((index, rows) -> List.of(sizeOf(rows)).iterator())
                .repartition(1)
                .mapRows((index, sizes) -> List.of(sumOf(sizes)).iterator())
                .mapToPair(size -> Pair.of(0, size))
                .reduceByKey(Long::sum)
                .values();
    }

    static void requirePartitions(int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("'partitions' must be at least 1, but was " + partitions);
        }
    }

    private PairDStream<T, Long> ones() {
        return mapToPair(row -> Pair.of(row, 1L));
    }

    private static boolean isSome(Pair<?, Long> count) {
        return count.value() != 0;
    }

    private static long sizeOf(Iterator<?> rows) {
        long[] size = new long[1];
        rows.forEachRemaining(row -> size[0]++);
        return size[0];
    }

    private static long sumOf(Iterator<Long> sizes) {
        long[] sum = new long[1];
        sizes.forEachRemaining(size -> sum[0] += size);
        return sum[0];
    }

    final void persistRows(StorageLevel level) {
        Functions.requireNotNull("level", level);
        if (level == StorageLevel.NONE) {
            graph().drop(node);
        } else {
            context.requireWritable(level);
            graph().keep(node, level);
        }
    }

    final void rememberRows(Duration duration) {
        graph().remember(node, duration);
    }

    final void name(String name) {
        graph().name(node, name);
    }

    final StreamGraph.Builder graph() {
        return context.graph();
    }

    final Node node() {
        return node;
    }

    private <U> DStream<U> add(String kind, List<Node> parents, Function2<List<RDD<?>>, Instant, RDD<?>> function) {
        return new DStream<>(context, graph().add(new Node.Transform(kind, parents, function)));
    }

    private Output output(String kind, VoidFunction2<RDD<T>, Instant> body) {
        return output(kind, body, () -> {});
    }

    private Output output(String kind, VoidFunction2<RDD<T>, Instant> body, AutoCloseable resource) {
        OutputOperation operation =
                new OutputOperation(kind, node, (rdd, time) -> body.call(parent(List.of(rdd), 0), time), resource);
        return new Output(graph(), graph().add(operation));
    }

    @SuppressWarnings("NullAway") // null is passed on to the scheduler, which tells the user
    static <K, V> RDD<Pair<K, V>> rows(@Nullable PairRDD<K, V> pairs) {
        return pairs == null ? null : pairs.toRDD();
    }

    @SuppressWarnings("unchecked") // a node's RDD has the rows of the stream that the node was made for
    private static <T> RDD<T> parent(List<RDD<?>> rdds, int index) {
        return (RDD<T>) rdds.get(index);
    }
}
