package io.dstream.kafka;

import io.dstream.kafka.Cluster.Bounds;
import io.dstream.kafka.Cluster.Topic;
import io.dstream.time.StreamClock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which records are in the next batch: finds topics and partitions, where each begins, how much of it there is, and
 * what was lost. Nothing has changed when a method throws.
 *
 * <p>Used by the ticker thread alone, after it was made.
 */
final class OffsetPlanner {

    private static final Logger log = LoggerFactory.getLogger(OffsetPlanner.class);

    /**
     * Where partitions begin changes when brokers clear up, which is seldom, and where they end does not matter to a batch that takes
     * less; the fetcher notices what is gone meanwhile.
     */
    private static final Duration BOUNDS_KNOWN = Duration.ofSeconds(1);

    private static final Duration REMEMBER = Duration.ofHours(1); // a topic that is gone
    private static final String BY_DURATION = "by_duration:";

    private final StreamStatus status;
    private final Subscription subscription;
    private final Map<TopicPartition, Long> startingOffsets;
    private final Optional<String> group;
    private final String reset;
    private final KafkaSettings settings;
    private final StreamClock clock;
    private final Cluster cluster;
    private final StoredOffsets stored;

    // Mutable state
    private Positions positions;
    private Positions kept; // as they are known from the batch log
    private Map<String, Topic> topics = Map.of(); // as they were found last
    private Instant nextDiscovery = Instant.MIN;
    private Map<TopicPartition, Bounds> lastBounds = Map.of();
    private Instant lastBoundsUntil = Instant.MIN; // when they count as forgotten
    private final Map<String, Instant> goneSince = new HashMap<>();
    private final Set<String> awaited = new HashSet<>(); // topics that are asked for by name
    private final Set<TopicPartition> begun = new HashSet<>(); // what was saved of them is used up
    private final Map<TopicPartition, String> reasons = new HashMap<>(); // of beginnings since the last plan

    /**
     * @param stored how far others may have come
     * @param positions how far an earlier run has come
     */
    OffsetPlanner(
            StreamStatus status,
            ConsumerStrategy<?, ?> strategy,
            KafkaClients<?, ?> clients,
            KafkaSettings settings,
            StreamClock clock,
            Cluster cluster,
            StoredOffsets stored,
            Positions positions) {
        this.status = status;
        this.subscription = strategy.subscription();
        this.startingOffsets = strategy.startingOffsets();
        this.group = clients.group();
        this.reset = clients.offsetReset();
        this.settings = settings;
        this.clock = clock;
        this.cluster = cluster;
        this.stored = stored;
        this.positions = positions;
        this.kept = positions;
        begun.addAll(positions.next().keySet());
    }

    /**
     * What a batch has.
     *
     * @param ranges of all partitions that there are, in order
     * @param lag what is behind them
     * @param changes what is to be kept of it
     * @param missing topics that are asked for by name and that there are not
     * @param gone topics that were read and are not there
     * @param madeAgain topics that were deleted and made again since the batch before
     * @param reasons why partitions begin where they do that do not go on where they were
     */
    record Plan(
            List<OffsetRange> ranges,
            Map<TopicPartition, Long> lag,
            Map<String, String> changes,
            SortedSet<String> missing,
            Set<String> gone,
            Set<String> madeAgain,
            Map<TopicPartition, String> reasons) {}

    /**
     * Finds out where the stream begins, so that what comes from now on is in it.
     *
     * @return topics that were made again since the run before
     */
    Set<String> begin() throws InterruptedException {
        Draft draft = draft(lags -> false);
        accept(draft);
        return draft.madeAgain;
    }

    /**
     * The next batch.
     *
     * @param rates how much each partition gives
     * @param rate records per second of all partitions; 0 if that is not limited
     * @param keepsUp whether the batch before was read, so that its topics were there
     */
    Plan next(PartitionRates rates, long rate, boolean keepsUp) throws InterruptedException {
        Draft draft = draft(lags -> keepsUp && rates.areReached(lags, rate));
        Map<TopicPartition, Long> shares = rates.shares(draft.lags(), rate);
        List<OffsetRange> ranges = new ArrayList<>();
        draft.bounds
                .keySet()
                .forEach(partition -> ranges.add(draft.take(partition, PartitionRates.of(partition, shares))));
        Map<String, String> changes = kept.changesTo(draft.positions(), ranges);
        accept(draft);
        kept = positions;
        Map<TopicPartition, String> why = Map.copyOf(reasons);
        reasons.clear();
        return new Plan(
                ranges, draft.lags(), changes, draft.missing(), Set.copyOf(goneSince.keySet()), draft.madeAgain, why);
    }

    /**
     * @param isEnough whether a batch takes no more than lags that were known
     */
    private Draft draft(Predicate<Map<TopicPartition, Long>> isEnough) throws InterruptedException {
        boolean due = !clock.now().isBefore(nextDiscovery);
        boolean looksAgain = due || !clock.now().isBefore(lastBoundsUntil);
        Draft draft = new Draft(due ? discover() : topics, looksAgain ? Map.of() : lastBounds);
        draft.findTopicsMadeAgain();
        draft.findBounds(isEnough);
        if (!due && draft.isSuspicious()) {
            nextDiscovery = Instant.MIN;
            return draft(isEnough);
        }
        draft.beginNewPartitions();
        draft.requireNothingLost();
        return draft;
    }

    private void accept(Draft draft) {
        if (topics != draft.found) {
            noteGone(draft);
            noteMissing(draft);
            topics = draft.found;
            nextDiscovery = clock.now().plus(settings.discoveryInterval());
        }
        if (draft.known.isEmpty()) {
            lastBoundsUntil = clock.now().plus(BOUNDS_KNOWN);
        }
        lastBounds = Map.copyOf(draft.bounds);
        status.lost(draft.lost);
        draft.losses.forEach(loss -> log.warn("Input {} goes on without lost records: {}", status.name(), loss));
        positions = draft.positions();
        reasons.putAll(draft.reasons);
        begun.addAll(draft.next.keySet());
        begun.retainAll(stored.open().keySet());
    }

    private Map<String, Topic> discover() throws InterruptedException {
        if (subscription instanceof Subscription.Topics named) {
            return cluster.describe(named.names());
        }
        if (subscription instanceof Subscription.Matching matching) {
            return cluster.describe(cluster.topics(matching.pattern()));
        }
        return cluster.describe(((Subscription.Partitions) subscription).topics());
    }

    private void noteGone(Draft draft) {
        draft.next.keySet().stream()
                .map(TopicPartition::topic)
                .filter(topic -> !draft.found.containsKey(topic))
                .filter(topic -> goneSince.putIfAbsent(topic, clock.now()) == null)
                .forEach(topic -> log.warn("Input {} goes on without topic '{}', which is gone", status.name(), topic));
        goneSince.keySet().removeAll(draft.found.keySet());
        goneSince.keySet().retainAll(draft.ids.keySet());
    }

    /** Tells once of each topic that was not there at any time. */
    private void noteMissing(Draft draft) {
        draft.missing().stream()
                .filter(topic -> !goneSince.containsKey(topic))
                .filter(awaited::add)
                .forEach(topic -> log.warn(
                        "Input {} waits for topic '{}', which is not there: make it, or correct its name",
                        status.name(),
                        topic));
        awaited.removeAll(draft.found.keySet());
    }

    /** A batch that is being decided on. */
    private final class Draft {

        private final Map<String, Topic> found;
        private final Map<TopicPartition, Bounds> known;
        private final SortedMap<TopicPartition, Long> next = new TreeMap<>(positions.next());
        private final Map<String, Uuid> ids = new HashMap<>(positions.topics());
        private final SortedMap<TopicPartition, Bounds> bounds = new TreeMap<>(Subscription.ORDER);
        private final Set<String> madeAgain = new HashSet<>();
        private final Map<TopicPartition, String> reasons = new HashMap<>();
        private final List<String> losses = new ArrayList<>();
        private long lost;

        /**
         * @param known what partitions had a moment ago
         */
        Draft(Map<String, Topic> found, Map<TopicPartition, Bounds> known) {
            this.found = found;
            this.known = known;
            goneSince.forEach((topic, since) -> {
                if (since.plus(REMEMBER).isBefore(clock.now()) && !found.containsKey(topic)) {
                    next.keySet().removeIf(partition -> partition.topic().equals(topic));
                    ids.remove(topic);
                }
            });
        }

        void findTopicsMadeAgain() {
            found.forEach((name, topic) -> {
                Uuid known = ids.put(name, topic.id());
                if (known != null && !known.equals(topic.id())) {
                    madeAgain.add(name);
                    next.keySet().removeIf(partition -> partition.topic().equals(name));
                }
            });
        }

        void findBounds(Predicate<Map<TopicPartition, Long>> isEnough) throws InterruptedException {
            Set<TopicPartition> partitions = partitions();
            if (known.keySet().equals(partitions) && isEnough.test(lags(known))) {
                bounds.putAll(known);
            } else if (!partitions.isEmpty()) {
                bounds.putAll(cluster.bounds(partitions, known));
            }
        }

        private Set<TopicPartition> partitions() {
            Set<TopicPartition> partitions = new HashSet<>();
            found.forEach((name, topic) -> {
                for (int number = 0; number < topic.partitions(); number++) {
                    TopicPartition partition = new TopicPartition(name, number);
                    if (subscription.contains(partition)) {
                        partitions.add(partition);
                    }
                }
            });
            return partitions;
        }

        /** Whether something is not as it was when topics were looked for. */
        boolean isSuspicious() {
            return bounds.entrySet().stream().anyMatch(entry -> {
                        Long offset = next.get(entry.getKey());
                        return offset == null
                                || offset > entry.getValue().latest()
                                || offset < entry.getValue().earliest();
                    })
                    || found.keySet().stream().anyMatch(this::hasNoBounds);
        }

        private boolean hasNoBounds(String topic) {
            return bounds.keySet().stream()
                    .noneMatch(partition -> partition.topic().equals(topic));
        }

        void beginNewPartitions() throws InterruptedException {
            Set<TopicPartition> initial = new HashSet<>();
            Map<TopicPartition, Long> saved = stored.open();
            for (TopicPartition partition : bounds.keySet()) {
                if (madeAgain.contains(partition.topic())) {
                    begin(
                            partition,
                            afterLoss(partition, "topic '" + partition.topic() + "' was made again"),
                            "topic made again");
                } else if (!next.containsKey(partition)) {
                    if (saved.containsKey(partition) && !begun.contains(partition)) {
                        begin(partition, PartitionRates.of(partition, saved), "offset store");
                    } else if (hasAppeared(partition, saved)) {
                        begin(partition, there(partition).earliest(), "new");
                    } else {
                        initial.add(partition);
                    }
                }
            }
            if (!initial.isEmpty()) {
                beginInitially(initial);
            }
        }

        private void begin(TopicPartition partition, long offset, String reason) {
            next.put(partition, offset);
            reasons.put(partition, reason);
        }

        private void beginAll(Map<TopicPartition, Long> offsets, String reason) {
            offsets.forEach((partition, offset) -> begin(partition, offset, reason));
        }

        /** Whether the stream would have read it before, had it been there. */
        private boolean hasAppeared(TopicPartition partition, Map<TopicPartition, Long> saved) {
            return positions.subscribed().equals(subscription.text())
                    || positions.topics().containsKey(partition.topic())
                    || saved.keySet().stream().anyMatch(known -> known.topic().equals(partition.topic()));
        }

        private void beginInitially(Set<TopicPartition> partitions) throws InterruptedException {
            Map<TopicPartition, Long> starting = new HashMap<>(startingOffsets);
            starting.keySet().retainAll(partitions);
            beginAll(starting, "starting offset");
            Set<TopicPartition> rest = new HashSet<>(partitions);
            rest.removeAll(starting.keySet());
            if (group.isPresent() && !rest.isEmpty()) {
                Map<TopicPartition, Long> committed = cluster.committed(group.get(), rest);
                beginAll(committed, "group '" + group.get() + "'");
                rest.removeAll(committed.keySet());
            }
            if (!rest.isEmpty()) {
                beginAll(reset(rest), "auto.offset.reset=" + reset);
            }
        }

        private Map<TopicPartition, Long> reset(Set<TopicPartition> partitions) throws InterruptedException {
            if (reset.startsWith(BY_DURATION)) {
                return cluster.since(clock.now().minus(duration()), partitions);
            }
            Map<TopicPartition, Long> offsets = new HashMap<>();
            for (TopicPartition partition : partitions) {
                offsets.put(
                        partition,
                        switch (reset) {
                            case "earliest" -> there(partition).earliest();
                            case "latest" -> there(partition).latest();
                            default -> throw noBeginning(partition);
                        });
            }
            return offsets;
        }

        private Duration duration() {
            String text = reset.substring(BY_DURATION.length());
            try {
                return Duration.parse(text);
            } catch (DateTimeException failure) {
                throw new KafkaStreamException(
                        "'auto.offset.reset' has no duration: '" + reset + "'",
                        "Write it as by_duration:PT1H",
                        failure);
            }
        }

        private KafkaStreamException noBeginning(TopicPartition partition) {
            return new KafkaStreamException(
                    "It is not known where partition " + partition + " begins: there is no starting offset, group "
                            + group.map(name -> "'" + name + "' has").orElse("is not set and nobody has")
                            + " committed none, and 'auto.offset.reset' is '" + reset + "'",
                    "Set 'auto.offset.reset' to earliest or latest, or give a starting offset",
                    null);
        }

        void requireNothingLost() {
            bounds.forEach((partition, there) -> {
                long offset = PartitionRates.of(partition, next);
                if (offset < there.earliest()) {
                    long records = there.earliest() - offset;
                    long onward = afterLoss(
                            partition,
                            records + " records of " + partition + " from offset " + offset
                                    + " on are gone, the first one there is is at " + there.earliest());
                    begin(partition, onward, "others are gone");
                    lost += onward - offset;
                } else if (offset > there.latest()) {
                    long onward = afterLoss(
                            partition,
                            partition + " was to go on at offset " + offset + ", but ends at " + there.latest());
                    begin(partition, onward, "others are gone");
                }
            });
        }

        private long afterLoss(TopicPartition partition, String problem) {
            losses.add(problem);
            return switch (settings.lostOffsets()) {
                case FAIL -> throw new OffsetsLostException("Input " + status.name() + " cannot go on: " + problem);
                case EARLIEST -> there(partition).earliest();
                case LATEST -> there(partition).latest();
            };
        }

        private Bounds there(TopicPartition partition) {
            return Objects.requireNonNull(bounds.get(partition), partition::toString);
        }

        Map<TopicPartition, Long> lags() {
            return lags(bounds);
        }

        private Map<TopicPartition, Long> lags(Map<TopicPartition, Bounds> ofPartitions) {
            Map<TopicPartition, Long> lags = new TreeMap<>(Subscription.ORDER);
            ofPartitions.forEach(
                    (partition, there) -> lags.put(partition, there.latest() - PartitionRates.of(partition, next)));
            return lags;
        }

        OffsetRange take(TopicPartition partition, long records) {
            long from = PartitionRates.of(partition, next);
            next.put(partition, from + records);
            return OffsetRange.create(partition, from, from + records);
        }

        SortedSet<String> missing() {
            SortedSet<String> missing = new TreeSet<>();
            if (subscription instanceof Subscription.Topics named) {
                missing.addAll(named.names());
            } else if (subscription instanceof Subscription.Partitions some) {
                missing.addAll(some.topics());
            }
            missing.removeAll(found.keySet());
            return missing;
        }

        Positions positions() {
            return new Positions(next, ids, subscription.text());
        }
    }
}
