package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.function.Function;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.time.StreamClock;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a direct stream has of its records where a message handler makes its rows. */
class MessageHandlerTest {

    private final TestKafka kafka = TestKafka.shared();
    private final String group = TestKafka.newName("group");
    private TestPipeline pipeline = new TestPipeline();

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void itsRowsAreInThePartitionsOfTheirRecordsAndCommitted() {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 1, "c");
        kafka.send(topic, 0, "a", "b");
        List<List<String>> partitions = new CopyOnWriteArrayList<>();
        List<OffsetRange> ranges = new CopyOnWriteArrayList<>();
        stream(topic, record -> record.value() + record.offset()).foreachRDD(rdd -> {
            partitions.addAll(rdd.glom().collect());
            ranges.addAll(List.of(HasOffsetRanges.of(rdd).offsetRanges()));
        });
        BatchInfo batch = pipeline.runBatch();
        assertThat(partitions).containsExactly(List.of("a0", "b1"), List.of("c0"));
        assertThat(ranges).containsExactly(OffsetRange.create(topic, 0, 0, 2), OffsetRange.create(topic, 1, 0, 1));
        assertThat(batch.inputs().get(0).records()).isEqualTo(3);
        pipeline.close();
        assertThat(kafka.committed(group, partitions(topic))).containsValues(2L, 1L);
    }

    @Test
    void recordsBehindTheBatchAreHandledOnce() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "1", "2", "3", "4", "5");
        use(new TestPipeline(config -> config.withMaxRecordsPerBatch(2)));
        AtomicInteger calls = new AtomicInteger();
        pipeline.collectValues(stream(topic, record -> {
            calls.incrementAndGet();
            return record.value();
        }));
        pipeline.runBatch();
        pipeline.runBatch();
        pipeline.runBatch();
        assertThat(pipeline.all()).containsExactly("1", "2", "3", "4", "5");
        assertThat(calls).hasValue(5);
    }

    @Test
    void onlyWhatItMakesStaysInMemory() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "a", "b", "c");
        List<WeakReference<ConsumerRecord<String, String>>> records = new CopyOnWriteArrayList<>();
        AtomicBoolean gone = new AtomicBoolean();
        stream(topic, record -> {
                    records.add(new WeakReference<>(record));
                    return record.value();
                })
                .foreachRDD(rdd -> {
                    assertThat(rdd.count()).isEqualTo(3);
                    awaitEndOf(records);
                    gone.set(true);
                });
        pipeline.runBatch();
        assertThat(records).hasSize(3);
        assertThat(gone).isTrue();
    }

    @Test
    void aRecordThatItFailsForFailsTheBatch() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "1", "x");
        List<Integer> numbers = new CopyOnWriteArrayList<>();
        stream(topic, record -> Integer.parseInt(record.value())).foreachRDD(rdd -> numbers.addAll(rdd.collect()));
        BatchInfo batch = pipeline.runBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason())
                .contains("The message handler has failed for the record of " + topic + "-0 at offset 1")
                .contains("NumberFormatException");
        assertThat(numbers).isEmpty();
    }

    @Test
    void aBatchThatIsTriedAgainHasItsRowsOnce() {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 0, "1", "2", "3", "4");
        kafka.send(topic, 1, "5", "6");
        use(new TestPipeline(
                StreamClock.system(),
                config -> config.withBatchInterval(Duration.ofMillis(50))
                        .withMaxRecordsPerBatch(4)
                        .withFailure(new FailureSettings(Policy.STOP, 4, Duration.ofMillis(1), failure -> false)),
                settings -> settings));
        AtomicInteger failures = new AtomicInteger(3);
        pipeline.collectValues(stream(topic, record -> {
            if (record.value().equals("2") && failures.getAndDecrement() > 0) {
                throw new IllegalStateException("not yet");
            }
            return record.value();
        }));
        pipeline.start();
        pipeline.await(() -> pipeline.all().size() >= 6);
        assertThat(pipeline.all()).containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6");
        assertThat(failures.get()).isNegative();
    }

    @Test
    void itsStreamIsReadAsFastAsItsPartitionsAreAllowed() {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 0, "1", "2", "3");
        kafka.send(topic, 1, "a", "b");
        pipeline.collectValues(KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                strategy(topic),
                partition -> 2 - partition.partition(),
                ConsumerRecord::value));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("1", "2", "a");
    }

    @Test
    void itMustBeThere() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaUtils.createDirectStream(
                        pipeline.context(), strategy("topic"), (Function<ConsumerRecord<String, String>, String>) null))
                .withMessageContaining("messageHandler");
    }

    private <R> KafkaDStream<R> stream(String topic, Function<ConsumerRecord<String, String>, R> handler) {
        return KafkaUtils.createDirectStream(pipeline.context(), strategy(topic), handler);
    }

    private ConsumerStrategy<String, String> strategy(String topic) {
        Map<String, Object> params = kafka.params(group);
        return ConsumerStrategies.Subscribe(List.of(topic), params);
    }

    private static List<TopicPartition> partitions(String topic) {
        return List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
    }

    private void use(TestPipeline other) {
        pipeline.close();
        pipeline = other;
    }

    /** Fails if something holds them. */
    private static void awaitEndOf(List<WeakReference<ConsumerRecord<String, String>>> records) {
        for (int i = 0; i < 20 && records.stream().anyMatch(record -> record.get() != null); i++) {
            System.gc();
        }
        assertThat(records).allMatch(record -> record.get() == null);
    }
}
