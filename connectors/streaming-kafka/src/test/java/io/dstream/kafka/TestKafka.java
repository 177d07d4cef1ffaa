package io.dstream.kafka;

import io.dstream.kafka.broker.KafkaBroker;
import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** The broker that all tests of this process share, and what they do to it. */
final class TestKafka {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaBroker broker = KafkaBroker.start();
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    // One request at a time: of a new partition a broker may refuse a first batch, take the second, and never take the
    // first after that.
    private final KafkaProducer<String, String> producer = producer(Map.of("max.in.flight.requests.per.connection", 1));

    private TestKafka() {}

    /** Made when the first test asks for it. */
    private static final class Shared {
        private static final TestKafka INSTANCE = new TestKafka();
    }

    static TestKafka shared() {
        return Shared.INSTANCE;
    }

    KafkaBroker broker() {
        return broker;
    }

    Admin admin() {
        return admin;
    }

    static String newName(String kind) {
        return kind + "-" + NAMES.incrementAndGet();
    }

    /** A new topic without records. */
    String newTopic(int partitions) {
        return newTopic(newName("topic"), partitions, Map.of());
    }

    String newTopic(String name, int partitions, Map<String, String> config) {
        get(admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(config)))
                .all());
        return name;
    }

    void deleteTopic(String topic) {
        get(admin.deleteTopics(List.of(topic)).all());
    }

    void setPartitions(String topic, int partitions) {
        get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                .all());
    }

    /** As retention does. */
    void deleteRecords(String topic, int partition, long before) {
        get(admin.deleteRecords(Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before)))
                .all());
    }

    /** Returns when the broker has them. */
    void send(String topic, int partition, String... values) {
        List<Future<?>> sent = new ArrayList<>();
        for (String value : values) {
            sent.add(producer.send(new ProducerRecord<>(topic, partition, "key", value)));
        }
        producer.flush();
        sent.forEach(TestKafka::requireSent);
    }

    private static void requireSent(Future<?> record) {
        try {
            record.get();
        } catch (InterruptedException | ExecutionException failure) {
            throw new IllegalStateException("A record of a test was not sent", failure);
        }
    }

    void sendKeyed(String topic, int partition, String key, String value) {
        requireSent(producer.send(new ProducerRecord<>(topic, partition, key, value)));
    }

    void sendWithHeader(
            String topic,
            int partition,
            @Nullable String key,
            @Nullable String value,
            String header,
            @Nullable String headerValue) {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, partition, key, value);
        record.headers().add(header, headerValue == null ? null : headerValue.getBytes(StandardCharsets.UTF_8));
        requireSent(producer.send(record));
    }

    /** Sends records in a transaction, and commits or aborts it; returns when readers see its end. */
    void sendInTransaction(boolean commits, String topic, int partition, String... values) {
        String id = newName("tx");
        try (KafkaProducer<String, String> transactional = producer(Map.of("transactional.id", id))) {
            transactional.initTransactions();
            transactional.beginTransaction();
            for (String value : values) {
                Future<?> unused = transactional.send(new ProducerRecord<>(topic, partition, "key", value));
            }
            transactional.flush();
            if (commits) {
                transactional.commitTransaction();
            } else {
                transactional.abortTransaction();
            }
        }
        awaitTransaction(id, commits ? TransactionState.COMPLETE_COMMIT : TransactionState.COMPLETE_ABORT);
    }

    /** Until the last transaction of a producer is in a state; brokers mark its end in topics after they have answered. */
    void awaitTransaction(String id, TransactionState state) {
        StreamClock clock = StreamClock.system();
        Instant deadline = clock.now().plus(PATIENCE);
        while (get(admin.describeTransactions(Set.of(id)).description(id)).state() != state) {
            if (clock.now().isAfter(deadline)) {
                throw new IllegalStateException("transaction " + id + " does not come to " + state);
            }
            try {
                clock.await(new Signal(), clock.now().plusMillis(10));
            } catch (InterruptedException failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    KafkaProducer<String, String> producer(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", broker.bootstrapServers()));
        config.putAll(more);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    /**
     * What those see who read only what is committed, of all partitions one after the other, up to what is there now; waits for the end
     * of transactions.
     */
    List<ConsumerRecord<String, String>> readCommitted(String topic) {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(params("isolation.level", "read_committed"))) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .sorted(Comparator.comparingInt(TopicPartition::partition))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
            Map<TopicPartition, ListOffsetsResultInfo> ends =
                    get(admin.listOffsets(latest).all());
            Map<TopicPartition, List<ConsumerRecord<String, String>>> read = new HashMap<>();
            while (partitions.stream()
                    .anyMatch(partition ->
                            consumer.position(partition) < ends.get(partition).offset())) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> read.computeIfAbsent(
                                new TopicPartition(topic, record.partition()), key -> new ArrayList<>())
                        .add(record));
            }
            return partitions.stream()
                    .flatMap(partition -> read.getOrDefault(partition, List.of()).stream())
                    .toList();
        }
    }

    /** The values of them, in the order of values. */
    List<String> committedValues(String topic) {
        return readCommitted(topic).stream().map(ConsumerRecord::value).sorted().toList();
    }

    /** Those of a producer of strings, with some of them changed. */
    Map<String, Object> producerParams(Map<String, Object> changed) {
        Map<String, Object> params = new HashMap<>();
        params.put("bootstrap.servers", broker.bootstrapServers());
        params.put("key.serializer", StringSerializer.class);
        params.put("value.serializer", StringSerializer.class);
        params.put("max.block.ms", "3000");
        params.putAll(changed);
        return params;
    }

    /** What a group has committed of a partition, once no transaction is about to change it. */
    OffsetAndMetadata stable(String group, TopicPartition partition) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(params(group))) {
            return Objects.requireNonNull(
                    consumer.committed(Set.of(partition), PATIENCE).get(partition), "nothing is committed");
        }
    }

    /** What a group has committed, by partition; -1 where it has nothing; does not wait for the end of transactions. */
    Map<TopicPartition, Long> committed(String group, Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets =
                get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        Map<TopicPartition, Long> committed = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata offset = offsets.get(partition);
            committed.put(partition, offset == null ? -1 : offset.offset());
        }
        return committed;
    }

    /** All records of a topic, partition by partition, whatever became of their transactions. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (PartitionInfo info : consumer.partitionsFor(topic)) {
                TopicPartition partition = new TopicPartition(topic, info.partition());
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                while (consumer.position(partition) < end) {
                    consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                }
            }
        }
        return records;
    }

    void commit(String group, TopicPartition partition, long offset) {
        get(admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(offset)))
                .all());
    }

    /** Those of a consumer that begins at the first record, in a group. */
    Map<String, Object> params(String group) {
        Map<String, Object> params = new HashMap<>();
        params.put("bootstrap.servers", broker.bootstrapServers());
        params.put("group.id", group);
        params.put("key.deserializer", StringDeserializer.class);
        params.put("value.deserializer", StringDeserializer.class);
        params.put("auto.offset.reset", "earliest");
        params.put("default.api.timeout.ms", "3000");
        return params;
    }

    /** Those of a consumer in a new group, with one of them changed. */
    Map<String, Object> params(String key, Object value) {
        Map<String, Object> params = params(newName("group"));
        params.put(key, value);
        return params;
    }

    private static <T> T get(KafkaFuture<T> answer) {
        try {
            return answer.get();
        } catch (InterruptedException | ExecutionException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
