package io.dstream.kafka;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ConsumerFactory;

/**
 * Which partitions a stream reads, where it begins, and what makes its consumers.
 *
 * <p>A stream begins where it ended, if its pipeline has a checkpoint directory that tells; else where its offset store says, if it has
 * one; else at a starting offset, if there is one for the partition; else at the offset that is committed for the group of the consumers; else as {@code auto.offset.reset}
 * says. Partitions and topics that appear later are read from their first record on. Partitions are not shared with other members
 * of the group: who has the same group reads the same records.
 *
 * <p>Immutable.
 *
 * @param <K> type of the records' keys
 * @param <V> type of their values
 */
public final class ConsumerStrategy<K, V> {

    private final Subscription subscription;
    private final ConsumerFactory<K, V> consumers;
    private final Map<TopicPartition, Long> startingOffsets;
    private final @Nullable OffsetStore offsetStore;

    private ConsumerStrategy(
            Subscription subscription,
            ConsumerFactory<K, V> consumers,
            Map<TopicPartition, Long> startingOffsets,
            @Nullable OffsetStore offsetStore) {
        this.subscription = subscription;
        this.consumers = consumers;
        this.startingOffsets = startingOffsets;
        this.offsetStore = offsetStore;
    }

    /**
     * All partitions of some topics.
     *
     * @param topics at least one
     * @param consumers makes the consumers; what it says of auto-commit has no effect
     * @throws IllegalArgumentException if {@code topics} is empty or one has no name
     */
    public static <K, V> ConsumerStrategy<K, V> subscribe(Collection<String> topics, ConsumerFactory<K, V> consumers) {
        return new ConsumerStrategy<>(Subscription.toTopics(topics), consumers, Map.of(), null);
    }

    /**
     * All partitions of all topics whose whole names match, but for topics of Kafka's own.
     *
     * @param consumers as for {@link #subscribe}
     */
    public static <K, V> ConsumerStrategy<K, V> subscribePattern(Pattern pattern, ConsumerFactory<K, V> consumers) {
        return new ConsumerStrategy<>(new Subscription.Matching(pattern), consumers, Map.of(), null);
    }

    /**
     * Some partitions.
     *
     * @param partitions at least one
     * @param consumers as for {@link #subscribe}
     * @throws IllegalArgumentException if {@code partitions} is empty
     */
    public static <K, V> ConsumerStrategy<K, V> assign(
            Collection<TopicPartition> partitions, ConsumerFactory<K, V> consumers) {
        return new ConsumerStrategy<>(Subscription.toPartitions(partitions), consumers, Map.of(), null);
    }

    /**
     * Where partitions begin of which nothing is known from an earlier run.
     *
     * @param offsets by partition, at least 0; partitions without one begin as ever
     * @throws IllegalArgumentException if an offset is negative, or of a partition that is not read
     */
    public ConsumerStrategy<K, V> withStartingOffsets(Map<TopicPartition, Long> offsets) {
        offsets.forEach(this::requireOffset);
        Map<TopicPartition, Long> ordered = new TreeMap<>(Subscription.ORDER);
        ordered.putAll(offsets);
        return new ConsumerStrategy<>(subscription, consumers, ordered, offsetStore);
    }

    /**
     * Keeps the stream's offsets in a store as well, which other instances see: at its start it takes them over from whoever had them
     * before, and goes on there; after each batch it saves them. An instance from which they were taken halts. A batch ends when they
     * are saved, so it waits for a store that is away.
     *
     * <p>The offsets are those of the consumers' group, so each stream needs a group of its own.
     *
     * @param store such as {@link KafkaGroupOffsetStore#create} or {@code JdbcOffsetStore.of(dataSource)}
     */
    public ConsumerStrategy<K, V> withOffsetStore(OffsetStore store) {
        return new ConsumerStrategy<>(
                subscription, consumers, startingOffsets, Objects.requireNonNull(store, "'store' must not be null"));
    }

    private void requireOffset(TopicPartition partition, long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException(
                    "'offsets' must not be negative, but that of " + partition + " was " + offset);
        }
        if (!subscription.contains(partition)) {
            throw new IllegalArgumentException("'offsets' must be of partitions that are read, " + subscription.text()
                    + ", but had one of " + partition);
        }
    }

    Subscription subscription() {
        return subscription;
    }

    ConsumerFactory<K, V> consumers() {
        return consumers;
    }

    Map<TopicPartition, Long> startingOffsets() {
        return startingOffsets;
    }

    @Nullable
    OffsetStore offsetStore() {
        return offsetStore;
    }
}
