package io.dstream.benchmarks;

import io.dstream.kafka.broker.KafkaBroker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A topic of four partitions, of a broker in a process of its own. Its records have 100 bytes: a key out of ten thousand, and a value.
 *
 * @param brokers as {@code bootstrap.servers}
 * @param name of the topic
 */
record KafkaTopic(String brokers, String name) {

    /** How many the filled topic has. */
    static final int RECORDS = 10_000_000;

    static final int PARTITIONS = 4;

    private static final int LENGTH = 100;
    private static final int KEYS = 10_000;
    private static final String BROKERS = "io.dstream.benchmarks.brokers";
    private static final String NAME = "io.dstream.benchmarks.topic";

    /** Made when the first comparison asks for it, because filling it takes long; ends with the process. */
    private static final class Shared {
        private static final KafkaBroker BROKER = KafkaBroker.start();
        private static final KafkaTopic FILLED = fill(create("filled"));
    }

    /** One with ten million records. */
    static KafkaTopic filled() {
        return Shared.FILLED;
    }

    /** A new one without records. */
    static KafkaTopic empty() {
        return create("empty-" + System.nanoTime());
    }

    /** In a process that was started with its {@link #options}. */
    static KafkaTopic ofOptions() {
        return new KafkaTopic(System.getProperty(BROKERS, ""), System.getProperty(NAME, ""));
    }

    /** Options of Java for a process that is to use it. None is for the heap: most services leave its size to Java. */
    List<String> options() {
        return List.of("-D" + BROKERS + "=" + brokers, "-D" + NAME + "=" + name);
    }

    /** Of a consumer that reads it from its beginning. */
    Map<String, Object> consumerParams() {
        Map<String, Object> params = new HashMap<>();
        params.put("bootstrap.servers", brokers);
        params.put("group.id", UUID.randomUUID().toString()); // nobody's committed offsets count
        params.put("auto.offset.reset", "earliest");
        params.put("enable.auto.commit", "false");
        params.put("key.deserializer", StringDeserializer.class);
        params.put("value.deserializer", StringDeserializer.class);
        params.put("max.poll.records", "5000"); // that of a direct stream, as the next one
        params.put("receive.buffer.bytes", "-1");
        return params;
    }

    KafkaProducer<String, String> producer() {
        Map<String, Object> config = Map.of("bootstrap.servers", brokers, "acks", "1", "linger.ms", "1");
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    ProducerRecord<String, String> record(long number) {
        String key = "key-" + number * 7_919 % KEYS;
        return new ProducerRecord<>(name, (int) (number % PARTITIONS), key, "v".repeat(LENGTH - key.length()));
    }

    private static KafkaTopic create(String name) {
        KafkaTopic topic = new KafkaTopic(Shared.BROKER.bootstrapServers(), name);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", topic.brokers))) {
            admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException failure) {
            throw new IllegalStateException(failure);
        }
        return topic;
    }

    private static KafkaTopic fill(KafkaTopic topic) {
        try (KafkaProducer<String, String> producer = topic.producer()) {
            for (long number = 0; number < RECORDS; number++) {
                Future<?> unused = producer.send(topic.record(number));
            }
        }
        return topic;
    }
}
