package io.dstream.jdbc;

import io.dstream.kafka.ConsumerStrategies;
import io.dstream.kafka.ConsumerStrategy;
import io.dstream.kafka.HasOffsetRanges;
import io.dstream.kafka.OffsetRange;
import io.dstream.kafka.broker.KafkaBroker;
import io.dstream.rdd.RDD;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A topic with the numbers from 1 on, in a real broker that all tests of the process share.
 *
 * @param name the topic
 * @param numbers how many there are
 */
record NumberTopic(String name, int numbers) {

    private static final int PARTITIONS = 3;
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Started by the first test that needs it; ends with the process. */
    private static final class Broker {
        private static final KafkaBroker SHARED = KafkaBroker.start();
    }

    static String brokers() {
        return Broker.SHARED.bootstrapServers();
    }

    /** Makes a topic; one request at a time, since of a new partition a broker may take the second without the first. */
    static NumberTopic create(int numbers) throws Exception {
        String name = "numbers-" + COUNT.incrementAndGet();
        Map<String, Object> config = Map.of("bootstrap.servers", brokers(), "max.in.flight.requests.per.connection", 1);
        List<Future<?>> sent = new ArrayList<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers()));
                KafkaProducer<String, String> producer =
                        new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            for (int number = 1; number <= numbers; number++) {
                sent.add(
                        producer.send(new ProducerRecord<>(name, number % PARTITIONS, null, Integer.toString(number))));
            }
        }
        for (Future<?> record : sent) {
            record.get();
        }
        return new NumberTopic(name, numbers);
    }

    /** What the records of a topic are read by. */
    static ConsumerStrategy<String, String> strategy(String brokers, String topic) {
        return ConsumerStrategies.Subscribe(
                List.of(topic),
                Map.of(
                        "bootstrap.servers",
                        brokers,
                        "group.id",
                        "numbers",
                        "key.deserializer",
                        StringDeserializer.class,
                        "value.deserializer",
                        StringDeserializer.class,
                        "auto.offset.reset",
                        "earliest"));
    }

    /** Says on standard output that a batch with numbers has got there, and whether it was the last one. */
    static void tell(RDD<ConsumerRecord<String, String>> rdd, long all) {
        OffsetRange[] ranges = HasOffsetRanges.of(rdd).offsetRanges();
        if (Arrays.stream(ranges).anyMatch(range -> range.count() > 0)) {
            long moved =
                    Arrays.stream(ranges).mapToLong(OffsetRange::untilOffset).sum();
            System.out.println(moved == all ? "moved" : "batch");
        }
    }
}
