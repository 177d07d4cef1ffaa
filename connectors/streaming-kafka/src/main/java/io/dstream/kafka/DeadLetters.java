package io.dstream.kafka;

import io.dstream.function.StreamingException;
import io.dstream.kafka.OnError.DeadLetterTopic;
import io.dstream.output.SinkUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes dead letters of records, and sends those that no output takes, with an idempotent producer of its own.
 *
 * <p>Thread-safe.
 */
final class DeadLetters implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private static final List<String> OWN_TIMES = List.of(
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            ProducerConfig.LINGER_MS_CONFIG);

    private final String topic;
    private final String input;
    private final Optional<String> group;
    private final ClientConfig config;
    private final RawSerializer.Configured<Object> keys;
    private final RawSerializer.Configured<Object> values;

    // Mutable state, guarded by this
    private @Nullable Producer<byte[], byte[]> made;
    private boolean closed;

    /**
     * @param input names the stream to people
     * @param group of its consumers; empty if they have none
     * @param user names the stream in the ids of clients
     * @throws KafkaStreamException if the configuration of the producers is refused
     */
    DeadLetters(DeadLetterTopic target, String input, Optional<String> group, String user) {
        this.topic = target.name();
        this.input = input;
        this.group = group;
        this.config = configOf(target, user);
        this.keys = configured(target.producers().getKeySerializerSupplier(), true);
        try {
            this.values = configured(target.producers().getValueSerializerSupplier(), false);
        } catch (RuntimeException refusal) {
            keys.close();
            throw refusal;
        }
    }

    private RawSerializer.Configured<Object> configured(
            @Nullable Supplier<? extends Serializer<?>> supplier, boolean ofKeys) {
        try {
            return RawSerializer.configured(supplier, config.values(), ofKeys);
        } catch (KafkaException refusal) {
            throw notMade("producer", refusal);
        }
    }

    /** Makes it, if it has not been made; no name of the brokers may have been known before. */
    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) {
            throw new IllegalStateException("Input " + input + " has ended");
        }
        Producer<byte[], byte[]> producer = made;
        if (producer == null) {
            try {
                producer = new KafkaProducer<>(config.values(), new ByteArraySerializer(), new ByteArraySerializer());
            } catch (KafkaException refusal) {
                throw notMade("producer", refusal);
            }
            made = producer;
        }
        return producer;
    }

    private static ClientConfig configOf(DeadLetterTopic target, String user) {
        Map<String, Object> config = new HashMap<>(target.producers().getConfigurationProperties());
        config.values().removeIf(value -> value == null);
        config.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(
                ProducerConfig.CLIENT_ID_CONFIG,
                config.getOrDefault(ProducerConfig.CLIENT_ID_CONFIG, "dstream") + "-" + user + "-dead-letters");
        config.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, ClientConfig.TIMEOUT_MILLIS);
        if (OWN_TIMES.stream().noneMatch(config::containsKey)) {
            config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, ClientConfig.TIMEOUT_MILLIS);
            config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * ClientConfig.TIMEOUT_MILLIS);
        }
        return ClientConfig.ofProducers(
                config, "Correct the configuration of the producers that OnError.deadLetter was given");
    }

    /**
     * Makes sure that no dead letter comes back.
     *
     * @throws KafkaStreamException if the stream reads the topic itself
     */
    void requireOtherTopic(ClientConfig consumers, Subscription subscription) {
        if (subscription.reads(topic) && config.sharesServers(consumers)) {
            throw new KafkaStreamException(
                    "Input " + input + " would read its own dead letters in topic '" + topic + "' of Kafka at "
                            + bootstrapServers() + ", where they fail again",
                    "Send them to a topic that it does not read",
                    null);
        }
    }

    /**
     * Makes sure that the topic is there. If its brokers are away, that is left to the first dead letter.
     *
     * @throws KafkaStreamException if it is not, or the brokers refuse access
     */
    void requireTopic() throws InterruptedException {
        try (Admin admin = admin()) {
            Producer<byte[], byte[]> ready = producer();
            if (!hasTopic(admin)) {
                requireMade(ready, admin);
            }
        } catch (SinkUnavailableException away) {
            log.warn("Input {} starts without the brokers of its dead letters: {}", input, away.getMessage());
        } catch (InterruptException end) {
            throw new InterruptedException(end.getMessage());
        }
    }

    private boolean hasTopic(Admin admin) throws InterruptedException {
        try {
            return Cluster.hasTopic(admin, topic);
        } catch (ExecutionException failure) {
            throw translated(failure.getCause() == null ? failure : failure.getCause());
        }
    }

    private void requireMade(Producer<byte[], byte[]> ready, Admin admin) throws InterruptedException {
        try {
            ready.partitionsFor(topic); // which has brokers make it that do so
        } catch (TimeoutException missing) {
            if (!hasTopic(admin)) { // else, or if that fails, the brokers were away
                throw new KafkaStreamException(
                        "Input " + input + " cannot send dead letters to topic '" + topic + "' of Kafka at "
                                + bootstrapServers() + ": it is not there, or not seen by this user",
                        "Make it, correct its name, or give the user of the producers the right 'Describe' on it",
                        missing);
            }
        } catch (KafkaException failure) {
            throw translated(failure);
        }
    }

    private Admin admin() {
        try {
            return config.admin(
                    config.text(ProducerConfig.CLIENT_ID_CONFIG).orElse("") + "-admin",
                    config.number(ProducerConfig.MAX_BLOCK_MS_CONFIG, ClientConfig.TIMEOUT_MILLIS));
        } catch (KafkaException refusal) {
            throw notMade("client", refusal);
        }
    }

    /** What is sent of a record that has failed. */
    DeadLetter letter(ConsumerRecord<?, ?> record, Exception failure) {
        Headers headers = DeadLetterHeaders.of(record, failure, group);
        Integer partition = record.partition() < partitions() ? record.partition() : null;
        UnreadableRecord<?, ?> raw = record instanceof UnreadableRecord<?, ?> unreadable ? unreadable : null;
        return new DeadLetter(
                bootstrapServers(),
                new ProducerRecord<>(
                        topic,
                        partition,
                        raw == null ? bytes(keys.serializer(), "key", record.key(), record, headers) : raw.keyBytes(),
                        raw == null
                                ? bytes(values.serializer(), "value", record.value(), record, headers)
                                : raw.valueBytes(),
                        headers));
    }

    private byte @Nullable [] bytes(
            Serializer<Object> serializer,
            String part,
            @Nullable Object object,
            ConsumerRecord<?, ?> record,
            Headers headers) {
        try {
            return object == null ? null : serializer.serialize(topic, headers, object);
        } catch (RuntimeException refusal) {
            throw new StreamingException(
                    "Input " + input + " cannot make a dead letter of the record of " + record.topic() + "-"
                            + record.partition() + " at offset " + record.offset() + ": "
                            + serializer.getClass().getName() + " of the producers does not take a "
                            + object.getClass().getName() + " as " + part
                            + ". Give OnError.deadLetter producers whose serializers take the stream's keys and values",
                    refusal);
        }
    }

    private int partitions() {
        try {
            return producer().partitionsFor(topic).size();
        } catch (KafkaException failure) {
            throw translated(failure);
        }
    }

    /**
     * Begins to send; {@link #await} tells whether it was done.
     *
     * @param sent is called by a thread of the client when the brokers have it
     */
    Future<RecordMetadata> send(DeadLetter letter, Runnable sent) {
        try {
            return producer().send(letter.record(), (metadata, failure) -> {
                if (failure == null) {
                    sent.run();
                }
            });
        } catch (KafkaException failure) {
            throw translated(failure);
        }
    }

    /**
     * Waits until the brokers have a dead letter.
     *
     * @throws SinkUnavailableException if they are away
     * @throws StreamingException if they do not take it
     */
    void await(Future<RecordMetadata> sent) throws InterruptedException {
        try {
            RecordMetadata unused = sent.get();
        } catch (ExecutionException failure) {
            throw translated(failure.getCause() == null ? failure : failure.getCause());
        }
    }

    /** Where it goes, for people. */
    String topic() {
        return topic;
    }

    private RuntimeException translated(Throwable failure) {
        if (failure instanceof InterruptException end) {
            return end;
        }
        String told = "Input " + input + " cannot send a dead letter to topic '" + topic + "' of Kafka at "
                + bootstrapServers() + ": " + failure.getMessage();
        if (failure instanceof RecordTooLargeException) {
            return new StreamingException(
                    told + ". Raise 'max.request.size' of the producers and 'max.message.bytes' of the topic", failure);
        }
        if (failure instanceof AuthenticationException || failure instanceof AuthorizationException) {
            return new KafkaStreamException(
                    told,
                    "Give the user of the producers the rights 'Describe' and 'Write' on it, or correct who they are",
                    failure);
        }
        if (failure instanceof InvalidTopicException) {
            return new KafkaStreamException(told, "Correct its name", failure);
        }
        return failure instanceof RetriableException
                ? new SinkUnavailableException(told, failure)
                : new StreamingException(told, failure);
    }

    private String bootstrapServers() {
        return config.bootstrapServers();
    }

    private StreamingException notMade(String client, KafkaException refusal) {
        return config.notMade(
                client + " for the dead letters of input " + input, refusal, SinkUnavailableException::new);
    }

    /** Waits for nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        if (made != null) {
            ClientConfig.close(made, Duration.ZERO);
        }
        keys.close();
        values.close();
    }
}
