package io.dstream.kafka;

import io.dstream.function.Function;
import io.dstream.function.Functions;
import io.dstream.output.BatchSink;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkWriter;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Writes rows as records of topics, each batch exactly once for whoever reads them with {@code isolation.level=read_committed}: the
 * records of a batch and its key are in one transaction.
 *
 * <pre>{@code
 * counts.saveTo(KafkaSink.to(producers, "counts", Pair::key, Pair::value)).named("counts");
 * orders.saveTo(KafkaSink.records(producers, "orders", order -> new ProducerRecord<>(order.country() + "-orders", order)))
 *         .named("orders");
 * }</pre>
 *
 * <p>The key is kept as the committed offset of a consumer group, for partition 0 of the sink's topic, which no consumer reads. The group has
 * the name of the transactional id: the prefix of the factory, or {@code dstream-}, then pipeline, a slash, and output. The prefix must stay, and
 * be that of one application on its brokers.
 *
 * <p>Each output has a producer of its own, with the configuration, the serializers, post processors and listeners of the factory. It is
 * idempotent and waits for all replicas, whatever is configured. Rows are sent as they are computed, by the threads that compute them; what
 * is not sent yet is bounded by {@code buffer.memory}. The transaction begins with the first of them. A batch without rows sends
 * nothing; once a day the key is written again, lest brokers forget it.
 *
 * <p>Brokers that are away are surroundings: the batch waits and is tried again, however often. A record that is too large or cannot be
 * serialized, a topic that is missing, and a batch that takes longer than {@code transaction.timeout.ms} fail the batch.
 *
 * <p>Immutable.
 *
 * @param <T> type of the rows
 */
public final class KafkaSink<T> implements BatchSink<T> {

    private final Opening<T> opening;

    private KafkaSink(Opening<T> opening) {
        this.opening = opening;
    }

    /**
     * Sends each row as a record of one topic; a key decides about its partition as the producers are configured.
     *
     * @param producers such as Spring Boot makes of {@code spring.kafka.*}
     * @param topic has to be there at the start, unless brokers make topics by themselves
     * @param key of a row's record, null for none; called by several threads at once
     * @param value of a row's record, null for a tombstone; likewise
     * @throws IllegalArgumentException if {@code topic} is blank
     */
    public static <T, K, V> KafkaSink<T> to(
            ProducerFactory<K, V> producers,
            String topic,
            Function<? super T, ? extends @Nullable K> key,
            Function<? super T, ? extends @Nullable V> value) {
        Functions.require("key", key);
        Functions.require("value", value);
        return records(producers, topic, row -> new ProducerRecord<>(topic, key.call(row), value.call(row)));
    }

    /**
     * As {@link #to(ProducerFactory, String, Function, Function)}, with the parameters of a producer.
     *
     * @param kafkaParams those of a producer: {@code bootstrap.servers}, {@code key.serializer} and so on; a {@code transactional.id} is
     *     the prefix of the sink's
     */
    public static <T, K, V> KafkaSink<T> to(
            Map<String, Object> kafkaParams,
            String topic,
            Function<? super T, ? extends @Nullable K> key,
            Function<? super T, ? extends @Nullable V> value) {
        return KafkaSink.<T, K, V>to(factory(kafkaParams), topic, key, value);
    }

    /**
     * Sends each row as a record of any topic, partition and time, with any headers.
     *
     * @param producers such as Spring Boot makes of {@code spring.kafka.*}
     * @param keyTopic the topic at whose partition 0 the key of the batch is kept; if need be one that is there for this alone. If
     *     it is changed, the key is found at the earlier one while that is there. It has to be there at the start, unless brokers make topics by themselves
     * @param record of a row; called by several threads at once, must not return null
     * @throws IllegalArgumentException if {@code keyTopic} is blank
     */
    public static <T, K, V> KafkaSink<T> records(
            ProducerFactory<K, V> producers,
            String keyTopic,
            Function<? super T, ? extends ProducerRecord<K, V>> record) {
        Functions.requireNotNull("producers", producers);
        Functions.require("record", record);
        if (keyTopic == null || keyTopic.isBlank()) {
            throw new IllegalArgumentException("'topic' must be the name of a topic, but was '" + keyTopic + "'");
        }
        return new KafkaSink<>(context -> KafkaWriter.open(new SinkClients<>(producers, context), keyTopic, record));
    }

    /**
     * As {@link #records(ProducerFactory, String, Function)}, with the parameters of a producer.
     *
     * @param kafkaParams as for {@link #to(Map, String, Function, Function)}
     */
    public static <T, K, V> KafkaSink<T> records(
            Map<String, Object> kafkaParams,
            String keyTopic,
            Function<? super T, ? extends ProducerRecord<K, V>> record) {
        return KafkaSink.<T, K, V>records(factory(kafkaParams), keyTopic, record);
    }

    private static <K, V> ProducerFactory<K, V> factory(Map<String, Object> kafkaParams) {
        return new DefaultKafkaProducerFactory<>(new HashMap<>(kafkaParams));
    }

    @Override
    public String kind() {
        return "kafka";
    }

    @Override
    public SinkWriter<T> open(SinkContext context) {
        return opening.open(context);
    }

    /** Knows the types of keys and values, which are nobody else's business. */
    @FunctionalInterface
    private interface Opening<T> {
        SinkWriter<T> open(SinkContext context);
    }
}
