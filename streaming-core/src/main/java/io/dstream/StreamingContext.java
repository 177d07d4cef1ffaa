package io.dstream;

import io.dstream.StreamingConfig.Shutdown;
import io.dstream.event.BatchInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.PipelineInfo.State;
import io.dstream.event.RestoredPart;
import io.dstream.event.StreamingListener;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.function.Functions;
import io.dstream.function.StreamingException;
import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.input.FileFormat;
import io.dstream.input.FileSource;
import io.dstream.input.FileStreamOptions;
import io.dstream.input.InputFiles;
import io.dstream.input.InputSource;
import io.dstream.input.QueueSource;
import io.dstream.rdd.Accumulator;
import io.dstream.rdd.Accumulators;
import io.dstream.rdd.Broadcast;
import io.dstream.rdd.CollectionAccumulator;
import io.dstream.rdd.DoubleAccumulator;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.LongAccumulator;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.PartFiles;
import io.dstream.rdd.RDD;
import io.dstream.rdd.StorageLevel;
import io.dstream.receiver.Receiver;
import io.dstream.receiver.ReceiverSource;
import io.dstream.receiver.SocketOptions;
import io.dstream.receiver.SocketReceivers;
import io.dstream.scheduler.JobScheduler;
import io.dstream.scheduler.Pipeline;
import io.dstream.scheduler.SchedulerSettings;
import io.dstream.storage.BatchLogs;
import io.dstream.storage.Codec;
import io.dstream.storage.MissingDirectoryException;
import io.dstream.storage.ObjectFile;
import io.dstream.time.Signal;
import io.dstream.time.StreamThread;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where streams are defined, started and stopped. One context is one pipeline: one graph on one batch clock. The root can
 * derive further ones with {@link #pipeline(String)}, which share its threads and run, fail, stop and restart alone.
 *
 * <p>Define first, by one thread; then {@link #start()}, which freezes the definition. All other methods are thread-safe.
 * A stopped context can be started again, with the same definition, and with what is in its checkpoint directory if it has one; a
 * closed one cannot.
 */
public final class StreamingContext implements AutoCloseable {

    private static final String ROOT = "default";
    private static final int COLLECTED = 10_000;
    private static final Shutdown CUT_OFF = new Shutdown(false, Duration.ZERO);

    private final String name;
    private final StreamingConfig config;
    private final SharedParts shared;
    private final @Nullable StreamingContext root; // null: this is the root
    private final StreamGraph.Builder graph;
    private final Accumulators accumulators;

    // Mutable state, guarded by this
    private final Map<String, StreamingContext> children = new LinkedHashMap<>();
    private @Nullable JobScheduler scheduler; // made by the first start

    /** Makes a root context, whose own pipeline is called {@code default}. */
    public StreamingContext(StreamingConfig config) {
        this(ROOT, config, new SharedParts(config), null);
    }

    private StreamingContext(String name, StreamingConfig config, SharedParts shared, @Nullable StreamingContext root) {
        this.name = name;
        this.config = config;
        this.shared = shared;
        this.root = root;
        this.graph = new StreamGraph.Builder(name);
        this.accumulators = new Accumulators(name, shared.engine()::currentWork);
    }

    /** A further pipeline with the configuration of this context; see {@link #pipeline(String, StreamingConfig)}. */
    public StreamingContext pipeline(String pipelineName) {
        return pipeline(pipelineName, config);
    }

    /**
     * A further pipeline, which shares the engine, the clock and the listeners of this context.
     *
     * @param pipelineName letters, digits, {@code .}, {@code _} and {@code -}; unique in the context
     * @param pipelineConfig its configuration: that of this context with changes; what is shared cannot be changed
     * @throws IllegalArgumentException if the name is taken or malformed, or the configuration changes what is shared
     * @throws IllegalStateException if this context is no root
     */
    public synchronized StreamingContext pipeline(String pipelineName, StreamingConfig pipelineConfig) {
        if (root != null) {
            throw new IllegalStateException("Pipeline '" + name + "' cannot have pipelines; derive '" + pipelineName
                    + "' from the root context");
        }
        StreamGraph.requireName(pipelineName);
        if (pipelineName.equals(ROOT) || children.containsKey(pipelineName)) {
            throw new IllegalArgumentException(
                    "There is a pipeline '" + pipelineName + "' already; names of pipelines must be unique");
        }
        requireSameShared(pipelineName, pipelineConfig);
        StreamingContext child = new StreamingContext(pipelineName, pipelineConfig, shared, this);
        children.put(pipelineName, child);
        return child;
    }

    /** The pipeline's name; {@code default} for a root. */
    public String name() {
        return name;
    }

    public StreamingConfig config() {
        return config;
    }

    /** All pipelines of this context: itself if it has streams, then the derived ones in the order of their making. */
    public synchronized List<StreamingContext> pipelines() {
        Stream<StreamingContext> own = graph.isEmpty() ? Stream.empty() : Stream.of(this);
        return Stream.concat(own, children.values().stream()).toList();
    }

    /** As {@link #socketTextStream(String, int, SocketOptions)}, in memory, with the read time-out of the configuration. */
    public DStream<String> socketTextStream(String host, int port) {
        return socketTextStream(host, port, SocketOptions.defaults());
    }

    /**
     * Lines of text from a TCP server: UTF-8, ended by a line feed, a carriage return or both. Connects again, after a
     * delay, whenever the connection is lost; what the server sends meanwhile is not seen. A line that is too long is dropped and
     * reported.
     *
     * @param host the server's name or address
     * @param port its port, 1 to 65535
     * @param options where lines are kept until their batch has ended, and a read time-out
     * @throws IllegalArgumentException if {@code port} is out of range
     */
    public DStream<String> socketTextStream(String host, int port, SocketOptions options) {
        return receiverStream(SocketReceivers.text(host, port, options, config.receiver()));
    }

    /** As {@link #socketStream(String, int, Function, SocketOptions)}, with the options of {@link #socketTextStream(String, int)}. */
    public <T> DStream<T> socketStream(String host, int port, Function<InputStream, Iterator<T>> decoder) {
        return socketStream(host, port, decoder, SocketOptions.defaults());
    }

    /**
     * What a function makes of the bytes that a TCP server sends. Connects again as {@link #socketTextStream(String, int)} does, with
     * a new call of the function.
     *
     * @param host the server's name or address
     * @param port its port, 1 to 65535
     * @param decoder called on the receiver's thread with the bytes of a connection; the iterator gives records as they come, and
     *     bounds what it holds of them. What it throws, an IOException as an UncheckedIOException, ends the connection
     * @param options where records are kept until their batch has ended, and a read time-out
     * @throws IllegalArgumentException if {@code port} is out of range
     */
    public <T> DStream<T> socketStream(
            String host, int port, Function<InputStream, Iterator<T>> decoder, SocketOptions options) {
        Functions.require("decoder", decoder);
        return receiverStream(SocketReceivers.decoded(host, port, decoder, options, config.receiver()));
    }

    /** As {@link #rawSocketStream(String, int, SocketOptions)}, with the options of {@link #socketTextStream(String, int)}. */
    public DStream<byte[]> rawSocketStream(String host, int port) {
        return rawSocketStream(host, port, SocketOptions.defaults());
    }

    /**
     * Frames from a TCP server: four bytes that tell a length, big-endian, and as many bytes, which are a record; {@code map} makes of
     * them what they mean. Connects again as {@link #socketTextStream(String, int)} does, also if a length is negative or above
     * what is allowed: after that nobody knows where a frame begins.
     *
     * @param host the server's name or address
     * @param port its port, 1 to 65535
     * @param options where frames are kept until their batch has ended, and a read time-out
     * @throws IllegalArgumentException if {@code port} is out of range
     */
    public DStream<byte[]> rawSocketStream(String host, int port, SocketOptions options) {
        return receiverStream(SocketReceivers.frames(host, port, options, config.receiver()));
    }

    /**
     * What a receiver stores.
     *
     * @param receiver used by this stream alone
     */
    public <T> DStream<T> receiverStream(Receiver<T> receiver) {
        return inputStream(new ReceiverSource<>(
                receiver, config.effectiveReceiver(), config.storage().directory(), codec()));
    }

    /** As {@link #textFileStream(String, FileStreamOptions)}, with the {@linkplain FileStreamOptions#defaults() defaults}. */
    public DStream<String> textFileStream(String directory) {
        return textFileStream(directory, FileStreamOptions.defaults());
    }

    /**
     * Lines of the text files that appear in a directory, as {@link #fileStream(String, FileFormat, FileStreamOptions)} finds
     * them: UTF-8, ended by a line feed, a carriage return or both. Lines that are longer than receivers may read are dropped
     * and reported. A file of more than 128 MB that is not compressed goes into several partitions.
     *
     * @param directory a directory, or a glob of directories such as {@code /data/in/*}
     * @throws IllegalArgumentException if {@code directory} is no path of the local file system and no glob
     */
    public DStream<String> textFileStream(String directory, FileStreamOptions options) {
        return inputStream(FileSource.lines(directory, config.receiver().maxLineLength(), options));
    }

    /**
     * As {@link #binaryRecordsStream(String, int, FileStreamOptions)}, with the {@linkplain FileStreamOptions#defaults()
     * defaults}.
     */
    public DStream<byte[]> binaryRecordsStream(String directory, int recordLength) {
        return binaryRecordsStream(directory, recordLength, FileStreamOptions.defaults());
    }

    /**
     * Records of a fixed length of the files that appear in a directory, as {@link #fileStream(String, FileFormat,
     * FileStreamOptions)} finds them. A batch cannot be read that has a file whose length is no multiple of that of a record.
     *
     * @param directory a directory, or a glob of directories such as {@code /data/in/*}
     * @param recordLength in bytes, at least 1
     * @throws IllegalArgumentException if {@code directory} is no path of the local file system and no glob, or {@code
     *     recordLength} is below 1
     */
    public DStream<byte[]> binaryRecordsStream(String directory, int recordLength, FileStreamOptions options) {
        return inputStream(FileSource.records(directory, recordLength, options));
    }

    /**
     * As {@link #fileStream(String, FileFormat, FileStreamOptions)}, with the {@linkplain FileStreamOptions#defaults()
     * defaults}.
     */
    public <T> DStream<T> fileStream(String directory, FileFormat<T> format) {
        return fileStream(directory, format, FileStreamOptions.defaults());
    }

    /**
     * Records of the files that appear in a directory, each file in one batch: those that have come since the first start,
     * whatever their modification time is, in the order of that and of their paths. A file whose size or modification time has
     * changed since it was taken is another file. Files whose names begin with {@code .} or {@code _}, and what is in
     * sub-directories, are left alone. What ends with {@code .gz} is decompressed. While there is no directory, batches are
     * empty.
     *
     * <p>A batch takes files as long as they have no more than {@link StreamingConfig#maxRecordsPerBatch()} together, by an
     * estimate from their sizes and the records read so far, but one at least; the rest waits.
     *
     * @param directory a directory, or a glob of directories such as {@code /data/in/*}
     * @param format how records are found in a file
     * @param options which files are taken, and when
     * @throws IllegalArgumentException if {@code directory} is no path of the local file system and no glob
     */
    public <T> DStream<T> fileStream(String directory, FileFormat<T> format, FileStreamOptions options) {
        return inputStream(new FileSource<>(directory, format, options));
    }

    /** As {@link #queueStream(Queue, boolean)}, one RDD per batch. */
    public <T> DStream<T> queueStream(Queue<RDD<T>> queue) {
        return queueStream(queue, true);
    }

    /**
     * RDDs from a queue. What is added while the pipeline runs is seen; what is left at the end stays in the queue. An empty
     * queue gives an RDD without rows, of one partition.
     *
     * @param queue a thread-safe queue, such as a ConcurrentLinkedQueue; filled with {@link #parallelize(List)}
     * @param oneAtATime whether a batch takes one RDD or all there are
     */
    public <T> DStream<T> queueStream(Queue<RDD<T>> queue, boolean oneAtATime) {
        return inputStream(new QueueSource<>(queue, oneAtATime));
    }

    /**
     * As {@link #queueStream(Queue, boolean)}, with an RDD for the batches that find the queue empty.
     *
     * @param defaultRDD if it is null, such a batch has an RDD without partitions
     */
    public <T> DStream<T> queueStream(Queue<RDD<T>> queue, boolean oneAtATime, @Nullable RDD<T> defaultRDD) {
        return inputStream(new QueueSource<>(queue, oneAtATime, defaultRDD));
    }

    /**
     * The records of a source: the way in for connectors.
     *
     * @param source used by this stream alone
     */
    public <T> DStream<T> inputStream(InputSource<T> source) {
        return new DStream<>(this, addInput(source));
    }

    Node addInput(InputSource<?> source) {
        return graph.add(new Node.Input(source, config.batchInterval()));
    }

    /**
     * The rows of partitions, which are opened for every action anew: the way in for connectors.
     *
     * @param rddName what errors call it
     * @param partitions where the rows are; may be empty
     * @return an RDD that lives as long as the context
     */
    public <T> RDD<T> inputRDD(String rddName, List<InputPartition<T>> partitions) {
        return RDD.ofPartitions(shared.lasting(), rddName, partitions);
    }

    /** The ids of this pipeline's inputs, as far as they are defined, in the order of definition. */
    public List<String> inputs() {
        return graph.inputs();
    }

    /**
     * Lets an input read another source in place of its own, which is never started then. So a test feeds a definition that
     * reads a network.
     *
     * @param input the input's id: the name its stream was given, else its kind and number, such as {@code socket-0}
     * @param source used by this input alone; of records of the same type
     * @return the source that the input would have read
     * @throws IllegalArgumentException if there is no such input
     * @throws IllegalStateException if the pipeline was started
     */
    public InputSource<?> replaceInput(String input, InputSource<?> source) {
        return graph.replaceSource(input, source);
    }

    /**
     * A stream that is defined already.
     *
     * @param id the name it was given, else its kind and number, such as {@code map-0}; or the id of an output, such as
     *     {@code print-0}, for the stream that the output reads
     * @throws IllegalArgumentException if there is none
     */
    public DStream<?> stream(String id) {
        return new DStream<>(this, graph.stream(id));
    }

    /**
     * The rows of several streams; nothing is removed.
     *
     * @param streams at least one, all of this pipeline and with the same slide
     * @throws IllegalArgumentException if they are not
     */
    @SafeVarargs
    public final <T> DStream<T> union(DStream<T>... streams) {
        List<DStream<T>> all = new ArrayList<>();
        for (DStream<T> stream : streams) {
            all.add(stream);
        }
        return unionOf(all);
    }

    /** As {@link #union(DStream[])}, of pairs. */
    @SafeVarargs
    public final <K, V> PairDStream<K, V> union(PairDStream<K, V>... streams) {
        List<DStream<Pair<K, V>>> all = new ArrayList<>();
        for (PairDStream<K, V> stream : streams) {
            all.add(stream.toDStream());
        }
        return unionOf(all).asPairs();
    }

    /**
     * What a function makes of the RDDs of several streams.
     *
     * @param streams at least one, all of this pipeline and with the same slide; pairs by {@link PairDStream#toDStream()}
     * @param function called once per batch by the pipeline's batch thread as the batch is planned, with the RDDs in the
     *     order of the streams and the batch time; must not return null
     * @throws IllegalArgumentException if the streams are not as asked for
     */
    public <T> DStream<T> transform(
            List<? extends DStream<?>> streams, Function2<List<RDD<?>>, Instant, RDD<T>> function) {
        Functions.require("function", function);
        return transformAll("transform", streams, function);
    }

    /** As {@link #transform}, for a function that makes pairs. */
    public <K, V> PairDStream<K, V> transformToPair(
            List<? extends DStream<?>> streams, Function2<List<RDD<?>>, Instant, PairRDD<K, V>> function) {
        Functions.require("function", function);
        return this.<Pair<K, V>>transformAll(
                        "transformToPair", streams, (rdds, time) -> AbstractDStream.rows(function.call(rdds, time)))
                .asPairs();
    }

    private <T> DStream<T> unionOf(List<DStream<T>> streams) {
        return this.<T>transformAll("union", streams, (rdds, time) -> AbstractDStream.unionOf(rdds));
    }

    private <T> DStream<T> transformAll(
            String kind, List<? extends DStream<?>> streams, Function2<List<RDD<?>>, Instant, RDD<T>> function) {
        List<Node> parents = streams.stream().<Node>map(DStream::node).toList();
        return new DStream<>(this, graph.add(new Node.Transform(kind, parents, function::call)));
    }

    /**
     * Keeps the rows of every stream that an output reads for some time after their batch: for {@link DStream#slice}, and
     * for RDDs that are used later than in the function that was given them. They are computed in every batch then.
     *
     * @param duration how long, more than zero; called again, the longest counts
     * @throws IllegalArgumentException if {@code duration} is not more than zero
     * @throws IllegalStateException if the pipeline was started
     */
    public void remember(Duration duration) {
        graph.rememberOutputs(duration);
    }

    /** As {@link #parallelize(List, int)}, in as many partitions as the context's parallelism. */
    public <T> RDD<T> parallelize(List<T> rows) {
        return parallelize(rows, config.parallelism());
    }

    /**
     * An RDD of given rows, which lives as long as the context.
     *
     * @param rows the rows; copied
     * @param partitions into how many partitions, at least 1
     * @throws IllegalArgumentException if {@code partitions} is below 1
     */
    public <T> RDD<T> parallelize(List<T> rows, int partitions) {
        return RDD.ofRows(shared.lasting(), rows, partitions);
    }

    /** As {@link #parallelizePairs(List, int)}, in as many partitions as the context's parallelism. */
    public <K, V> PairRDD<K, V> parallelizePairs(List<Pair<K, V>> pairs) {
        return PairRDD.fromRDD(parallelize(pairs));
    }

    /** As {@link #parallelize(List, int)}, an RDD of pairs. */
    public <K, V> PairRDD<K, V> parallelizePairs(List<Pair<K, V>> pairs, int partitions) {
        return PairRDD.fromRDD(parallelize(pairs, partitions));
    }

    /** An RDD without rows and without partitions, which lives as long as the context. */
    public <T> RDD<T> emptyRDD() {
        return RDD.ofPartitions(shared.lasting(), "emptyRDD", List.of());
    }

    /**
     * The rows of several RDDs; nothing is removed.
     *
     * @param rdds at least one
     * @throws IllegalArgumentException if there is none
     */
    @SafeVarargs
    public final <T> RDD<T> union(RDD<T>... rdds) {
        List<RDD<T>> all = new ArrayList<>();
        for (RDD<T> rdd : rdds) {
            all.add(rdd);
        }
        return unionOfRdds(all);
    }

    /** As {@link #union(RDD[])}, of pairs. */
    @SafeVarargs
    public final <K, V> PairRDD<K, V> union(PairRDD<K, V>... rdds) {
        List<RDD<Pair<K, V>>> all = new ArrayList<>();
        for (PairRDD<K, V> pairs : rdds) {
            all.add(pairs.toRDD());
        }
        return PairRDD.fromRDD(unionOfRdds(all));
    }

    private static <T> RDD<T> unionOfRdds(List<RDD<T>> rdds) {
        return rdds.stream()
                .reduce((all, next) -> all.union(next))
                .orElseThrow(() -> new IllegalArgumentException("'rdds' must have at least one RDD, but was empty"));
    }

    /**
     * The lines of text files: UTF-8, ended by a line feed, a carriage return or both. The files are found now, and read for every
     * action anew, line by line; an action fails with a {@link StreamingException} if one cannot be read. Lines that are longer
     * than receivers may read are dropped and reported. What ends with {@code .gz} is decompressed.
     *
     * @param path of a file; or of a directory, whose files are read but for those whose names begin with {@code .} or {@code
     *     _}; or a glob of both, such as {@code /data/2017-*}
     * @return a partition for each file, in the order of the paths; several for a file of more than 128 MB
     * @throws IllegalArgumentException if {@code path} is no path of the local file system and no glob, or matches nothing
     */
    public RDD<String> textFile(String path) {
        return RDD.ofPartitions(
                shared.lasting(),
                "textFile",
                InputFiles.lines(path, config.receiver().maxLineLength()));
    }

    /** As {@link #textFile}, each file as one pair of its path and its text, which is in memory as a whole. */
    public PairRDD<String, String> wholeTextFiles(String path) {
        return PairRDD.fromRDD(RDD.ofPartitions(shared.lasting(), "wholeTextFiles", InputFiles.texts(path)));
    }

    /**
     * Records of a fixed length, of files that are found and read as by {@link #textFile}. An action fails if the length of a file
     * is no multiple of that of a record.
     *
     * @param recordLength in bytes, at least 1
     * @throws IllegalArgumentException as there, and if {@code recordLength} is below 1
     */
    public RDD<byte[]> binaryRecords(String path, int recordLength) {
        return RDD.ofPartitions(shared.lasting(), "binaryRecords", InputFiles.records(path, recordLength));
    }

    /**
     * As {@link #textFile}, each file as one pair of its path and its bytes, which are in memory as a whole and as they are in
     * the file: nothing is decompressed.
     */
    public PairRDD<String, byte[]> binaryFiles(String path) {
        return PairRDD.fromRDD(RDD.ofPartitions(shared.lasting(), "binaryFiles", InputFiles.contents(path)));
    }

    /**
     * A value that functions on all tasks read, and that can be replaced while the pipelines run.
     *
     * @param value not null; shared by reference, so it must not be modified
     * @throws IllegalArgumentException if {@code value} is null
     */
    public <T> Broadcast<T> broadcast(T value) {
        return new Broadcast<>(value, shared.engine()::currentWork);
    }

    /**
     * The pipeline's accumulator of this name that adds up whole numbers; made when it is asked for first, at any time.
     *
     * @param accumulatorName letters, digits, {@code .}, {@code _} and {@code -}
     * @throws IllegalArgumentException if the name is malformed, or that of an accumulator of another kind
     * @throws IllegalStateException if the pipeline has 1,000 accumulators already
     */
    public LongAccumulator longAccumulator(String accumulatorName) {
        StreamGraph.requireName(accumulatorName);
        return accumulators.ofLong(accumulatorName);
    }

    /** As {@link #longAccumulator}, of numbers with a fraction. */
    public DoubleAccumulator doubleAccumulator(String accumulatorName) {
        StreamGraph.requireName(accumulatorName);
        return accumulators.ofDouble(accumulatorName);
    }

    /** As {@link #collectionAccumulator(String, int)}, with the first 10,000 values. */
    public <T> CollectionAccumulator<T> collectionAccumulator(String accumulatorName) {
        return collectionAccumulator(accumulatorName, COLLECTED);
    }

    /**
     * As {@link #longAccumulator}, of values that are collected.
     *
     * @param limit how many of the first values it keeps, at least 1; what comes later is dropped and counted. That of the
     *     first call with this name is taken
     * @throws IllegalArgumentException if {@code limit} is below 1
     */
    public <T> CollectionAccumulator<T> collectionAccumulator(String accumulatorName, int limit) {
        StreamGraph.requireName(accumulatorName);
        return accumulators.ofCollection(accumulatorName, limit);
    }

    /**
     * As {@link #longAccumulator}, of values that functions add up. Those of the first call with this name are taken.
     *
     * @param zero gives a neutral value, a fresh one at each call
     * @param add a result with one more value; may change and return its first argument
     * @param merge two results in one; may change and return its first argument, but not the second
     */
    public <T, A> Accumulator<T, A> accumulator(
            String accumulatorName, Supplier<A> zero, Function2<A, T, A> add, Function2<A, A, A> merge) {
        StreamGraph.requireName(accumulatorName);
        Functions.require("zero", zero);
        Functions.require("add", add);
        Functions.require("merge", merge);
        return accumulators.of(accumulatorName, zero, add, merge);
    }

    /** The values of the pipeline's accumulators by name, in the order of their making. */
    public Map<String, Object> accumulators() {
        return accumulators.values();
    }

    /**
     * The rows that {@code saveAsObjectFiles} or {@link RDD#saveAsObjectFile} has saved, a partition for each file. They are read for every action
     * anew, a hundred at a time. An action fails with a {@link StreamingException} if a file is damaged, which names the place,
     * or has a class that is not in an {@linkplain StreamingConfig#allowedPackages() allowed package}.
     *
     * @param path the directory, such as {@code /data/orders-1504668485000}
     * @throws IllegalArgumentException if there is no such directory, or it is not complete
     */
    public <T> RDD<T> objectFile(String path) {
        Codec<Object> codec = codec();
        List<InputPartition<T>> files = new ArrayList<>();
        for (Path file : PartFiles.partsOf(path)) {
            files.add(() -> ObjectFile.read(file, codec));
        }
        return RDD.ofPartitions(shared.lasting(), "objectFile", files);
    }

    /**
     * Adds a listener for all pipelines of the context. It is called by a thread of its own kind; if it is slow it misses
     * events, and delays nothing but other listeners.
     */
    public void addStreamingListener(StreamingListener listener) {
        shared.events().add(listener);
    }

    public void removeStreamingListener(StreamingListener listener) {
        shared.events().remove(listener);
    }

    /** How many events listeners have missed because they, or another one, were too slow; observers miss none. */
    public long droppedEvents() {
        return shared.events().dropped();
    }

    /**
     * Starts the pipeline, and those derived from it; returns when their inputs and threads are started. Those that run
     * already are left alone.
     *
     * @throws IllegalArgumentException if a pipeline has no output, or there is no pipeline at all
     * @throws MissingDirectoryException if a pipeline is to have a write-ahead log and has no checkpoint directory
     * @throws IllegalStateException if the context is closed or stopping
     * @throws StreamingException if an input does not start, or a checkpoint directory cannot be used; nothing is running then
     *     that was not before
     */
    public void start() {
        shared.requireOpen();
        List<StreamingContext> all = ownAndDerived();
        all.forEach(StreamingContext::prepare);
        List<StreamingContext> started = new ArrayList<>();
        try {
            for (StreamingContext pipeline : all) {
                if (pipeline.startPrepared()) {
                    started.add(pipeline);
                }
            }
            shared.requireOpen(); // it may have been closed meanwhile
        } catch (RuntimeException failure) {
            stop(started, CUT_OFF);
            throw failure;
        }
    }

    /** Stops the pipeline, and those derived from it, side by side, each as its configuration says. */
    public void stop() {
        List<StreamingContext> all = pipelines();
        onThreadThatMayWait(() -> stop(all, null));
    }

    /**
     * Stops the pipeline, and those derived from it, and waits until they have ended. If it is called by a thread of the
     * library, such as from inside {@code foreachRDD}, it does not wait.
     *
     * @param graceful whether everything that was accepted is run and committed before
     * @param timeout how long that may take, not negative; what is not over then is cut off, uncommitted
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public void stop(boolean graceful, Duration timeout) {
        Shutdown shutdown = new Shutdown(graceful, timeout);
        List<StreamingContext> all = pipelines();
        onThreadThatMayWait(() -> stop(all, shutdown));
    }

    /** Stops as {@link #stop()} does; a root also ends the shared threads, after which nothing can be started. */
    @Override
    public void close() {
        List<StreamingContext> all = pipelines();
        onThreadThatMayWait(() -> {
            stop(all, null);
            if (root == null) {
                shared.close();
            }
        });
    }

    /**
     * Waits until the pipeline, and those derived from it, have stopped.
     *
     * @throws InterruptedException if the calling thread is interrupted; nothing is stopped by that
     * @throws RuntimeException what a pipeline has halted on, as soon as one has: unchecked as it was thrown, else as the
     *     cause of a {@link StreamingException}
     */
    public void awaitTermination() throws InterruptedException {
        Signal next = shared.nextChange();
        while (!isTerminated()) {
            next.await();
            next = shared.nextChange();
        }
    }

    /**
     * Waits as {@link #awaitTermination()} does, up to a time limit.
     *
     * @return whether all have stopped
     */
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        Instant deadline = deadline(timeout);
        Signal next = shared.nextChange();
        boolean terminated = isTerminated();
        while (!terminated && shared.clock().await(next, deadline)) {
            next = shared.nextChange();
            terminated = isTerminated();
        }
        return terminated;
    }

    /** The pipeline as it is now. */
    public PipelineInfo info() {
        JobScheduler current = scheduler();
        PipelineInfo info = current == null ? null : current.info();
        return info != null
                ? info
                : new PipelineInfo(name, State.INITIALIZED, config.batchInterval(), 0, List.of(), List.of(), 0, null);
    }

    /** The batches of this pipeline that wait or run, and those that ended last, 1,000 together; newest first. */
    public List<BatchInfo> batches() {
        JobScheduler current = scheduler();
        return current == null ? List.of() : current.batches();
    }

    /**
     * What would become of the states and windows that earlier runs of this pipeline have left in its checkpoint directory, if it
     * were started with the streams as they are defined, which cannot be changed after that. All of it is read, as a start would,
     * and nothing is started; an entry that is refused tells why a start would fail.
     *
     * @return an entry for each operator with states or windows, and for accumulators that are refused; all begin empty if there
     *     is no checkpoint
     * @throws IllegalArgumentException if there is no output
     * @throws StreamingException if the directory cannot be read, or the pipeline runs
     */
    public List<RestoredPart> restoredParts() {
        prepare();
        return Objects.requireNonNull(scheduler()).restoredParts();
    }

    private List<StreamingContext> ownAndDerived() {
        List<StreamingContext> all = pipelines();
        return all.isEmpty() ? List.of(this) : all; // an empty pipeline is refused by its graph
    }

    private synchronized void prepare() {
        if (scheduler == null) {
            requireDirectory();
            SchedulerSettings settings = new SchedulerSettings(
                    config.batchInterval(), config.maxRecordsPerBatch(), config.failure(), config.backpressure());
            scheduler = new JobScheduler(new Pipeline(
                    name,
                    graph.build(),
                    settings,
                    shared.engine(),
                    shared.clock(),
                    shared.events(),
                    logs(),
                    accumulators,
                    shared.rows()));
        }
    }

    private void requireDirectory() {
        if (config.writeAheadLog() && config.checkpointDirectory() == null) {
            throw new MissingDirectoryException(name);
        }
    }

    private BatchLogs logs() {
        Path directory = config.checkpointDirectory();
        return directory == null
                ? BatchLogs.inMemory()
                : BatchLogs.inDirectory(directory, name, codec(), config.checkpointRetain(), config.writeAheadLog());
    }

    private boolean startPrepared() {
        JobScheduler prepared = scheduler();
        return prepared != null && prepared.start();
    }

    /** Stops pipelines as a shutdown says, or, if it is null, each as its own configuration says. */
    private static void stop(List<StreamingContext> pipelines, @Nullable Shutdown shutdown) {
        pipelines.forEach(pipeline -> pipeline.initiateStop(pipeline.shutdown(shutdown)));
        pipelines.forEach(pipeline -> pipeline.awaitStop(pipeline.shutdown(shutdown)));
    }

    private Shutdown shutdown(@Nullable Shutdown other) {
        return other == null ? config.shutdown() : other;
    }

    private void initiateStop(Shutdown shutdown) {
        JobScheduler current = scheduler();
        if (current != null) {
            current.initiateStop(shutdown.graceful());
        }
    }

    private void awaitStop(Shutdown shutdown) {
        JobScheduler current = scheduler();
        if (current != null) {
            current.awaitStop(deadline(shutdown.graceful() ? shutdown.timeout() : Duration.ZERO));
        }
    }

    private Instant deadline(Duration timeout) {
        Instant now = shared.clock().now();
        return timeout.compareTo(Duration.between(now, Instant.MAX)) < 0 ? now.plus(timeout) : Instant.MAX;
    }

    /** A thread of the library would wait for itself, so another one waits in its place. */
    private void onThreadThatMayWait(Runnable stop) {
        if (StreamThread.isCurrent()) {
            StreamThread.keepAlive(name + "-stop", stop).start();
        } else {
            stop.run();
        }
    }

    /** Whether at least one pipeline was started and none runs; throws what one has halted on. */
    private boolean isTerminated() {
        List<JobScheduler> started = pipelines().stream()
                .flatMap(pipeline -> Optional.ofNullable(pipeline.scheduler()).stream())
                .filter(pipeline -> pipeline.info() != null)
                .toList();
        boolean noneRuns = started.stream().noneMatch(JobScheduler::isRunning); // asked before what they halted on
        for (JobScheduler pipeline : started) {
            Throwable failure = pipeline.failure();
            if (failure != null) {
                throw StreamingException.unchecked(failure);
            }
        }
        return !started.isEmpty() && noneRuns;
    }

    private void requireSameShared(String pipelineName, StreamingConfig pipelineConfig) {
        if (pipelineConfig.parallelism() != config.parallelism()
                || !pipelineConfig.clock().equals(config.clock())
                || !pipelineConfig.observers().equals(config.observers())
                || !pipelineConfig.storage().equals(config.storage())
                || !pipelineConfig.allowedPackages().equals(config.allowedPackages())
                || !pipelineConfig.aliases().equals(config.aliases())
                || !pipelineConfig.codecs().equals(config.codecs())) {
            throw new IllegalArgumentException("Pipeline '" + pipelineName + "' cannot have a parallelism, a clock,"
                    + " observers, a storage, allowed packages, aliases or codecs of its own: pipelines share those of the"
                    + " root context");
        }
    }

    <T> List<RDD<T>> slice(Node node, Instant from, Instant to) {
        JobScheduler current = scheduler();
        return current == null ? List.of() : current.slice(node, from, to);
    }

    /** Makes sure that rows can be in files, if the level may ask for that. */
    void requireWritable(StorageLevel level) {
        try {
            shared.rows().requireWritable(level);
        } catch (IOException failure) {
            throw new StreamingException(String.valueOf(failure.getMessage()), failure);
        }
    }

    Codec<Object> codec() {
        return shared.codec();
    }

    StreamGraph.Builder graph() {
        return graph;
    }

    private synchronized @Nullable JobScheduler scheduler() {
        return scheduler;
    }
}
