package io.dstream.kafka;

import java.util.Collections;
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
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

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
        return Map.of(partition, new OffsetAndMetadata(0, key.text()));
    }

    boolean hasTopic(Admin admin) {
        try {
            get(admin.describeTopics(Set.of(topic())).allTopicNames());
            return true;
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw failures.of("asking for topic '" + topic() + "'", failure);
        }
    }

    /**
     * Waits until no transaction is about to change the key.
     *
     * @return null if there is none
     * @throws KafkaStreamException if there is something else in its place
     */
    @Nullable
    BatchKey read(Admin admin) {
        try {
            Map<TopicPartition, OffsetAndMetadata> offsets = get(admin.listConsumerGroupOffsets(
                            Map.of(
                                    group,
                                    new ListConsumerGroupOffsetsSpec()
                                            .topicPartitions(Collections.singleton(partition))),
                            new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata(group));
            @Nullable OffsetAndMetadata offset = offsets.get(partition);
            return offset == null ? null : parse(offset.metadata());
        } catch (ExecutionException failure) {
            throw failures.of("asking for its last batch", failure);
        }
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
