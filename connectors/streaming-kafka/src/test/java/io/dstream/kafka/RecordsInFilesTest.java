package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.DStream;
import io.dstream.event.BatchInfo;
import io.dstream.rdd.Pair;
import io.dstream.rdd.StorageLevel;
import io.dstream.time.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records as they are, without a map before it, in windows, states and persisted rows. */
class RecordsInFilesTest {

    @TempDir
    private Path directory;

    private final TestKafka kafka = TestKafka.shared();
    private final String group = TestKafka.newName("group");
    private final String topic = kafka.newTopic(1);
    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final List<ConsumerRecord<String, String>> seen = new CopyOnWriteArrayList<>();
    private TestPipeline pipeline;

    @BeforeEach
    void open() {
        pipeline = pipeline();
    }

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void theRecordsOfAWindowComeBackAfterARestart() {
        collect(stream().window(Duration.ofSeconds(10)));
        kafka.sendWithHeader(topic, 0, "key", "value", "trace", "id");
        kafka.sendWithHeader(topic, 0, null, null, "empty", null);
        pipeline.runBatch();
        List<String> before = described();
        kafka.deleteRecords(topic, 0, 2); // so they come from nowhere else
        restart();
        collect(stream().window(Duration.ofSeconds(10)));
        pipeline.runBatch();
        assertThat(described()).isEqualTo(before).hasSize(2);
    }

    @Test
    void aStateMayBeARecord() {
        collectLast();
        kafka.sendWithHeader(topic, 0, "key", "value", "trace", "id");
        pipeline.runBatch();
        List<String> before = described();
        restart();
        collectLast();
        pipeline.runBatch();
        assertThat(described()).isEqualTo(before).hasSize(1);
    }

    @Test
    void recordsCanBePersistedInFiles() {
        DStream<ConsumerRecord<String, String>> stream = stream().filter(record -> true);
        stream.persist(StorageLevel.DISK_ONLY);
        collect(stream);
        collect(stream);
        kafka.sendWithHeader(topic, 0, "key", "value", "trace", "id");
        pipeline.runBatch();
        assertThat(described()).hasSize(2);
        assertThat(seen.get(0)).isNotSameAs(seen.get(1));
    }

    @Test
    void valuesOfClassesThatAreNotAllowedFailTheBatchAndAreNamed() {
        Map<String, Object> params = kafka.params(group);
        params.put("value.deserializer", OrderDeserializer.class);
        KafkaUtils.createDirectStream(
                        pipeline.context(),
                        LocationStrategies.PreferConsistent(),
                        ConsumerStrategies.<String, Order>Subscribe(List.of(topic), params))
                .window(Duration.ofSeconds(2))
                .foreachRDD(rdd -> {});
        kafka.send(topic, 0, "1");
        BatchInfo batch = pipeline.runBatch();
        assertThat(batch.status()).isEqualTo(BatchInfo.Status.FAILED);
        assertThat(batch.failureReason())
                .contains("Class " + Order.class.getName() + " must not be in files")
                .contains("StreamingConfig.withAllowedPackages");
    }

    private void collectLast() {
        stream()
                .mapToPair(record -> Pair.of(record.key(), record))
                .updateStateByKey(
                        (List<ConsumerRecord<String, String>> records, Optional<ConsumerRecord<String, String>> last) ->
                                records.isEmpty() ? last : Optional.of(records.get(records.size() - 1)))
                .foreachRDD(rdd -> seen.addAll(rdd.values().collect()));
    }

    private void collect(DStream<ConsumerRecord<String, String>> stream) {
        stream.foreachRDD(rdd -> seen.addAll(rdd.collect()));
    }

    private DStream<ConsumerRecord<String, String>> stream() {
        return KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                ConsumerStrategies.Subscribe(List.of(topic), kafka.params(group)));
    }

    private void restart() {
        pipeline.close();
        seen.clear();
        pipeline = pipeline();
    }

    private TestPipeline pipeline() {
        return new TestPipeline(clock, config -> config.withCheckpointDirectory(directory), settings -> settings);
    }

    /** All that is known of the records that were seen. */
    private List<String> described() {
        List<String> described = new ArrayList<>();
        for (ConsumerRecord<String, String> record : seen) {
            List<Object> parts = new ArrayList<>(List.of(
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    record.timestamp(),
                    record.timestampType(),
                    record.serializedKeySize(),
                    record.serializedValueSize(),
                    record.leaderEpoch(),
                    record.deliveryCount()));
            parts.add(record.key());
            parts.add(record.value());
            for (Header header : record.headers()) {
                byte[] value = header.value();
                parts.add(header.key() + "=" + (value == null ? null : new String(value, StandardCharsets.UTF_8)));
            }
            described.add(parts.toString());
        }
        return described;
    }

    record Order(int number) {}

    /** Makes orders of texts. */
    public static final class OrderDeserializer implements Deserializer<Order> {

        @Override
        public Order deserialize(String topicOfRecord, byte[] data) {
            return new Order(Integer.parseInt(new String(data, StandardCharsets.UTF_8)));
        }
    }
}
