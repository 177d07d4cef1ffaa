package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.event.BatchInfo;
import io.dstream.event.InputInfo;
import io.dstream.time.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/** What is in the batches of a direct stream. */
class DirectStreamTest {

    private final TestKafka kafka = TestKafka.shared();
    private TestPipeline pipeline = new TestPipeline();

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void aBatchHasTheRecordsThatHaveComeSinceTheOneBefore() {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 0, "a", "b");
        pipeline.collect(stream(topic));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("a", "b");
        kafka.send(topic, 1, "c");
        kafka.send(topic, 0, "d");
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("d", "c");
        pipeline.runBatch();
        assertThat(pipeline.last()).isEmpty();
    }

    @Test
    void thereIsAPartitionForEachOfTheTopicsInTheirOrder() {
        String second = kafka.newTopic(1);
        String first = kafka.newTopic("a-" + second, 3, Map.of());
        kafka.send(first, 2, "x");
        kafka.send(second, 0, "y");
        List<List<String>> partitions = new CopyOnWriteArrayList<>();
        stream(second, first).map(ConsumerRecord::value).glom().foreachRDD(rdd -> partitions.addAll(rdd.collect()));
        pipeline.runBatch();
        assertThat(partitions).containsExactly(List.of(), List.of(), List.of("x"), List.of("y"));
    }

    @Test
    void offsetRangesAreKnownInTransformAndForeachRDD() {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 1, "a", "b");
        List<OffsetRange> seen = new CopyOnWriteArrayList<>();
        DirectKafkaDStream<String, String> stream = stream(topic);
        stream.transform(rdd -> {
                    seen.addAll(List.of(HasOffsetRanges.of(rdd).offsetRanges()));
                    return rdd;
                })
                .foreachRDD(rdd -> {});
        stream.foreachRDD(rdd -> seen.addAll(List.of(HasOffsetRanges.of(rdd).offsetRanges())));
        pipeline.runBatch();
        OffsetRange empty = OffsetRange.create(topic, 0, 0, 0);
        OffsetRange two = OffsetRange.create(topic, 1, 0, 2);
        assertThat(seen).containsExactly(empty, two, empty, two);
    }

    @Test
    void offsetRangesAreKnownOfARememberedStreamAndOfNoOther() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "a");
        List<OffsetRange> seen = new CopyOnWriteArrayList<>();
        List<String> refusals = new CopyOnWriteArrayList<>();
        DirectKafkaDStream<String, String> stream = stream(topic);
        stream.remember(Duration.ofSeconds(3));
        stream.foreachRDD(rdd -> seen.addAll(List.of(HasOffsetRanges.of(rdd).offsetRanges())));
        stream.map(ConsumerRecord::value).foreachRDD(rdd -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HasOffsetRanges.of(rdd))
                    .satisfies(refusal -> refusals.add(refusal.getMessage()));
        });
        pipeline.runBatch();
        assertThat(seen).containsExactly(OffsetRange.create(topic, 0, 0, 1));
        assertThat(refusals).singleElement().asString().contains("'rdd' must be that of a direct stream");
    }

    @Test
    void withoutACommittedOffsetItBeginsAsItsConsumersSay() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "before");
        pipeline.collect(stream(kafka.params("auto.offset.reset", "latest"), topic));
        pipeline.start();
        kafka.send(topic, 0, "after");
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("after");
    }

    @Test
    void itBeginsAtADurationBeforeNow() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "sent after the epoch, where the clock of the test is");
        pipeline.collect(stream(kafka.params("auto.offset.reset", "by_duration:PT1H"), topic));
        pipeline.runBatch();
        assertThat(pipeline.last()).hasSize(1);
    }

    @Test
    void aStreamThatDoesNotKnowWhereToBeginDoesNotStart() {
        String topic = kafka.newTopic(1);
        pipeline.collect(stream(kafka.params("auto.offset.reset", "none"), topic));
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(pipeline::start)
                .withMessageContaining("It is not known where partition " + topic + "-0 begins")
                .withMessageContaining("Set 'auto.offset.reset' to earliest or latest");
    }

    @Test
    void itBeginsAtTheOffsetThatItsGroupHasCommitted() {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 0, "a", "b", "c");
        kafka.send(topic, 1, "d");
        String group = TestKafka.newName("group");
        kafka.commit(group, new TopicPartition(topic, 0), 2);
        pipeline.collect(stream(kafka.params(group), topic));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("c", "d");
    }

    @Test
    void startingOffsetsComeBeforeCommittedOnes() {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 0, "a", "b", "c");
        kafka.send(topic, 1, "d", "e");
        String group = TestKafka.newName("group");
        kafka.commit(group, new TopicPartition(topic, 0), 3);
        kafka.commit(group, new TopicPartition(topic, 1), 1);
        pipeline.collect(KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                ConsumerStrategies.<String, String>Subscribe(
                        List.of(topic), kafka.params(group), Map.of(new TopicPartition(topic, 0), 1L))));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("b", "c", "e");
    }

    @Test
    void someOfTheirPartitionsAreAssigned() {
        String topic = kafka.newTopic(3);
        for (int partition = 0; partition < 3; partition++) {
            kafka.send(topic, partition, "first of " + partition, "second of " + partition);
        }
        TopicPartition zero = new TopicPartition(topic, 0);
        pipeline.collect(KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferBrokers(),
                ConsumerStrategies.<String, String>Assign(
                        List.of(new TopicPartition(topic, 2), zero), kafka.params("group.id", "g"), Map.of(zero, 1L))));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("second of 0", "first of 2", "second of 2");
    }

    @Test
    void topicsThatMatchAPatternAreReadAlsoThoseThatComeLater() {
        String name = TestKafka.newName("pattern");
        kafka.newTopic(name + "-a", 1, Map.of());
        kafka.newTopic("other-" + name, 1, Map.of());
        kafka.send(name + "-a", 0, "a");
        kafka.send("other-" + name, 0, "other");
        pipeline.collect(KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferFixed(Map.of()),
                ConsumerStrategies.<String, String>SubscribePattern(
                        Pattern.compile(name + "-.*"), kafka.params("auto.offset.reset", "earliest"))));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("a");
        kafka.newTopic(name + "-b", 1, Map.of());
        kafka.send(name + "-b", 0, "b");
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("b");
    }

    @Test
    void aPartitionThatIsAddedIsReadFromItsFirstRecordWhateverItsConsumersSay() {
        String topic = kafka.newTopic(1);
        pipeline.collect(stream(kafka.params("auto.offset.reset", "latest"), topic));
        pipeline.runBatch();
        kafka.setPartitions(topic, 2);
        kafka.send(topic, 1, "in the new one");
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("in the new one");
    }

    @Test
    void aTopicThatIsMissingIsToldAndReadOnceItIsThere() {
        String topic = TestKafka.newName("missing");
        pipeline.collect(stream(kafka.params("auto.offset.reset", "latest"), topic));
        BatchInfo without = pipeline.runBatch();
        assertThat(without.inputs().get(0).description()).contains("there is no topic " + topic);
        kafka.newTopic(topic, 1, Map.of());
        kafka.send(topic, 0, "a");
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("a");
    }

    @Test
    void aBatchIsDescribedByItsRangesLargestFirst() {
        String topic = kafka.newTopic(3);
        kafka.send(topic, 0, "a");
        kafka.send(topic, 2, "b", "c");
        pipeline.collect(stream(topic));
        InputInfo input = pipeline.runBatch().inputs().get(0);
        assertThat(input.input()).isEqualTo("kafka-0");
        assertThat(input.records()).isEqualTo(3);
        assertThat(input.description())
                .isEqualTo("topic: " + topic + "\tpartition: 2\toffsets: 0 to 2\tcount: 2\n" + "topic: " + topic
                        + "\tpartition: 0\toffsets: 0 to 1\tcount: 1");
    }

    @Test
    void recordsAreFetchedOnceForAllOutputsAndWindows() {
        String topic = kafka.newTopic(2);
        CountingDeserializer values = new CountingDeserializer();
        ConsumerFactory<String, String> consumers =
                new DefaultKafkaConsumerFactory<>(kafka.params("group.id", "once"), new StringDeserializer(), values);
        DirectKafkaDStream<String, String> stream = KafkaUtils.createDirectStream(pipeline.context(), consumers, topic);
        pipeline.collect(stream);
        List<Long> counts = new CopyOnWriteArrayList<>();
        stream.window(Duration.ofSeconds(2)).foreachRDD(rdd -> counts.add(rdd.count()));
        stream.window(Duration.ofSeconds(3)).foreachRDD(rdd -> {
            counts.add(rdd.count());
            counts.add(rdd.count());
        });
        kafka.send(topic, 0, "a", "b");
        pipeline.runBatch();
        kafka.send(topic, 1, "c");
        pipeline.runBatch();
        pipeline.runBatch();
        assertThat(counts).containsExactly(2L, 2L, 2L, 3L, 3L, 3L, 1L, 3L, 3L);
        assertThat(values.calls).hasValue(3);
    }

    @Test
    void theReceiveBufferIsLeftToTheSystemUnlessTheConsumersHaveOne() {
        String topic = kafka.newTopic(1);
        assertThat(receiveBufferOf(kafka.params("buffers"), topic)).isEqualTo("-1");
        use(new TestPipeline());
        assertThat(receiveBufferOf(kafka.params("receive.buffer.bytes", 4096), topic))
                .isEqualTo(4096);
    }

    private @Nullable Object receiveBufferOf(Map<String, Object> params, String topic) {
        Map<String, Object> used = new ConcurrentHashMap<>();
        ConsumerFactory<String, String> consumers =
                new DefaultKafkaConsumerFactory<>(params, new StringDeserializer(), new StringDeserializer()) {
                    @Override
                    protected Consumer<String, String> createRawConsumer(Map<String, Object> config) {
                        used.putAll(config);
                        return super.createRawConsumer(config);
                    }
                };
        pipeline.collect(KafkaUtils.createDirectStream(pipeline.context(), consumers, topic));
        pipeline.runBatch();
        return used.get("receive.buffer.bytes");
    }

    @Test
    void theNextBatchIsFetchedWhileOneRuns() {
        String topic = kafka.newTopic(1);
        CountingDeserializer values = new CountingDeserializer();
        ConsumerFactory<String, String> consumers =
                new DefaultKafkaConsumerFactory<>(kafka.params("group.id", "ahead"), new StringDeserializer(), values);
        List<Integer> fetched = new CopyOnWriteArrayList<>();
        KafkaUtils.createDirectStream(pipeline.context(), consumers, topic).foreachRDD((rdd, time) -> {
            rdd.count();
            if (time.getEpochSecond() == 1) {
                kafka.send(topic, 0, "next");
                pipeline.advance(Duration.ofSeconds(1));
                values.awaitCalls(2);
                fetched.add(values.calls.get());
            }
        });
        kafka.send(topic, 0, "first");
        pipeline.runBatch();
        assertThat(fetched).containsExactly(2);
    }

    @Test
    void offsetsWithoutARecordArePassedOver() {
        String topic = kafka.newTopic(1);
        kafka.sendInTransaction(true, topic, 0, "a", "b");
        kafka.sendInTransaction(false, topic, 0, "aborted");
        kafka.sendInTransaction(true, topic, 0, "c");
        pipeline.collect(stream(kafka.params("isolation.level", "read_committed"), topic));
        BatchInfo batch = pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("a", "b", "c");
        assertThat(batch.inputs().get(0).records()).isEqualTo(3);
        kafka.sendInTransaction(false, topic, 0, "aborted");
        pipeline.runBatch();
        assertThat(pipeline.last()).isEmpty();
        kafka.send(topic, 0, "d");
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("d");
    }

    @Test
    void abortedRecordsAreReadUnlessTheConsumersReadCommittedOnes() {
        String topic = kafka.newTopic(1);
        kafka.sendInTransaction(false, topic, 0, "aborted");
        pipeline.collect(stream(topic));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("aborted");
    }

    @Test
    void compactedRecordsArePassedOver() {
        String topic = kafka.newTopic(
                TestKafka.newName("compacted"),
                1,
                Map.of(
                        "cleanup.policy", "compact",
                        "min.cleanable.dirty.ratio", "0.0001",
                        "segment.ms", "100",
                        "segment.bytes", "1048576"));
        for (int i = 0; i < 20; i++) {
            kafka.sendKeyed(topic, 0, "same", "value " + i);
        }
        awaitCompaction(topic);
        pipeline.collect(stream(topic));
        BatchInfo batch = pipeline.runBatch();
        assertThat(pipeline.last()).hasSizeLessThan(20).contains("value 19");
        assertThat(batch.inputs().get(0).records()).isEqualTo(pipeline.last().size());
    }

    @Test
    void theFirstBatchIsBoundedAndTheRestWaitsInOrder() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "1", "2", "3", "4", "5");
        use(new TestPipeline(config -> config.withMaxRecordsPerBatch(2)));
        pipeline.collect(stream(topic));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("1", "2");
        assertThat(pipeline.stream().lag()).isEqualTo(Map.of(new TopicPartition(topic, 0), 3L));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("3", "4");
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("5");
        assertThat(pipeline.stream().lag()).isEqualTo(Map.of(new TopicPartition(topic, 0), 0L));
    }

    @Test
    void aPartitionGivesNoMoreThanItsRate() {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 0, "1", "2", "3");
        kafka.send(topic, 1, "a", "b");
        pipeline.collect(KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                ConsumerStrategies.<String, String>Subscribe(List.of(topic), kafka.params("group.id", "rates")),
                partition -> 2 - partition.partition()));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("1", "2", "a");
    }

    @Test
    void theRateOfTheSettingsIsThatOfEachPartition() {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 0, "1", "2", "3");
        kafka.send(topic, 1, "a", "b");
        use(TestPipeline.with(settings -> settings.withMaxRatePerPartition(1)));
        pipeline.collect(stream(topic));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("1", "a");
    }

    @Test
    void whatComesWhileABacklogIsReadIsInTheFirstBatchThatHasRoomForIt() {
        Duration interval = Duration.ofMillis(100);
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "1", "2", "3", "4", "5");
        use(new TestPipeline(
                new ManualClock(Instant.EPOCH),
                config -> config.withBatchInterval(interval),
                settings -> settings.withMaxRatePerPartition(20).withDiscoveryInterval(Duration.ofSeconds(30))));
        pipeline.collect(stream(topic));
        pipeline.start();
        pipeline.runBatch(interval);
        assertThat(pipeline.last()).containsExactly("1", "2");
        kafka.send(topic, 0, "6", "7");
        pipeline.runBatch(interval);
        assertThat(pipeline.last()).containsExactly("3", "4");
        assertThat(pipeline.stream().lag()).containsExactly(Map.entry(new TopicPartition(topic, 0), 1L)); // not asked
        pipeline.runBatch(interval);
        assertThat(pipeline.last()).containsExactly("5", "6");
        pipeline.runBatch(interval);
        assertThat(pipeline.last()).containsExactly("7");
    }

    @Test
    void noMoreIsReadAheadOfSlowBatchesThanAPollGives() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, IntStream.range(0, 400).mapToObj(String::valueOf).toArray(String[]::new));
        use(TestPipeline.with(settings -> settings.withMaxRatePerPartition(5)));
        CountingDeserializer values = new CountingDeserializer();
        Map<String, Object> params = kafka.params("max.poll.records", 20);
        pipeline.collect(KafkaUtils.createDirectStream(
                pipeline.context(),
                new DefaultKafkaConsumerFactory<>(params, new StringDeserializer(), values),
                topic));
        for (int batch = 0; batch < 10; batch++) {
            pipeline.runBatch();
        }
        assertThat(pipeline.all()).hasSize(50);
        assertThat(values.calls.get()).isBetween(50, 50 + 20);
    }

    @Test
    void withBackpressureTheInitialRateIsSharedOutByLag() {
        String topic = kafka.newTopic(2);
        kafka.send(topic, 0, "1", "2", "3", "4", "5", "6", "7", "8", "9");
        kafka.send(topic, 1, "a", "b", "c");
        use(new TestPipeline(config ->
                config.withBackpressure(config.backpressure().withEnabled(true).withInitialRate(8))));
        pipeline.collect(stream(topic));
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("1", "2", "3", "4", "5", "6", "a", "b");
    }

    @Test
    void aRecordThatCannotBeDeserializedFailsTheBatchAndIsNamed() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "fine", "broken", "fine");
        ConsumerFactory<String, String> consumers = new DefaultKafkaConsumerFactory<>(
                kafka.params("group.id", "poison"), new StringDeserializer(), new CountingDeserializer("broken"));
        pipeline.collect(KafkaUtils.createDirectStream(pipeline.context(), consumers, topic));
        BatchInfo batch = pipeline.runBatch();
        assertThat(batch.status()).isEqualTo(BatchInfo.Status.FAILED);
        assertThat(batch.failureReason()).contains("The record of " + topic + "-0 at offset 1 cannot be deserialized");
    }

    @Test
    void aPipelineIsStartedAgainWhereItStopped() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "a");
        pipeline.collect(stream(topic));
        pipeline.runBatch();
        pipeline.context().stop();
        assertThat(pipeline.streams()).isEmpty();
        kafka.send(topic, 0, "b");
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("b");
    }

    private DirectKafkaDStream<String, String> stream(String... topics) {
        return stream(kafka.params("auto.offset.reset", "earliest"), topics);
    }

    private DirectKafkaDStream<String, String> stream(Map<String, Object> params, String... topics) {
        return KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                ConsumerStrategies.Subscribe(List.of(topics), params));
    }

    private void use(TestPipeline other) {
        pipeline.close();
        pipeline = other;
    }

    /** Segments are closed by the records that come after them. */
    private void awaitCompaction(String topic) {
        OffsetRange range = OffsetRange.create(topic, 0, 0, 1);
        List<String> first = new ArrayList<>();
        for (int i = 0; i < 200 && (i == 0 || first.contains("value 0")); i++) {
            kafka.sendKeyed(topic, 0, "other " + i, "filler");
            first.clear();
            KafkaUtils.<String, String>createRDD(
                            pipeline.context(),
                            kafka.params("group.id", "compaction"),
                            new OffsetRange[] {range},
                            LocationStrategies.PreferConsistent())
                    .collect()
                    .forEach(record -> first.add(record.value()));
        }
        assertThat(first).doesNotContain("value 0");
    }

    /** Counts its calls. */
    static final class CountingDeserializer implements Deserializer<String> {

        private final AtomicInteger calls = new AtomicInteger();
        private final String broken;

        CountingDeserializer() {
            this("");
        }

        /** One that cannot read a value. */
        CountingDeserializer(String broken) {
            this.broken = broken;
        }

        @Override
        public String deserialize(String topic, byte[] data) {
            String value = new String(data, StandardCharsets.UTF_8);
            if (value.equals(broken)) {
                throw new IllegalStateException("cannot read this");
            }
            synchronized (this) {
                calls.incrementAndGet();
                notifyAll();
            }
            return value;
        }

        synchronized void awaitCalls(int number) throws InterruptedException {
            while (calls.get() < number) {
                wait();
            }
        }
    }
}
