package io.dstream.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/**
 * Makes values of {@link ConsumerStrategy} of the parameters of a Kafka consumer; the names are those of Spark. With a {@code
 * ConsumerFactory} there are the methods of that class.
 */
@SuppressWarnings("MemberName")
public final class ConsumerStrategies {

    private ConsumerStrategies() {}

    /**
     * All partitions of some topics.
     *
     * @param topics at least one
     * @param kafkaParams those of a consumer: {@code bootstrap.servers}, {@code group.id}, {@code key.deserializer} and so on;
     *     {@code enable.auto.commit} has no effect
     * @throws IllegalArgumentException if {@code topics} is empty or one has no name
     */
    public static <K, V> ConsumerStrategy<K, V> Subscribe(Collection<String> topics, Map<String, Object> kafkaParams) {
        return ConsumerStrategy.subscribe(topics, factory(kafkaParams));
    }

    /**
     * As {@link #Subscribe(Collection, Map)}, with {@linkplain ConsumerStrategy#withStartingOffsets starting offsets}.
     */
    public static <K, V> ConsumerStrategy<K, V> Subscribe(
            Collection<String> topics, Map<String, Object> kafkaParams, Map<TopicPartition, Long> offsets) {
        return ConsumerStrategies.<K, V>Subscribe(topics, kafkaParams).withStartingOffsets(offsets);
    }

    /**
     * All partitions of all topics whose whole names match, but for topics of Kafka's own.
     *
     * @param kafkaParams as for {@link #Subscribe(Collection, Map)}
     */
    public static <K, V> ConsumerStrategy<K, V> SubscribePattern(Pattern pattern, Map<String, Object> kafkaParams) {
        return ConsumerStrategy.subscribePattern(pattern, factory(kafkaParams));
    }

    /**
     * As {@link #SubscribePattern(Pattern, Map)}, with {@linkplain ConsumerStrategy#withStartingOffsets starting offsets}.
     */
    public static <K, V> ConsumerStrategy<K, V> SubscribePattern(
            Pattern pattern, Map<String, Object> kafkaParams, Map<TopicPartition, Long> offsets) {
        return ConsumerStrategies.<K, V>SubscribePattern(pattern, kafkaParams).withStartingOffsets(offsets);
    }

    /**
     * Some partitions.
     *
     * @param partitions at least one
     * @param kafkaParams as for {@link #Subscribe(Collection, Map)}
     * @throws IllegalArgumentException if {@code partitions} is empty
     */
    public static <K, V> ConsumerStrategy<K, V> Assign(
            Collection<TopicPartition> partitions, Map<String, Object> kafkaParams) {
        return ConsumerStrategy.assign(partitions, factory(kafkaParams));
    }

    /** As {@link #Assign(Collection, Map)}, with {@linkplain ConsumerStrategy#withStartingOffsets starting offsets}. */
    public static <K, V> ConsumerStrategy<K, V> Assign(
            Collection<TopicPartition> partitions, Map<String, Object> kafkaParams, Map<TopicPartition, Long> offsets) {
        return ConsumerStrategies.<K, V>Assign(partitions, kafkaParams).withStartingOffsets(offsets);
    }

    static <K, V> DefaultKafkaConsumerFactory<K, V> factory(Map<String, Object> kafkaParams) {
        return new DefaultKafkaConsumerFactory<>(new HashMap<>(kafkaParams));
    }
}
