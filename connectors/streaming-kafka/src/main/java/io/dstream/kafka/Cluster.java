package io.dstream.kafka;

import io.dstream.function.StreamingException;
import io.dstream.input.SourceUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * What a stream asks the brokers for beside records. Each method waits for the answer, throws {@link SourceUnavailableException} if
 * none comes in time, and {@link KafkaStreamException} if the brokers refuse to give one.
 *
 * <p>Thread-safe.
 */
final class Cluster implements AutoCloseable {

    private static final long MOMENT_MILLIS = 500; // what a request takes at most as a rule

    private static final Topic NONE = new Topic(Uuid.ZERO_UUID, 0);

    private final Supplier<Admin> admins;
    private final String bootstrapServers;
    private final IsolationLevel isolation;

    // Mutable state, guarded by this
    private @Nullable Admin made;
    private boolean closed;

    /**
     * @param admins makes the client; throws {@link SourceUnavailableException} as long as no name of the brokers is known, and is asked
     *     again then
     */
    Cluster(Supplier<Admin> admins, String bootstrapServers, IsolationLevel isolation) {
        this.admins = admins;
        this.bootstrapServers = bootstrapServers;
        this.isolation = isolation;
    }

    private synchronized Admin admin() {
        if (closed) {
            throw new IllegalStateException("The stream has ended");
        }
        Admin admin = made;
        if (admin == null) {
            admin = admins.get();
            made = admin;
        }
        return admin;
    }

    /**
     * Makes the client, unless no name of the brokers is known: then it is made when it is needed.
     *
     * @throws KafkaStreamException if its configuration is refused
     */
    void prepare() {
        try {
            Admin unused = admin();
        } catch (SourceUnavailableException later) {
            // whoever needs it tells
        }
    }

    /**
     * A topic as it is.
     *
     * @param id another one each time that it is made
     * @param partitions how many it has
     */
    record Topic(Uuid id, int partitions) {}

    /**
     * What a partition has.
     *
     * @param earliest offset of its first record
     * @param latest offset behind its last record that may be read
     */
    record Bounds(long earliest, long latest) {}

    /** Those of the topics that there are. */
    Map<String, Topic> describe(Collection<String> topics) throws InterruptedException {
        Map<String, Topic> known = new HashMap<>();
        for (var topic : admin().describeTopics(topics).topicNameValues().entrySet()) {
            try {
                TopicDescription description = topic.getValue().get();
                known.put(
                        topic.getKey(),
                        new Topic(
                                description.topicId(), description.partitions().size()));
            } catch (ExecutionException failure) {
                if (!(failure.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw translated(failure, "asked for topic '" + topic.getKey() + "'");
                }
            }
        }
        return known;
    }

    /**
     * Whether a topic is there.
     *
     * @throws ExecutionException if that is not known
     */
    static boolean hasTopic(Admin admin, String topic) throws ExecutionException, InterruptedException {
        try {
            var unused = admin.describeTopics(Set.of(topic)).allTopicNames().get();
            return true;
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw failure;
        }
    }

    /** The names of the topics that match, but for those of Kafka's own. */
    Set<String> topics(Pattern pattern) throws InterruptedException {
        return get(admin().listTopics().names(), "asked for the names of all topics").stream()
                .filter(name -> pattern.matcher(name).matches())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * What partitions have; without those of topics that turn out to be gone.
     *
     * @param partitions of topics that there were
     * @param known what some of them had a moment ago; they are not asked where they begin
     */
    Map<TopicPartition, Bounds> bounds(Collection<TopicPartition> partitions, Map<TopicPartition, Bounds> known)
            throws InterruptedException {
        List<TopicPartition> unknown = partitions.stream()
                .filter(partition -> !known.containsKey(partition))
                .toList();
        ListOffsetsResult latest = offsets(partitions, OffsetSpec.latest());
        ListOffsetsResult earliest = offsets(unknown, OffsetSpec.earliest());
        KafkaFuture<Void> all = KafkaFuture.allOf(latest.all(), earliest.all());
        Collection<TopicPartition> existing = isSoon(all) ? partitions : existing(partitions);
        Map<TopicPartition, Bounds> bounds = new HashMap<>();
        for (TopicPartition partition : existing) {
            Bounds before = known.get(partition);
            bounds.put(
                    partition,
                    new Bounds(
                            before == null ? offset(earliest, partition) : before.earliest(),
                            offset(latest, partition)));
        }
        return bounds;
    }

    /** The offsets of the first records since a time; of partitions without one, those behind their last records. */
    Map<TopicPartition, Long> since(Instant time, Collection<TopicPartition> partitions) throws InterruptedException {
        ListOffsetsResult since = offsets(partitions, OffsetSpec.forTimestamp(Math.max(0, time.toEpochMilli())));
        ListOffsetsResult latest = offsets(partitions, OffsetSpec.latest());
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            long first = offset(since, partition);
            offsets.put(partition, first < 0 ? offset(latest, partition) : first);
        }
        return offsets;
    }

    /** What a group has committed of partitions; those of which it has nothing are missing. */
    Map<TopicPartition, Long> committed(String group, Collection<TopicPartition> partitions)
            throws InterruptedException {
        ListConsumerGroupOffsetsSpec spec = new ListConsumerGroupOffsetsSpec().topicPartitions(partitions);
        Map<TopicPartition, OffsetAndMetadata> committed = get(
                admin().listConsumerGroupOffsets(Map.of(group, spec)).partitionsToOffsetAndMetadata(group),
                "asked for the offsets of group '" + group + "'");
        Map<TopicPartition, Long> offsets = new HashMap<>();
        committed.forEach((partition, offset) -> {
            if (offset != null) { // as it is where there is none
                offsets.put(partition, offset.offset());
            }
        });
        return offsets;
    }

    /** Commits offsets to a group; does not wait for the answer. */
    KafkaFuture<Void> commit(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        return admin().alterConsumerGroupOffsets(group, offsets).all();
    }

    /** Waits for nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        if (made != null) {
            made.close(Duration.ZERO);
        }
    }

    private ListOffsetsResult offsets(Collection<TopicPartition> partitions, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> request = new LinkedHashMap<>();
        partitions.forEach(partition -> request.put(partition, spec));
        return admin().listOffsets(request, new ListOffsetsOptions(isolation));
    }

    private long offset(ListOffsetsResult result, TopicPartition partition) throws InterruptedException {
        return get(result.partitionResult(partition), "asked for the offsets of " + partition)
                .offset();
    }

    /** Of a topic that is gone the client goes on asking until time is out. */
    private static boolean isSoon(KafkaFuture<?> answer) throws InterruptedException {
        try {
            answer.get(MOMENT_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException failure) {
            return true; // it is told where the answer is used
        }
    }

    private Collection<TopicPartition> existing(Collection<TopicPartition> partitions) throws InterruptedException {
        Set<String> names = partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
        Map<String, Topic> topics = describe(names);
        return partitions.stream()
                .filter(partition ->
                        topics.getOrDefault(partition.topic(), NONE).partitions() > partition.partition())
                .toList();
    }

    private <T> T get(KafkaFuture<T> answer, String what) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException failure) {
            throw translated(failure, what);
        }
    }

    private StreamingException translated(ExecutionException failure, String what) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        Function<String, String> told =
                problem -> "Kafka at " + bootstrapServers + " " + problem + " when " + what + ": " + cause.getMessage();
        if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
            return new KafkaStreamException(
                    told.apply("refuses access"),
                    "Give the user of the consumers the right to read the topics and the group, or correct who they are",
                    cause);
        }
        if (cause instanceof InvalidTopicException) {
            return new KafkaStreamException(
                    told.apply("refuses the name of a topic"), "Correct the names of the stream's topics", cause);
        }
        return cause instanceof RetriableException
                ? new SourceUnavailableException(told.apply("is away"), cause)
                : new StreamingException(told.apply("has failed"), cause);
    }
}
