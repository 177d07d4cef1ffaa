package io.dstream.kafka;

import io.dstream.output.SinkUnavailableException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Where the key of an output is: in what a group has committed for partition 0 of a topic, as the metadata of an offset that says nothing.
 * Offsets can be committed in a transaction, and brokers keep only those of topics that there are.
 *
 * <p>Immutable.
 */
final class BatchKeys {

    private final String group;
    private final TopicPartition partition;
    private final SinkFailures failures;

    BatchKeys(String group, String topic, SinkFailures failures) {
        this.group = group;
        this.partition = new TopicPartition(topic, 0);
        this.failures = failures;
    }

    String topic() {
        return partition.topic();
    }

    /** Has no members. Kafka 4 can make it in no other way without a consumer, which would be in the group. */
    @SuppressWarnings("removal")
    ConsumerGroupMetadata group() {
        return new ConsumerGroupMetadata(group);
    }

    /** The key as it is committed. */
    Map<TopicPartition, OffsetAndMetadata> offsets(BatchKey key) {
        return offsets(key, Set.of());
    }

    /** The key as it is committed in its place, and in others. */
    Map<TopicPartition, OffsetAndMetadata> offsets(BatchKey key, Set<TopicPartition> others) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        OffsetAndMetadata offset = new OffsetAndMetadata(0, key.text());
        others.forEach(other -> offsets.put(other, offset));
        offsets.put(partition, offset);
        return offsets;
    }

    /** Whether there is a key in its place. */
    boolean hasKey(Map<TopicPartition, BatchKey> keys) {
        return keys.containsKey(partition);
    }

    boolean hasTopic(Admin admin) {
        try {
            return Cluster.hasTopic(admin, topic());
        } catch (InterruptedException end) {
            throw new InterruptException(end);
        } catch (ExecutionException failure) {
            throw failures.of("asking for topic '" + topic() + "'", failure);
        }
    }

    /**
     * The keys that are committed now; a transaction may be about to change them. There are several if the output has had other topics
     * for its key.
     *
     * @throws KafkaStreamException if there is something else in the place of a key
     */
    Map<TopicPartition, BatchKey> committed(Admin admin) {
        return parsed(list(admin, new ListConsumerGroupOffsetsSpec(), false));
    }

    /**
     * The keys that no transaction is about to change.
     *
     * @throws SinkUnavailableException if there is such a transaction
     * @throws KafkaStreamException if there is something else in the place of a key
     */
    Map<TopicPartition, BatchKey> settled(Admin admin) {
        Set<TopicPartition> places = new HashSet<>(committed(admin).keySet());
        places.add(partition);
        Map<TopicPartition, OffsetAndMetadata> offsets =
                list(admin, new ListConsumerGroupOffsetsSpec().topicPartitions(places), true);
        if (!offsets.keySet().containsAll(places)) { // the client leaves out what is about to change
            throw new SinkUnavailableException(
                    failures.output() + " waits for the end of a transaction that changes its last batch", null);
        }
        return parsed(offsets);
    }

    private Map<TopicPartition, OffsetAndMetadata> list(
            Admin admin, ListConsumerGroupOffsetsSpec places, boolean settled) {
        try {
            return get(admin.listConsumerGroupOffsets(
                            Map.of(group, places), new ListConsumerGroupOffsetsOptions().requireStable(settled))
                    .partitionsToOffsetAndMetadata(group));
        } catch (ExecutionException failure) {
            throw failures.of("asking for its last batch", failure);
        }
    }

    private Map<TopicPartition, BatchKey> parsed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<TopicPartition, BatchKey> keys = new HashMap<>();
        offsets.forEach((place, offset) -> {
            if (offset != null) { // null: nothing is committed
                keys.put(place, parse(offset.metadata()));
            }
        });
        return keys;
    }

    private BatchKey parse(String metadata) {
        BatchKey key = BatchKey.parse(metadata);
        if (key == null) {
            throw new KafkaStreamException(
                    failures.output() + " keeps its last batch in the offsets of group '" + group
                            + "', but another program has committed offsets there",
                    "Give the group of that program another name, or the producers another 'transactional.id' prefix,"
                            + " 'spring.kafka.producer.transaction-id-prefix'",
                    null);
        }
        return key;
    }

    private static <T> T get(KafkaFuture<T> answer) throws ExecutionException {
        try {
            return answer.get();
        } catch (InterruptedException end) {
            throw new InterruptException(end);
        }
    }
}
