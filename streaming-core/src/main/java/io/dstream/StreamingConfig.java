package io.dstream;

import io.dstream.event.StreamingListener;
import io.dstream.input.BackpressureSettings;
import io.dstream.receiver.ReceiverSettings;
import io.dstream.scheduler.FailureSettings;
import io.dstream.storage.Codec;
import io.dstream.storage.StorageSettings;
import io.dstream.time.StreamClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a context: begin with {@link #defaults()} and change what differs.
 *
 * <p>Immutable.
 *
 * @param batchInterval the time between batches: whole milliseconds, at least 1
 * @param parallelism how many tasks run at once, and into how many partitions a shuffle goes, at least 1; the same in all
 *     pipelines of a context
 * @param maxRecordsPerBatch how many records an input may give to one batch, at least 1; the rest waits, in order
 * @param failure what happens when a batch fails
 * @param receiver how receivers behave; their blocks are never longer than the batch interval
 * @param backpressure whether and how the rate of inputs follows the rate at which batches are processed
 * @param checkpointDirectory where each pipeline has a directory of its name, from which it goes on after a restart; null if
 *     nothing is kept
 * @param checkpointRetain for how many batches something is kept in it that the definition does not have any more, at least 0
 * @param writeAheadLog whether records of receivers and queues are written to the checkpoint directory before they count as
 *     stored, so that they survive a crash
 * @param storage where rows are kept that do not stay in memory; the same in all pipelines of a context
 * @param shutdown how {@link StreamingContext#stop()} stops
 * @param clock the only source of time; the same in all pipelines of a context
 * @param observers are told of everything by the engine's own threads, so they must return at once; the same in all
 *     pipelines of a context. For any other listener there is {@link StreamingContext#addStreamingListener}
 * @param allowedPackages packages whose classes may be in files, with those below them; values and collections of the JDK may
 *     without ({@link Codec#allowing}); the same in all pipelines of a context
 * @param aliases the classes that had other names when they were written into files, by these; likewise
 * @param codecs what makes the bytes of objects of these classes in files; likewise
 * @param connectorSettings settings of connectors, one object of each class, which mean something to the connector alone
 */
public record StreamingConfig(
        Duration batchInterval,
        int parallelism,
        int maxRecordsPerBatch,
        FailureSettings failure,
        ReceiverSettings receiver,
        BackpressureSettings backpressure,
        @Nullable Path checkpointDirectory,
        int checkpointRetain,
        boolean writeAheadLog,
        StorageSettings storage,
        Shutdown shutdown,
        StreamClock clock,
        List<StreamingListener> observers,
        List<String> allowedPackages,
        Map<String, Class<?>> aliases,
        Map<Class<?>, Codec<?>> codecs,
        List<Object> connectorSettings) {

    /**
     * How a context stops.
     *
     * @param graceful whether everything accepted is run before
     * @param timeout how long that may take; what is not over then is cut off, uncommitted
     */
    public record Shutdown(boolean graceful, Duration timeout) {

        public Shutdown {
            if (timeout.isNegative()) {
                throw new IllegalArgumentException("'timeout' must not be negative, but was " + timeout);
            }
        }
    }

    public StreamingConfig {
        requireWholeMillis(batchInterval);
        requireAtLeastOne("parallelism", parallelism);
        requireAtLeastOne("maxRecordsPerBatch", maxRecordsPerBatch);
        if (checkpointRetain < 0) {
            throw new IllegalArgumentException("'checkpointRetain' must not be negative, but was " + checkpointRetain);
        }
        observers = List.copyOf(observers);
        allowedPackages = List.copyOf(allowedPackages);
        aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
        codecs = Collections.unmodifiableMap(new LinkedHashMap<>(codecs));
        connectorSettings = List.copyOf(connectorSettings);
        Codec.allowing(allowedPackages); // refuses what is no package's name
    }

    /**
     * A batch every second, as many threads as processors, a million records per input and batch, stop after three failed
     * attempts, no backpressure, no checkpoint directory, no write-ahead log, graceful stop within 20 seconds,
     * the machine's clock, no allowed packages, aliases or codecs.
     */
    public static StreamingConfig defaults() {
        return new StreamingConfig(
                Duration.ofSeconds(1),
                Runtime.getRuntime().availableProcessors(),
                1_000_000,
                FailureSettings.defaults(),
                ReceiverSettings.defaults(),
                BackpressureSettings.defaults(),
                null,
                100,
                false,
                StorageSettings.defaults(),
                new Shutdown(true, Duration.ofSeconds(20)),
                StreamClock.system(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of());
    }

    public StreamingConfig withBatchInterval(Duration newBatchInterval) {
        return changed(draft -> draft.batchInterval = newBatchInterval);
    }

    public StreamingConfig withParallelism(int newParallelism) {
        return changed(draft -> draft.parallelism = newParallelism);
    }

    public StreamingConfig withMaxRecordsPerBatch(int newMaxRecordsPerBatch) {
        return changed(draft -> draft.maxRecordsPerBatch = newMaxRecordsPerBatch);
    }

    public StreamingConfig withFailure(FailureSettings newFailure) {
        return changed(draft -> draft.failure = newFailure);
    }

    public StreamingConfig withReceiver(ReceiverSettings newReceiver) {
        return changed(draft -> draft.receiver = newReceiver);
    }

    public StreamingConfig withBackpressure(BackpressureSettings newBackpressure) {
        return changed(draft -> draft.backpressure = newBackpressure);
    }

    /** The same with a directory for checkpoints, which is made when it is missing; null to keep nothing. */
    public StreamingConfig withCheckpointDirectory(@Nullable Path newCheckpointDirectory) {
        return changed(draft -> draft.checkpointDirectory = newCheckpointDirectory);
    }

    public StreamingConfig withCheckpointRetain(int newCheckpointRetain) {
        return changed(draft -> draft.checkpointRetain = newCheckpointRetain);
    }

    /** The same with or without a write-ahead log, which needs a checkpoint directory. */
    public StreamingConfig withWriteAheadLog(boolean newWriteAheadLog) {
        return changed(draft -> draft.writeAheadLog = newWriteAheadLog);
    }

    public StreamingConfig withStorage(StorageSettings newStorage) {
        return changed(draft -> draft.storage = newStorage);
    }

    public StreamingConfig withShutdown(Shutdown newShutdown) {
        return changed(draft -> draft.shutdown = newShutdown);
    }

    public StreamingConfig withClock(StreamClock newClock) {
        return changed(draft -> draft.clock = newClock);
    }

    /** The same with one more observer. */
    public StreamingConfig withObserver(StreamingListener observer) {
        return changed(draft -> draft.observers.add(observer));
    }

    /**
     * The same with more packages whose classes may be in files.
     *
     * @throws IllegalArgumentException if one is not the name of a package
     */
    public StreamingConfig withAllowedPackages(String... packages) {
        return changed(draft -> draft.allowedPackages.addAll(List.of(packages)));
    }

    /**
     * The same, so that objects in files are found whose class was renamed or moved.
     *
     * <p>The context is refused if the class is not in an allowed package, or there is still a class of the former name.
     *
     * @param formerName the name it had: the binary one, such as {@code com.example.Order$Item}. A class may have had several. A
     *     class that others extend needs an alias, too: its fields count as removed otherwise
     * @param type the class as it is now, with those nested in it
     */
    public StreamingConfig withAlias(String formerName, Class<?> type) {
        return changed(draft -> draft.aliases.put(formerName, type));
    }

    /** As {@link #withAlias}, for several classes, by the names that they had. */
    public StreamingConfig withAliases(Map<String, Class<?>> formerNames) {
        return changed(draft -> draft.aliases.putAll(formerNames));
    }

    /**
     * The same with a codec for the objects of a class in files: as keys, states or rows, and in collections, records and classes.
     *
     * <p>What was written with a codec is refused without it, and the other way round. Arrays of the class cannot be in files. The
     * context is refused if objects are never of exactly this class, because it is abstract, an interface or an enum, or if it is
     * one of the JDK.
     *
     * @param type need be in no allowed package
     * @param codec thread-safe; what it throws fails the batch or the start
     */
    public <T> StreamingConfig withCodec(Class<T> type, Codec<T> codec) {
        return changed(draft -> draft.codecs.put(type, codec));
    }

    /** The same with settings of a connector, in place of others of their class. */
    public StreamingConfig withConnectorSettings(Object settings) {
        return changed(draft -> {
            draft.connectorSettings.removeIf(other -> other.getClass() == settings.getClass());
            draft.connectorSettings.add(settings);
        });
    }

    /** The settings of this class; empty if there are none. */
    public <S> Optional<S> connectorSettings(Class<S> type) {
        return connectorSettings.stream()
                .filter(settings -> settings.getClass() == type)
                .map(type::cast)
                .findFirst();
    }

    private StreamingConfig changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finished();
    }

    /** How receivers behave in batches of this length: a block is never longer than a batch. */
    ReceiverSettings effectiveReceiver() {
        return receiver.blockInterval().compareTo(batchInterval) <= 0
                ? receiver
                : receiver.withBlockInterval(batchInterval);
    }

    private static void requireWholeMillis(Duration batchInterval) {
        if (batchInterval.compareTo(Duration.ofMillis(1)) < 0
                || !batchInterval.equals(Duration.ofMillis(batchInterval.toMillis()))) {
            throw new IllegalArgumentException(
                    "'batchInterval' must be a whole number of milliseconds and at least 1 ms," + " but was "
                            + batchInterval);
        }
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("'" + name + "' must be at least 1, but was " + value);
        }
    }

    /** A configuration while it is changed. */
    private static final class Draft {

        // Mutable state
        private Duration batchInterval;
        private int parallelism;
        private int maxRecordsPerBatch;
        private FailureSettings failure;
        private ReceiverSettings receiver;
        private BackpressureSettings backpressure;
        private @Nullable Path checkpointDirectory;
        private int checkpointRetain;
        private boolean writeAheadLog;
        private StorageSettings storage;
        private Shutdown shutdown;
        private StreamClock clock;
        private final List<StreamingListener> observers;
        private final List<String> allowedPackages;
        private final Map<String, Class<?>> aliases;
        private final Map<Class<?>, Codec<?>> codecs;
        private final List<Object> connectorSettings;

        Draft(StreamingConfig from) {
            batchInterval = from.batchInterval;
            parallelism = from.parallelism;
            maxRecordsPerBatch = from.maxRecordsPerBatch;
            failure = from.failure;
            receiver = from.receiver;
            backpressure = from.backpressure;
            checkpointDirectory = from.checkpointDirectory;
            checkpointRetain = from.checkpointRetain;
            writeAheadLog = from.writeAheadLog;
            storage = from.storage;
            shutdown = from.shutdown;
            clock = from.clock;
            observers = new ArrayList<>(from.observers);
            allowedPackages = new ArrayList<>(from.allowedPackages);
            aliases = new LinkedHashMap<>(from.aliases);
            codecs = new LinkedHashMap<>(from.codecs);
            connectorSettings = new ArrayList<>(from.connectorSettings);
        }

        StreamingConfig finished() {
            return new StreamingConfig(
                    batchInterval,
                    parallelism,
                    maxRecordsPerBatch,
                    failure,
                    receiver,
                    backpressure,
                    checkpointDirectory,
                    checkpointRetain,
                    writeAheadLog,
                    storage,
                    shutdown,
                    clock,
                    observers,
                    allowedPackages,
                    aliases,
                    codecs,
                    connectorSettings);
        }
    }
}
