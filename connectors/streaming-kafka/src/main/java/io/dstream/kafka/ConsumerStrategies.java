package io.dstream.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
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
     *     {@code enable.auto.commit} has no effect. The names of Kafka 0.8 are understood: {@code metadata.broker.list}, and
     *     {@code smallest} and {@code largest} for {@code auto.offset.reset}
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
        return new DefaultKafkaConsumerFactory<>(withNamesOfToday(kafkaParams));
    }

    private static Map<String, Object> withNamesOfToday(Map<String, Object> kafkaParams) {
        Map<String, Object> params = new HashMap<>(kafkaParams);
        Object brokers = params.remove("metadata.broker.list");
        if (brokers != null) {
            params.putIfAbsent(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        }
        params.replace(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "smallest", "earliest");
        params.replace(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "largest", "latest");
        return params;
    }
}
