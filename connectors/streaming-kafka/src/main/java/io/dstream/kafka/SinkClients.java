package io.dstream.kafka;

import io.dstream.output.SinkContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.core.ProducerPostProcessor;

/**
 * Makes the clients of an output, with the configuration of the application's producers but for what the output decides itself.
 *
 * <p>Immutable.
 */
final class SinkClients<K, V> {

    private static final Logger log = LoggerFactory.getLogger(SinkClients.class);

    private static final String PREFIX = "dstream-";

    /** How long a request may take, unless the user has said so, before the brokers count as away. */
    private static final int TIMEOUT_MILLIS = 10_000;

    /** How long a batch may take from its first record on; Kafka's own minute is short for one that computes much. */
    private static final int TRANSACTION_TIMEOUT_MILLIS = 300_000;

    private final ProducerFactory<K, V> producers;
    private final SinkContext context;
    private final Map<String, Object> config;

    SinkClients(ProducerFactory<K, V> producers, SinkContext context) {
        this.producers = producers;
        this.context = context;
        this.config = new HashMap<>(producers.getConfigurationProperties());
        config.values().removeIf(value -> value == null);
    }

    SinkContext context() {
        return context;
    }

    String bootstrapServers() {
        Object servers = config.get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG);
        return servers instanceof List<?> list
                ? String.join(",", list.stream().map(String::valueOf).toList())
                : String.valueOf(servers);
    }

    /** Names of pipelines and outputs may have dots and hyphens, but no slashes. */
    String transactionalId() {
        @Nullable String prefix = producers.getTransactionIdPrefix();
        return (prefix == null ? PREFIX : prefix) + context.pipeline() + "/" + context.output();
    }

    Duration transactionTimeout() {
        return Duration.ofMillis(number(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS));
    }

    /** Tells what of the configuration has no effect. */
    void warnOfOverrides() {
        if (text(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG)
                .filter("false"::equalsIgnoreCase)
                .isPresent()) {
            warnOfOverride(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        }
        if (text(ProducerConfig.ACKS_CONFIG)
                .filter(acks -> !acks.equals("all") && !acks.equals("-1"))
                .isPresent()) {
            warnOfOverride(ProducerConfig.ACKS_CONFIG, "all");
        }
    }

    private void warnOfOverride(String key, String value) {
        log.warn(
                "Output '{}' of pipeline '{}' sends with '{}' {} in spite of its configuration: transactions need that",
                context.output(),
                context.pipeline(),
                key,
                value);
    }

    /**
     * A producer for the transactions of the output.
     *
     * @throws KafkaStreamException if its configuration is refused
     */
    Producer<K, V> producer() {
        Map<String, Object> own = new HashMap<>(config);
        own.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS);
        own.put(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                Math.toIntExact(transactionTimeout().toMillis()));
        own.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId());
        own.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        own.put(ProducerConfig.ACKS_CONFIG, "all");
        own.put(ProducerConfig.CLIENT_ID_CONFIG, clientId());
        try {
            return added(new KafkaProducer<>(
                    own,
                    serializer(producers.getKeySerializerSupplier()),
                    serializer(producers.getValueSerializerSupplier())));
        } catch (KafkaException refusal) {
            throw refused("producer", refusal);
        }
    }

    private Producer<K, V> added(Producer<K, V> made) {
        Producer<K, V> producer = made;
        for (ProducerPostProcessor<K, V> processor : producers.getPostProcessors()) {
            producer = processor.apply(producer);
        }
        for (ProducerFactory.Listener<K, V> listener : producers.getListeners()) {
            listener.producerAdded(clientId(), producer);
        }
        return producer;
    }

    /** Closes a producer at once; what it has not sent is not sent any more, and the brokers end its transaction. */
    void close(Producer<K, V> producer) {
        for (ProducerFactory.Listener<K, V> listener : producers.getListeners()) {
            listener.producerRemoved(clientId(), producer);
        }
        try {
            producer.close(Duration.ZERO);
        } catch (KafkaException failure) { // an interrupt; its thread ends by itself
            log.debug("A producer was not seen to end", failure);
        }
    }

    /**
     * A client for topics and keys.
     *
     * @throws KafkaStreamException if its configuration is refused
     */
    Admin admin() {
        Map<String, Object> own = new HashMap<>(config);
        Set<String> ofAdmins = AdminClientConfig.configNames();
        own.keySet().removeIf(key -> ProducerConfig.configNames().contains(key) && !ofAdmins.contains(key));
        int timeout = number(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS);
        own.put(AdminClientConfig.CLIENT_ID_CONFIG, clientId() + "-admin");
        own.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout);
        own.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
        try {
            return Admin.create(own);
        } catch (KafkaException refusal) {
            throw refused("client", refusal);
        }
    }

    private String clientId() {
        return text(ProducerConfig.CLIENT_ID_CONFIG).map(id -> id + "-").orElse(PREFIX) + context.pipeline() + "-"
                + context.output();
    }

    private static KafkaStreamException refused(String client, KafkaException refusal) {
        Throwable reason = refusal.getCause() == null ? refusal : refusal.getCause();
        return new KafkaStreamException(
                "A Kafka " + client + " cannot be made: " + reason.getMessage(),
                "Correct the configuration of its producers: spring.kafka.* or the parameters given to the sink",
                refusal);
    }

    /** Without one the producer makes it of its configuration. */
    private static <S> @Nullable Serializer<S> serializer(@Nullable Supplier<Serializer<S>> supplier) {
        return supplier == null ? null : supplier.get();
    }

    private int number(String key, int otherwise) {
        return text(key).map(Integer::valueOf).orElse(otherwise);
    }

    private Optional<String> text(String key) {
        @Nullable Object value = config.get(key);
        return Optional.ofNullable(value).map(Object::toString).filter(text -> !text.isBlank());
    }
}
