package io.dstream.kafka;

import io.dstream.function.StreamingException;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
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

    /** How long a batch may take from its first record on; Kafka's own minute is short for one that computes much. */
    private static final int TRANSACTION_TIMEOUT_MILLIS = 300_000;

    /** How long a thread that is interrupted waits for brokers that end a transaction. */
    private static final Duration LAST_ANSWER = Duration.ofSeconds(1);

    /** How long a record may take to be sent, tried again included, unless the user has said so; Kafka's own two minutes are silent. */
    private static final int DELIVERY_MILLIS = 30_000;

    private final ProducerFactory<K, V> producers;
    private final SinkContext context;
    private final ClientConfig config;

    SinkClients(ProducerFactory<K, V> producers, SinkContext context) {
        this.producers = producers;
        this.context = context;
        this.config = ClientConfig.ofProducers(
                producers.getConfigurationProperties(),
                "Correct the configuration of its producers: spring.kafka.* or the parameters given to the sink");
    }

    SinkContext context() {
        return context;
    }

    String bootstrapServers() {
        return config.bootstrapServers();
    }

    /** Names of pipelines and outputs may have dots and hyphens, but no slashes. */
    String transactionalId() {
        @Nullable String prefix = producers.getTransactionIdPrefix();
        return (prefix == null ? PREFIX : prefix) + context.pipeline() + "/" + context.output();
    }

    Duration transactionTimeout() {
        return Duration.ofMillis(config.number(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS));
    }

    /** Tells what of the configuration has no effect. */
    void warnOfOverrides() {
        if (config.text(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG)
                .filter("false"::equalsIgnoreCase)
                .isPresent()) {
            warnOfOverride(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        }
        if (config.text(ProducerConfig.ACKS_CONFIG)
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
     * @throws SinkUnavailableException if no name of the brokers is known
     */
    Producer<K, V> producer() {
        Map<String, Object> own = new HashMap<>(config.values());
        own.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, ClientConfig.TIMEOUT_MILLIS);
        own.put(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                Math.toIntExact(transactionTimeout().toMillis()));
        own.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deliveryTimeoutMillis());
        own.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId());
        own.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        own.put(ProducerConfig.ACKS_CONFIG, "all");
        own.put(ProducerConfig.CLIENT_ID_CONFIG, clientId());
        try {
            return added(new KafkaProducer<>(
                    own,
                    serializer(producers.getKeySerializerSupplier(), own, true),
                    serializer(producers.getValueSerializerSupplier(), own, false)));
        } catch (KafkaException refusal) {
            throw notMade("producer", refusal);
        }
    }

    private Producer<K, V> added(Producer<K, V> made) {
        Producer<K, V> producer = made;
        try {
            for (ProducerPostProcessor<K, V> processor : producers.getPostProcessors()) {
                producer = processor.apply(producer);
            }
            for (ProducerFactory.Listener<K, V> listener : producers.getListeners()) {
                listener.producerAdded(clientId(), producer);
            }
            return producer;
        } catch (RuntimeException failure) {
            ClientConfig.close(made, Duration.ZERO);
            throw failure;
        }
    }

    /**
     * Closes a producer; what it has not sent is not sent any more. The brokers end its transaction when it is late or the output is
     * opened again. A thread that is interrupted stops the output for long, so it takes a moment to end the transaction itself.
     */
    void close(Producer<K, V> producer) {
        boolean interrupted = Thread.interrupted();
        try {
            for (ProducerFactory.Listener<K, V> listener : producers.getListeners()) {
                listener.producerRemoved(clientId(), producer);
            }
        } finally {
            ClientConfig.close(producer, interrupted ? LAST_ANSWER : Duration.ZERO);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * A client for topics and keys.
     *
     * @throws KafkaStreamException if its configuration is refused
     * @throws SinkUnavailableException if no name of the brokers is known
     */
    Admin admin() {
        try {
            return config.admin(
                    clientId() + "-admin",
                    config.number(ProducerConfig.MAX_BLOCK_MS_CONFIG, ClientConfig.TIMEOUT_MILLIS));
        } catch (KafkaException refusal) {
            throw notMade("client", refusal);
        }
    }

    private String clientId() {
        return config.text(ProducerConfig.CLIENT_ID_CONFIG).map(id -> id + "-").orElse(PREFIX) + context.pipeline()
                + "-" + context.output();
    }

    private StreamingException notMade(String client, KafkaException refusal) {
        return config.notMade(
                client + " for output '" + context.output() + "' of pipeline '" + context.pipeline() + "'",
                refusal,
                SinkUnavailableException::new);
    }

    /** That of the application, which is passed by dead letters. */
    private static <S> Serializer<S> serializer(
            @Nullable Supplier<Serializer<S>> supplier, Map<String, Object> config, boolean ofKeys) {
        return new RawSerializer<>(
                RawSerializer.<S>configured(supplier, config, ofKeys).serializer());
    }

    /** Kafka refuses one that is shorter than a request. */
    private int deliveryTimeoutMillis() {
        long request = numberOrDefault(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG);
        long linger = numberOrDefault(ProducerConfig.LINGER_MS_CONFIG);
        return (int) Math.min(Integer.MAX_VALUE, Math.max(DELIVERY_MILLIS, request + linger));
    }

    private int numberOrDefault(String key) {
        Object ofKafka = ProducerConfig.configDef().defaultValues().get(key);
        return config.number(key, ofKafka instanceof Number number ? number.intValue() : 0);
    }
}
