package io.dstream.kafka;

import io.dstream.event.InputInfo;
import io.dstream.function.MisconfigurationException;
import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.input.RateController;
import io.dstream.input.SourceUnavailableException;
import io.dstream.kafka.OffsetPlanner.Plan;
import io.dstream.output.SinkConflictException;
import io.dstream.rdd.InputPartition;
import io.dstream.storage.Progress;
import io.dstream.time.StreamThread;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of topics, or what a message handler makes of them. At a tick it is decided which offsets a batch has, and they are kept
 * with the batch; they are fetched once, while the batch before runs or when they are first read, and are in memory until the batch is
 * released.
 */
final class DirectStreamSource<K, V, R> implements InputSource<R> {

    private static final Logger log = LoggerFactory.getLogger(DirectStreamSource.class);
    private static final int FETCHED = 2; // batches at once: the one that runs and the next one
    private static final long END_MILLIS = 5_000;

    private final ConsumerStrategy<K, V> strategy;
    private final KafkaSettings settings;
    private final PerPartitionConfig perPartition;
    private final Predicate<Throwable> isAway;
    private final RowMaker<K, V, R> rowMaker;

    // Mutable state
    private volatile OnError onError = OnError.fail();
    private volatile @Nullable Run<R> run; // from one start of the pipeline to its end

    /**
     * @param isAway tells failures of systems that are away, which no record is to blame for
     */
    DirectStreamSource(
            ConsumerStrategy<K, V> strategy,
            KafkaSettings settings,
            PerPartitionConfig perPartition,
            Predicate<Throwable> isAway,
            RowMaker<K, V, R> rowMaker) {
        this.strategy = strategy;
        this.settings = settings;
        this.perPartition = perPartition;
        this.isAway = isAway;
        this.rowMaker = rowMaker;
    }

    /**
     * Decides what becomes of records that fail; only for a stream whose rows are the records.
     *
     * @throws IllegalStateException if the stream runs
     */
    void onError(OnError policy) {
        if (run != null) {
            throw new IllegalStateException("'onError' must be called before the stream is started");
        }
        onError = policy;
    }

    @Override
    public String kind() {
        return "kafka";
    }

    /**
     * Finds out where the stream begins, or, if the brokers or the offset store are away, leaves that to the first batch.
     *
     * @throws KafkaStreamException if the configuration of the consumers is refused, or access by the brokers, or what is needed for the
     *     offset store or dead letters
     * @throws SinkConflictException if the offset store says other offsets than the checkpoint directory
     */
    @Override
    public void start(InputContext context) throws InterruptedException {
        KafkaClients<K, V> clients =
                new KafkaClients<>(strategy.consumers(), context.pipeline() + "-" + context.input());
        clients.warnOfOverrides("after the batch");
        StreamStatus status = new StreamStatus(context.pipeline(), context.input(), clients.bootstrapServers());
        tellOfNoGroup(clients, status);
        Cluster cluster = new Cluster(clients::admin, clients.bootstrapServers(), clients.isolation());
        RecordFailures failures = null;
        try {
            cluster.prepare();
            failures = failures(context, clients, status);
            start(context, clients, status, cluster, failures);
        } catch (RuntimeException | InterruptedException failure) {
            if (run == null) {
                cluster.close();
                close(failures);
            }
            throw failure;
        }
    }

    /** What becomes of records that fail; null if they fail their batch. */
    private @Nullable RecordFailures failures(InputContext context, KafkaClients<K, V> clients, StreamStatus status)
            throws InterruptedException {
        OnError policy = onError;
        if (!policy.isolates()) {
            return null;
        }
        DeadLetters deadLetters = policy.deadLetters() == null
                ? null
                : new DeadLetters(
                        policy.deadLetters(),
                        status.name(),
                        clients.group(),
                        context.pipeline() + "-" + context.input());
        RecordFailures failures = new RecordFailures(status, context.clock(), isAway, deadLetters);
        try {
            if (deadLetters != null) {
                deadLetters.requireOtherTopic(clients.config(), strategy.subscription());
                deadLetters.requireTopic();
            }
            return failures;
        } catch (RuntimeException | InterruptedException failure) {
            failures.close();
            throw failure;
        }
    }

    private static void close(@Nullable RecordFailures failures) {
        if (failures != null) {
            failures.close();
        }
    }

    private void start(
            InputContext context,
            KafkaClients<K, V> clients,
            StreamStatus status,
            Cluster cluster,
            @Nullable RecordFailures failures)
            throws InterruptedException {
        Past past = Past.of(context.progress());
        warnOfTopicsLeft(status, past.last());
        StoredOffsets stored = storedOffsets(context, clients, past.logged());
        Fetcher<K, V, R> fetcher =
                new Fetcher<>( // behind all that may refuse the start: nobody else closes its consumer
                        status,
                        firstConsumer(clients),
                        () -> clients.consumer("fetcher"),
                        cluster,
                        new Losses(status, settings.lostOffsets()),
                        rowMaker,
                        failures != null,
                        clients.timeoutMillis());
        ConcurrentSkipListMap<Instant, BatchRanges<R>> batches = new ConcurrentSkipListMap<>();
        past.batches()
                .forEach((time, ranges) -> batches.put(time, BatchRanges.of(ofInterest(ranges), Set.of(), fetcher)));
        Run<R> started = new Run<>(
                status,
                cluster,
                stored,
                new OffsetPlanner(
                        status,
                        strategy,
                        clients,
                        settings,
                        context.clock(),
                        cluster,
                        stored,
                        past.last().of(strategy.subscription())),
                new PartitionRates(perPartition, context.batchInterval(), context.maxRecordsPerBatch()),
                context.rate(),
                fetcher,
                StreamThread.daemon(context.pipeline() + "-" + context.input() + "-fetcher", fetcher),
                new GroupOffsets(status, clients.group(), cluster, clients.timeoutMillis()),
                past.committed().of(strategy.subscription()).next(),
                new Beginning(status.name()),
                new AtomicReference<>(Instant.MIN),
                batches,
                failures);
        context.rate().follow(RateController.UNLIMITED);
        run = started;
        started.thread().start();
        settings.monitor().add(status);
        begin(started);
    }

    /** Without partitions of which nothing is read any more: their offsets in the group may be somebody else's by now. */
    private List<OffsetRange> ofInterest(List<OffsetRange> ranges) {
        return ranges.stream()
                .filter(range -> range.count() > 0 || strategy.subscription().contains(range.topicPartition()))
                .toList();
    }

    /** A topic that is read no more may be one that was misspelt, or the directory that of another stream. */
    private void warnOfTopicsLeft(StreamStatus status, Positions last) {
        Set<String> left = new TreeSet<>(last.topics().keySet());
        left.removeIf(strategy.subscription()::reads);
        if (!left.isEmpty() && !last.subscribed().equals(strategy.subscription().text())) {
            log.warn(
                    "Input {} has read {} according to its checkpoint directory, and is to read {} now: it goes on without {}."
                            + " If that is not meant, correct the topics, or give the pipeline the directory that belongs to them",
                    status.name(),
                    last.subscribed(),
                    strategy.subscription().text(),
                    left);
        }
    }

    private void tellOfNoGroup(KafkaClients<K, V> clients, StreamStatus status) {
        if (clients.group().isEmpty() && settings.commitsOffsets()) {
            log.info(
                    "Input {} commits no offsets, and tools see no lag, because its consumers have no group.id"
                            + " (spring.kafka.consumer.group-id)",
                    status.name());
        }
    }

    /** Null if no name of the brokers is known: then it is made when there is something to fetch. */
    private static <K, V> @Nullable Consumer<K, V> firstConsumer(KafkaClients<K, V> clients) {
        try {
            return clients.consumer("fetcher");
        } catch (SourceUnavailableException later) {
            return null;
        }
    }

    private StoredOffsets storedOffsets(InputContext context, KafkaClients<K, V> clients, List<OffsetRange> logged) {
        OffsetStore store = strategy.offsetStore();
        if (store != null && clients.group().isEmpty()) {
            throw new KafkaStreamException(
                    "The stream keeps its offsets in " + store.description() + ", but its consumers have no group.id",
                    "Give them one, of the stream alone: spring.kafka.consumer.group-id or the parameters given to it",
                    null);
        }
        OffsetStoreContext opened = new OffsetStoreContext(
                context.pipeline(),
                context.input(),
                clients.group().orElse(""),
                clients.config().values(),
                Duration.ofMillis(clients.timeoutMillis()));
        return new StoredOffsets(store, opened, strategy.subscription(), logged);
    }

    private static void begin(Run<?> started) throws InterruptedException {
        try {
            started.stored().open();
            started.lose(started.planner().begin());
        } catch (SourceUnavailableException away) {
            started.status().away(away);
            log.warn(
                    "Input {} starts without what it needs, and finds out at its first batch where it begins: {}",
                    started.status().name(),
                    away.getMessage());
        }
        started.prefetch();
    }

    @Override
    public boolean keepsProgress() {
        return strategy.offsetStore() != null;
    }

    @Override
    public Allocation allocate(Instant batchTime) throws InterruptedException {
        Run<R> current = requireRun();
        try {
            current.stored().open();
            long limit = current.rate().limit();
            Plan plan = current.planner()
                    .next(current.rates(), limit == RateController.UNLIMITED ? 0 : limit, current.keepsUp());
            current.status().reached(plan.lag());
            current.beginning().tell(plan);
            current.lose(plan.madeAgain());
            current.fetcher().forget(plan.gone());
            BatchRanges<R> ranges = BatchRanges.of(plan.ranges(), plan.missing(), current.fetcher());
            current.batches().put(batchTime, ranges);
            current.prefetch();
            return new Allocation(ranges.size(), ranges.describe(), plan.changes());
        } catch (SourceUnavailableException | MisconfigurationException away) {
            current.status().away(away);
            throw away;
        }
    }

    @Override
    public List<InputPartition<R>> read(Instant batchTime) {
        Run<R> current = requireRun();
        current.stored().open(); // a batch that is repeated may be somebody else's by now
        BatchRanges<R> ranges = current.batches().get(batchTime);
        if (ranges == null) {
            return List.of();
        }
        ranges.prefetch();
        return ranges.partitions(current.failures());
    }

    @Override
    public InputInfo infoWhenRead(Instant batchTime, InputInfo allocated) {
        BatchRanges<R> ranges = requireRun().batches().get(batchTime);
        return ranges == null ? allocated : new InputInfo(allocated.input(), ranges.size(), ranges.describe());
    }

    @Override
    public void commit(Instant batchTime) {
        Run<R> current = requireRun();
        current.lastCommit().set(batchTime);
        BatchRanges<R> ranges = current.batches().get(batchTime);
        if (ranges == null) {
            current.stored().saveAgain(current.committed());
        } else {
            current.stored().save(ranges.ends());
        }
        if (settings.commitsOffsets() && !current.stored().areThoseOfTheGroup()) {
            current.group().put(ranges == null ? current.committed() : ranges.ends());
        }
        current.group().flush(batchTime);
    }

    @Override
    public void release(Instant upTo) {
        Run<R> current = requireRun();
        current.batches().headMap(upTo, true).clear();
        current.prefetch();
    }

    @Override
    public void close() {
        Run<R> current = run;
        run = null;
        if (current != null) {
            settings.monitor().remove(current.status());
            current.close();
        }
    }

    /** As {@link KafkaDStream#saveOffsets}. */
    void saveOffsets(Connection connection, Instant batchTime) throws SQLException {
        Run<R> current = requireRun();
        BatchRanges<R> ranges = current.batches().get(batchTime);
        if (ranges == null) {
            throw new IllegalStateException(
                    "Input " + current.status().name() + " has no batch of " + batchTime + " that runs");
        }
        current.stored().saveIn(connection, ranges.ends());
    }

    /**
     * As {@link CanCommitOffsets}.
     *
     * @throws IllegalStateException if the stream does not run, or its store commits to the group
     */
    void commitAsync(OffsetRange[] ranges, OffsetCommitCallback callback) {
        Run<R> current = requireRun();
        if (current.stored().areThoseOfTheGroup()) {
            throw new IllegalStateException("Input " + current.status().name() + " keeps its offsets in its group by a"
                    + " KafkaGroupOffsetStore, so nothing else may be committed there");
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (OffsetRange range : ranges) {
            offsets.merge(range.topicPartition(), range.untilOffset(), Math::max);
        }
        current.group().put(offsets, callback);
    }

    private Run<R> requireRun() {
        Run<R> current = run;
        if (current == null) {
            throw new IllegalStateException("The Kafka input is not started");
        }
        return current;
    }

    /**
     * What the batch log knows of the runs before.
     *
     * @param committed how far they have come
     * @param last how far they have come with the batches that are to be repeated
     * @param batches the ranges of these
     * @param logged their ranges, and those of the last batch that was committed
     */
    private record Past(
            Positions committed, Positions last, Map<Instant, List<OffsetRange>> batches, List<OffsetRange> logged) {

        static Past of(Progress progress) {
            Positions committed = Positions.NONE.after(progress.positions());
            Positions last = committed;
            Map<Instant, List<OffsetRange>> batches = new TreeMap<>();
            List<OffsetRange> logged = new ArrayList<>(Positions.NONE.rangesOf(progress.positions()));
            for (Map.Entry<Instant, Map<String, String>> batch :
                    progress.batches().entrySet()) {
                List<OffsetRange> ranges = last.rangesOf(batch.getValue());
                batches.put(batch.getKey(), ranges);
                logged.addAll(ranges);
                last = last.after(batch.getValue());
            }
            return new Past(committed, last, batches, logged);
        }
    }

    /**
     * What one start of the pipeline uses.
     *
     * @param stored the offsets in the offset store
     * @param committed by partition, the offset behind the last batch that was committed before
     * @param beginning tells where it begins
     * @param lastCommit the time of the last batch that was committed in this run
     * @param batches of this run and the one before, that are not released
     * @param failures what becomes of records that fail; null if they fail their batch
     */
    private record Run<R>(
            StreamStatus status,
            Cluster cluster,
            StoredOffsets stored,
            OffsetPlanner planner,
            PartitionRates rates,
            RateController rate,
            Fetcher<?, ?, R> fetcher,
            StreamThread thread,
            GroupOffsets group,
            Map<TopicPartition, Long> committed,
            Beginning beginning,
            AtomicReference<Instant> lastCommit,
            ConcurrentSkipListMap<Instant, BatchRanges<R>> batches,
            @Nullable RecordFailures failures) {

        /** Whether the batch before was read. */
        boolean keepsUp() {
            Map.Entry<Instant, BatchRanges<R>> last = batches.lastEntry();
            return last == null || last.getValue().isFetched();
        }

        void prefetch() {
            batches.tailMap(lastCommit.get(), false).values().stream()
                    .limit(FETCHED)
                    .forEach(BatchRanges::prefetch);
        }

        void lose(Set<String> madeAgain) {
            if (!madeAgain.isEmpty()) {
                batches.values().forEach(batch -> batch.lose(madeAgain));
                fetcher.forget(madeAgain);
            }
        }

        void close() {
            fetcher.stop();
            try {
                group.close();
                thread.interrupt();
                thread.join(END_MILLIS);
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            } finally {
                thread.interrupt();
                stored.close();
                cluster.close();
                DirectStreamSource.close(failures);
            }
        }
    }
}
