package io.dstream.kafka;

import io.dstream.function.StreamingException;
import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkConflictException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of a group, as one transactional producer commits them: its epoch is that of its {@code transactional.id}.
 *
 * <p>Used by one thread at a time.
 */
final class KafkaGroupOffsetSession implements OffsetStoreSession {

    private static final int TRANSACTION_MILLIS =
            15 * 60 * 1_000; // else a broker that comes back after a minute fences us

    private final OffsetStoreContext context;
    private final Producer<byte[], byte[]> producer;
    private final ConsumerGroupMetadata group;
    private final Map<TopicPartition, Long> offsets;

    // Mutable state
    private Unfinished unfinished = Unfinished.NOTHING;

    private KafkaGroupOffsetSession(
            OffsetStoreContext context,
            Producer<byte[], byte[]> producer,
            ConsumerGroupMetadata group,
            Map<TopicPartition, Long> offsets) {
        this.context = context;
        this.producer = producer;
        this.group = group;
        this.offsets = Map.copyOf(offsets);
    }

    /** What an attempt has left that nobody knows the outcome of. */
    private enum Unfinished {
        NOTHING,
        TRANSACTION,
        COMMIT
    }

    /** As {@link OffsetStore#open}. */
    static KafkaGroupOffsetSession open(OffsetStoreContext context, Map<String, Object> producerConfig)
            throws InterruptedException {
        @Nullable Producer<byte[], byte[]> producer = null;
        try {
            producer = new KafkaProducer<>(
                    configOfProducer(context, producerConfig), new ByteArraySerializer(), new ByteArraySerializer());
            producer.initTransactions();
            return new KafkaGroupOffsetSession(context, producer, group(context), read(context));
        } catch (KafkaException failure) {
            close(producer);
            throw translatedAtStart(context, failure);
        } catch (RuntimeException | InterruptedException failure) {
            close(producer);
            throw failure;
        }
    }

    private static Map<String, Object> configOfProducer(OffsetStoreContext context, Map<String, Object> own) {
        Map<String, Object> config = common(context, ProducerConfig.configNames());
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, context.timeout().toMillis());
        config.put(ProducerConfig.CLIENT_ID_CONFIG, clientId(context));
        config.putAll(own);
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, KafkaGroupOffsetStore.TRANSACTIONAL_ID + context.group());
        return config;
    }

    private static String clientId(OffsetStoreContext context) {
        return "dstream-" + context.pipeline() + "-" + context.input() + "-offsets";
    }

    /** What the consumers have of the configuration of other clients. */
    private static Map<String, Object> common(OffsetStoreContext context, Set<String> names) {
        Map<String, Object> config = new HashMap<>(context.consumerConfig());
        config.keySet().retainAll(names);
        config.remove(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG); // those of consumers
        config.remove(ProducerConfig.CLIENT_ID_CONFIG);
        return config;
    }

    /** Only a consumer can tell; this one never connects. */
    private static ConsumerGroupMetadata group(OffsetStoreContext context) {
        Map<String, Object> config = common(context, ConsumerConfig.configNames());
        config.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, context.group());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.groupMetadata();
        }
    }

    /** After the producer has been initialized: no transaction of an earlier one is open then, but others may commit to the group. */
    private static Map<TopicPartition, Long> read(OffsetStoreContext context) throws InterruptedException {
        try (Admin admin = ClientConfig.ofConsumers(context.consumerConfig())
                .admin(
                        clientId(context) + "-admin",
                        Math.toIntExact(context.timeout().toMillis()))) {
            Set<TopicPartition> all = list(admin, context, false).keySet();
            Map<TopicPartition, Long> settled = list(admin, context, true);
            if (!settled.keySet().containsAll(all)) { // the client leaves out what is about to change
                throw new SourceUnavailableException(
                        "The offsets of input " + context + " wait for the end of a transaction that changes them",
                        null);
            }
            return settled;
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof KafkaException cause ? cause : new KafkaException(failure);
        }
    }

    private static Map<TopicPartition, Long> list(Admin admin, OffsetStoreContext context, boolean settled)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> found = new HashMap<>();
        admin.listConsumerGroupOffsets(context.group(), new ListConsumerGroupOffsetsOptions().requireStable(settled))
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> found.put(partition, offset.offset()));
        return found;
    }

    @Override
    public Map<TopicPartition, Long> offsets() {
        return offsets;
    }

    @Override
    public void save(Map<TopicPartition, Long> newOffsets) {
        try {
            finish();
            producer.beginTransaction();
            unfinished = Unfinished.TRANSACTION;
            producer.sendOffsetsToTransaction(metadata(newOffsets), group);
            unfinished = Unfinished.COMMIT;
            commit();
        } catch (KafkaException failure) {
            throw translated(context, failure);
        }
    }

    /** A request whose answer was not awaited is made again; what fails otherwise is undone. */
    private void finish() {
        if (unfinished == Unfinished.COMMIT) {
            commit();
        } else if (unfinished == Unfinished.TRANSACTION) {
            abort();
        }
    }

    /** A producer that cannot even do that has come to its end. To make another one might fence who has taken over. */
    private void abort() {
        try {
            producer.abortTransaction();
            unfinished = Unfinished.NOTHING;
        } catch (RetriableException | InterruptException late) {
            throw late;
        } catch (KafkaException end) {
            throw overtaken(context);
        }
    }

    private void commit() {
        try {
            producer.commitTransaction();
            unfinished = Unfinished.NOTHING;
        } catch (RetriableException | InterruptException late) {
            throw late;
        } catch (KafkaException failure) {
            unfinished = Unfinished.TRANSACTION;
            throw failure;
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> metadata(Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
        offsets.forEach((partition, offset) -> all.put(partition, new OffsetAndMetadata(offset)));
        return all;
    }

    private static RuntimeException translatedAtStart(OffsetStoreContext context, KafkaException failure) {
        RuntimeException translated = translated(context, failure);
        return translated instanceof SourceUnavailableException
                        || translated instanceof SinkConflictException
                        || translated instanceof InterruptException
                ? translated
                : new KafkaStreamException(
                        "The offsets of input " + context + " cannot be committed by a transactional producer: "
                                + message(failure),
                        "Give the user of the consumers the rights Write and Describe on transactional.id '"
                                + KafkaGroupOffsetStore.TRANSACTIONAL_ID + context.group()
                                + "', or correct what withProducerConfig says",
                        failure);
    }

    private static RuntimeException translated(OffsetStoreContext context, KafkaException failure) {
        if (has(failure, ProducerFencedException.class) || has(failure, InvalidProducerEpochException.class)) {
            return overtaken(context);
        }
        if (failure instanceof InterruptException) {
            return failure;
        }
        if (failure instanceof RetriableException || ClientConfig.noNameIsKnown(failure)) {
            return new SourceUnavailableException(
                    "Kafka is away when the offsets of input " + context + " are committed: " + message(failure),
                    failure);
        }
        return new StreamingException(
                "The offsets of input " + context + " cannot be committed: " + message(failure)
                        + ". If there are other consumers in the group, give the stream a group of its own",
                failure);
    }

    private static SinkConflictException overtaken(OffsetStoreContext context) {
        return new SinkConflictException("The offsets of input " + context
                + " belong to an instance that was started later, or to another stream of the group. This one commits"
                + " nothing more; stop it, or start it again to take them back; two streams need two groups");
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> type) {
        return StreamingException.causes(failure).anyMatch(type::isInstance);
    }

    private static String message(KafkaException failure) {
        if (ClientConfig.noNameIsKnown(failure)) {
            return ClientConfig.NO_NAME;
        }
        return failure.getCause() == null ? String.valueOf(failure.getMessage()) : String.valueOf(failure.getCause());
    }

    @Override
    public void close() {
        close(producer);
    }

    private static void close(@Nullable Producer<byte[], byte[]> producer) {
        if (producer != null) {
            ClientConfig.close(producer, Duration.ZERO);
        }
    }
}
