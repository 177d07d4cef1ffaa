package io.dstream.kafka;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.function.Function;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.time.ManualClock;
import io.dstream.time.StreamClock;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        TopicPartition first = new TopicPartition(topic, 0);
        TopicPartition second = new TopicPartition(topic, 1);
        assertThat(kafka.committed(group, List.of(first, second))).isEqualTo(Map.of(first, 2L, second, 1L));
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
    void aRecordThatCannotBeDeserializedFailsTheBatchBeforeItIsHandled() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "no number of eight bytes");
        AtomicInteger calls = new AtomicInteger();
        KafkaUtils.createDirectStream(
                        pipeline.context(),
                        ConsumerStrategies.<String, Long>Subscribe(
                                List.of(topic), kafka.params("value.deserializer", LongDeserializer.class)),
                        record -> calls.incrementAndGet())
                .foreachRDD(rdd -> rdd.collect());
        BatchInfo batch = pipeline.runBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason()).contains("The record of " + topic + "-0 at offset 0 cannot be deserialized");
        assertThat(calls).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "3", "4", "5", "6"})
    void aBatchThatIsTriedAgainHasItsRowsOnceWhereverItFails(String poison) {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 0, "1", "2", "3", "4");
        kafka.send(topic, 1, "5", "6");
        useRealTime(new FailureSettings(Policy.STOP, 4, Duration.ofMillis(1), failure -> false));
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>(
                List.of(new AssertionError(), new IllegalStateException(), new InterruptedException()));
        pipeline.collectValues(stream(topic, record -> {
            if (record.value().equals(poison) && !failures.isEmpty()) {
                throwAny(failures.remove());
            }
            return record.value();
        }));
        pipeline.start();
        pipeline.await(() -> pipeline.all().size() >= 6);
        assertThat(pipeline.all()).containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6");
        assertThat(failures).isEmpty();
    }

    @Test
    void aSystemThatItFindsAwayIsWaitedFor() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "a");
        useRealTime(new FailureSettings(Policy.STOP, 1, Duration.ofMillis(1), ConnectException.class::isInstance));
        AtomicInteger calls = new AtomicInteger();
        pipeline.collectValues(stream(topic, record -> {
            if (calls.incrementAndGet() < 4) {
                throw new ConnectException("a dictionary is away");
            }
            return record.value();
        }));
        pipeline.start();
        pipeline.await(() -> !pipeline.all().isEmpty());
        assertThat(pipeline.all()).containsExactly("a");
    }

    @Test
    void anInterruptThatItLeavesBehindEndsNothing() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "a", "b");
        pipeline.collectValues(stream(topic, record -> {
            Thread.currentThread().interrupt();
            return record.value();
        }));
        pipeline.runBatch();
        kafka.send(topic, 0, "c");
        pipeline.runBatch();
        assertThat(pipeline.all()).containsExactly("a", "b", "c");
    }

    @Test
    void itIsNotCalledAnyMoreOnceItsStreamHasStopped() throws InterruptedException {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "a", "b", "c");
        useRealTime(new FailureSettings(Policy.STOP, 1, Duration.ofMillis(1), failure -> false));
        CountDownLatch called = new CountDownLatch(1);
        Queue<Thread> callers = new ConcurrentLinkedQueue<>();
        pipeline.collectValues(stream(topic, record -> {
            callers.add(Thread.currentThread());
            called.countDown();
            return awaitInterrupt() + record.value();
        }));
        pipeline.start();
        assertThat(called.await(30, SECONDS)).isTrue();
        pipeline.close();
        assertThat(callers).hasSize(1).allMatch(caller -> !caller.isAlive());
    }

    @Test
    void itsRowsMayBeNullAndPassOverOffsetsWithoutARecord() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "nothing");
        kafka.sendInTransaction(false, topic, 0, "aborted");
        kafka.send(topic, 0, "row");
        List<@Nullable String> rows = new ArrayList<>();
        KafkaUtils.createDirectStream(
                        pipeline.context(),
                        ConsumerStrategies.<String, String>Subscribe(
                                List.of(topic), kafka.params("isolation.level", "read_committed")),
                        record -> record.value().equals("nothing") ? null : record.value())
                .foreachRDD(rdd -> rows.addAll(rdd.collect()));
        pipeline.runBatch();
        assertThat(rows).containsExactly(null, "row");
    }

    @Test
    void aRestartHasTheRowsOfItsWindows(@TempDir Path directory) {
        String topic = kafka.newTopic(1);
        ManualClock clock = new ManualClock(Instant.EPOCH);
        kafka.send(topic, 0, "a");
        useDirectory(directory, clock);
        pipeline.collectValues(stream(topic, ConsumerRecord::value).window(Duration.ofSeconds(9)));
        pipeline.runBatch();
        kafka.send(topic, 0, "x");
        pipeline.runBatch();
        useDirectory(directory, clock);
        pipeline.collectValues(stream(topic, ConsumerRecord::value).window(Duration.ofSeconds(9)));
        kafka.send(topic, 0, "b");
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("a", "x", "b");
    }

    @Test
    void itsStreamIsReadAsFastAsItsPartitionsAreAllowed() {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 0, "1", "2", "3");
        kafka.send(topic, 1, "a", "b");
        pipeline.collectValues(KafkaUtils.createDirectStream(
                pipeline.context(), strategy(topic), partition -> 2 - partition.partition(), ConsumerRecord::value));
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
        return ConsumerStrategies.Subscribe(List.of(topic), kafka.params(group));
    }

    private void useRealTime(FailureSettings failure) {
        use(new TestPipeline(
                StreamClock.system(),
                config -> config.withBatchInterval(Duration.ofMillis(50))
                        .withMaxRecordsPerBatch(4)
                        .withFailure(failure),
                settings -> settings));
    }

    private void useDirectory(Path directory, ManualClock clock) {
        use(new TestPipeline(clock, config -> config.withCheckpointDirectory(directory), settings -> settings));
    }

    private static void throwAny(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }

    private void use(TestPipeline other) {
        pipeline.close();
        pipeline = other;
    }

    /** Waits for an interrupt, and keeps it to itself. */
    private static String awaitInterrupt() {
        try {
            new CountDownLatch(1).await();
            return "never";
        } catch (InterruptedException expected) {
            return "interrupted";
        }
    }

    /** Fails if something holds them. */
    private static void awaitEndOf(List<WeakReference<ConsumerRecord<String, String>>> records) {
        for (int i = 0; i < 20 && records.stream().anyMatch(record -> record.get() != null); i++) {
            System.gc();
        }
        assertThat(records).allMatch(record -> record.get() == null);
    }
}
