package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.PairDStream;
import io.dstream.StreamingConfig;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.rdd.StorageLevel;
import io.dstream.time.ManualClock;
import io.dstream.time.StreamClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/** Streams whose receivers are members of a group, in real time. */
class ReceiverStreamTest {

    private static final int PARTITIONS = 2;

    @TempDir
    private Path directory;

    private final TestKafka kafka = TestKafka.shared();
    private final String topic = kafka.newTopic(PARTITIONS);
    private final String group = TestKafka.newName("group");
    private TestPipeline pipeline = newPipeline(config -> config);

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void keysAndValuesArriveAndOffsetsAreCommittedBehindThem() {
        List<Pair<String, String>> pairs = new CopyOnWriteArrayList<>();
        KafkaUtils.<String, String>createStream(pipeline.context(), kafka.params(group), Map.of(topic, 1))
                .foreachRDD(rdd -> pairs.addAll(rdd.collect()));
        pipeline.start();
        kafka.sendKeyed(topic, 0, "a", "1");
        kafka.sendKeyed(topic, 0, "b", "2");
        kafka.sendWithHeader(topic, 1, null, null, "header", "value");
        pipeline.await(() -> pairs.size() >= 3);
        pipeline.context().stop();
        assertThat(pairs).containsExactlyInAnyOrder(Pair.of("a", "1"), Pair.of("b", "2"), Pair.of(null, null));
        assertThat(committed(0)).isEqualTo(2);
        assertThat(committed(1)).isEqualTo(1);
    }

    @Test
    void offsetsAreCommittedBehindWhatIsStoredAlone() throws InterruptedException {
        pipeline.close();
        pipeline = newPipeline(config -> config.withMaxRecordsPerBatch(1)
                .withReceiver(config.receiver().withMaxRate(10L).withBlockInterval(Duration.ofMillis(20))));
        CountDownLatch processing = new CountDownLatch(1);
        CountDownLatch committing = new CountDownLatch(1);
        List<String> taken = new CopyOnWriteArrayList<>();
        stream(observing("commitSync", committing::countDown)).foreachRDD(rdd -> {
            taken.addAll(rdd.values().collect());
            processing.await();
        });
        send(0, 0, 5_000);
        pipeline.start();
        await(committing);
        long committed = committed(0);
        processing.countDown();
        pipeline.context().stop();
        assertThat(committed).isLessThan(1_000);
        assertThat(committed(0)).isEqualTo(taken.size()).isLessThan(5_000);
        assertThat(taken).isEqualTo(numbers(0, taken.size()));
    }

    @Test
    void aPipelineGoesOnWhereItsGroupIs() {
        send(0, 0, 10);
        start(pipeline, 1);
        pipeline.await(() -> pipeline.all().size() >= 10);
        pipeline.close();
        send(0, 10, 20);
        pipeline = newPipeline(config -> config);
        start(pipeline, 1);
        pipeline.await(() -> pipeline.all().size() >= 10);
        assertThat(pipeline.all()).isEqualTo(numbers(10, 20));
    }

    @Test
    void consumersOfATopicShareItsPartitions() {
        start(pipeline, 2);
        pipeline.await(() -> members().size() == 2
                && members().stream()
                        .allMatch(
                                member -> member.assignment().topicPartitions().size() == 1));
        send(0, 0, 100);
        send(1, 100, 200);
        pipeline.await(() -> pipeline.all().size() >= 200);
        assertThat(pipeline.all()).containsExactlyInAnyOrderElementsOf(numbers(0, 200));
    }

    @Test
    void instancesThatComeAndGoLoseNothing() {
        start(pipeline, 1);
        AtomicInteger sent = new AtomicInteger();
        List<String> ofOthers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            sendMore(sent);
            try (TestPipeline other = newPipeline(config -> config)) {
                start(other, 1);
                other.await(() -> {
                    sendMore(sent);
                    return !other.all().isEmpty();
                });
                sendMore(sent);
                other.context().stop();
                ofOthers.addAll(other.all());
            }
            sendMore(sent);
        }
        pipeline.await(() -> all(ofOthers).containsAll(numbers(0, sent.get())));
        pipeline.context().stop();
        assertThat(committed(0) + committed(1)).isEqualTo(sent.get());
    }

    @Test
    void aPipelineThatIsSlowStaysInItsGroup() {
        int limit = 1_000; // milliseconds between polls
        Map<String, Object> params = kafka.params(group);
        params.put("max.poll.interval.ms", String.valueOf(limit));
        params.put("max.poll.records", "10");
        pipeline.close();
        pipeline = newPipeline(config ->
                config.withMaxRecordsPerBatch(10).withReceiver(config.receiver().withMaxRate(10L)));
        CountDownLatch processing = new CountDownLatch(1);
        List<Instant> polls = new CopyOnWriteArrayList<>();
        DefaultKafkaConsumerFactory<String, String> consumers = new DefaultKafkaConsumerFactory<>(params);
        consumers.addPostProcessor(consumer -> observed(consumer, "poll", () -> {
            polls.add(Instant.now());
            pipeline.tell();
        }));
        var values = KafkaUtils.createStream(pipeline.context(), consumers, Map.of(topic, 1))
                .map(Pair::value);
        pipeline.collectValues(values);
        values.foreachRDD(rdd -> {
            if (rdd.count() > 0) {
                processing.await();
            }
        });
        send(0, 0, 100);
        pipeline.start();
        pipeline.await(() -> !pipeline.last().isEmpty());
        String member = members().get(0).consumerId();
        Instant start = Instant.now();
        pipeline.await(() -> polls.get(polls.size() - 1).isAfter(start.plusMillis(limit + limit / 2)));
        assertThat(members()).extracting(MemberDescription::consumerId).containsExactly(member);
        processing.countDown();
        pipeline.await(() -> pipeline.all().size() >= 30);
        assertThat(pipeline.all())
                .startsWith(numbers(0, 30).toArray(String[]::new))
                .doesNotHaveDuplicates();
        assertThat(pipeline.receiverErrors()).isEmpty();
    }

    @Test
    void aRateIsKept() {
        pipeline.close();
        ManualClock clock = new ManualClock(Instant.EPOCH);
        pipeline = new TestPipeline(
                clock,
                config ->
                        config.withReceiver(config.receiver().withMaxRate(3L).withBlockInterval(Duration.ofMillis(10))),
                settings -> settings);
        send(0, 0, 100);
        CountDownLatch committed = new CountDownLatch(1);
        pipeline.collectValues(
                stream(observing("commitSync", committed::countDown)).map(Pair::value));
        pipeline.start();
        await(committed); // the first block is stored, and the next one waits for the clock
        pipeline.runBatch();
        assertThat(pipeline.last()).startsWith("0", "1", "2").hasSizeLessThanOrEqualTo(6);
        for (int batch = 2; pipeline.all().size() < 9; batch++) {
            pipeline.runBatch();
            assertThat(pipeline.all()).hasSizeLessThanOrEqualTo(3 * (batch + 1)); // what may be saved up is a second's
        }
    }

    @Test
    void aRecordThatCannotBeDeserializedIsToldAndThoseBeforeItAreStored() {
        Map<String, Object> params = kafka.params(group);
        params.put("value.deserializer", IntegerDeserializer.class);
        kafka.send(topic, 0, "four", "1234", "no int");
        List<Integer> values = new CopyOnWriteArrayList<>();
        KafkaUtils.<String, Integer>createStream(pipeline.context(), params, Map.of(topic, 1))
                .foreachRDD(rdd -> values.addAll(rdd.values().collect()));
        pipeline.start();
        pipeline.await(() -> pipeline.receiverErrors().size() >= 2 && values.size() >= 2); // it is started again
        assertThat(pipeline.receiverErrors()).allSatisfy(error -> assertThat(error)
                .contains("The record of " + topic + "-0 at offset 2 cannot be deserialized")
                .contains("ErrorHandlingDeserializer"));
        pipeline.context().stop();
        assertThat(values).hasSize(2);
        assertThat(committed(0)).isEqualTo(2);
    }

    @Test
    void enableAutoCommitHasNoEffect() {
        Map<String, Object> params = kafka.params(group);
        params.put("enable.auto.commit", "true");
        params.put("auto.commit.interval.ms", "1");
        pipeline.close();
        pipeline = newPipeline(config -> config.withReceiver(config.receiver().withMaxRate(1L)));
        send(0, 0, 100);
        pipeline.collectValues(stream(pipeline, params, 1).map(Pair::value));
        pipeline.start();
        pipeline.await(() -> pipeline.all().size() >= 2);
        pipeline.context().stop();
        assertThat(committed(0)).isEqualTo(pipeline.all().size());
    }

    @Test
    void aTopicThatIsMissingIsWaitedFor() {
        String later = TestKafka.newName("later");
        pipeline.collectValues(
                KafkaUtils.<String, String>createStream(pipeline.context(), kafka.params(group), Map.of(later, 1))
                        .map(Pair::value));
        pipeline.start();
        pipeline.await(() -> !pipeline.receiverErrors().isEmpty());
        assertThat(pipeline.receiverErrors().get(0)).contains("There is no topic '" + later + "'");
        kafka.newTopic(later, 1, Map.of());
        kafka.send(later, 0, "a");
        pipeline.await(() -> pipeline.all().equals(List.of("a")));
    }

    @Test
    void recordsMayGoToFilesAndAreInTheirBatchesAllTheSame() {
        pipeline.close();
        pipeline =
                newPipeline(config -> config.withCheckpointDirectory(directory).withWriteAheadLog(true));
        pipeline.collectValues(KafkaUtils.<String, String>createStream(
                        pipeline.context(), kafka.params(group), Map.of(topic, 1), StorageLevel.DISK_ONLY)
                .map(Pair::value));
        pipeline.start();
        send(0, 0, 3_000);
        pipeline.await(() -> pipeline.all().size() >= 3_000);
        assertThat(pipeline.all()).isEqualTo(numbers(0, 3_000));
    }

    @Test
    void parametersHaveTheirOldNamesToo() {
        Map<String, Object> params = kafka.params(group);
        params.put("auto.offset.reset", "smallest");
        params.put("metadata.broker.list", params.remove("bootstrap.servers"));
        send(0, 0, 3);
        pipeline.collectValues(stream(pipeline, params, 1).map(Pair::value));
        pipeline.start();
        pipeline.await(() -> pipeline.all().equals(numbers(0, 3)));
    }

    @Test
    void aStreamHasTopicsAndConsumers() {
        Map<String, Object> params = kafka.params(group);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaUtils.createStream(pipeline.context(), params, Map.of()))
                .withMessage("'topics' must have at least one element, but was empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaUtils.createStream(pipeline.context(), params, Map.of(topic, 0)))
                .withMessage("'topics' must have at least 1 consumer for each topic, but had 0 for " + topic);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> KafkaUtils.createStream(pipeline.context(), params, Map.of(topic, 1), StorageLevel.NONE))
                .withMessage("'storageLevel' must be a level that keeps records, but was NONE");
    }

    @Test
    void whatIsNullIsRefused() {
        Map<String, Object> params = kafka.params(group);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaUtils.createStream(pipeline.context(), params, null))
                .withMessage("'topics' must not be null");
        Map<String, Integer> topics = new HashMap<>();
        topics.put(topic, null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaUtils.createStream(pipeline.context(), params, topics))
                .withMessage("'topics' must have at least 1 consumer for each topic, but had null for " + topic);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaUtils.createStream(
                        pipeline.context(), (ConsumerFactory<String, String>) null, Map.of(topic, 1)))
                .withMessage("'consumers' must not be null");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> KafkaUtils.createStream(pipeline.context(), (Map<String, Object>) null, Map.of(topic, 1)))
                .withMessage("'kafkaParams' must not be null");
    }

    @Test
    void consumersWithoutAGroupFailTheStart() {
        Map<String, Object> params = kafka.params(group);
        params.remove("group.id");
        stream(pipeline, params, 1).foreachRDD(rdd -> {});
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(pipeline::start)
                .withMessageContaining("have no group")
                .withMessageContaining("spring.kafka.consumer.group-id")
                .withCauseInstanceOf(KafkaStreamException.class);
    }

    @Test
    void consumersThatCannotBeMadeFailTheStart() {
        stream(pipeline, kafka.params("bootstrap.servers", "no port"), 1).foreachRDD(rdd -> {});
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(pipeline::start)
                .withMessageContaining("Invalid url in bootstrap.servers: no port");
    }

    private TestPipeline newPipeline(UnaryOperator<StreamingConfig> change) {
        return new TestPipeline(
                StreamClock.system(),
                config -> change.apply(config.withBatchInterval(Duration.ofMillis(100))
                        .withReceiver(config.receiver()
                                .withBlockInterval(Duration.ofMillis(50))
                                .withRestartDelay(Duration.ofMillis(100)))),
                settings -> settings);
    }

    private void start(TestPipeline of, int consumers) {
        of.collectValues(stream(of, kafka.params(group), consumers).map(Pair::value));
        of.start();
    }

    private PairDStream<String, String> stream(TestPipeline of, Map<String, Object> params, int consumers) {
        return KafkaUtils.createStream(of.context(), params, Map.of(topic, consumers));
    }

    private PairDStream<String, String> stream(ConsumerFactory<String, String> consumers) {
        return KafkaUtils.createStream(pipeline.context(), consumers, Map.of(topic, 1));
    }

    private ConsumerFactory<String, String> observing(String method, Runnable observer) {
        DefaultKafkaConsumerFactory<String, String> consumers = new DefaultKafkaConsumerFactory<>(kafka.params(group));
        consumers.addPostProcessor(consumer -> observed(consumer, method, observer));
        return consumers;
    }

    private void sendMore(AtomicInteger sent) {
        int first = sent.getAndAdd(100);
        send(0, first, first + 50);
        send(1, first + 50, first + 100);
    }

    private List<String> all(List<String> ofOthers) {
        List<String> all = new ArrayList<>(ofOthers);
        all.addAll(pipeline.all());
        return all;
    }

    private void send(int partition, int from, int until) {
        kafka.send(topic, partition, numbers(from, until).toArray(String[]::new));
    }

    private static List<String> numbers(int from, int until) {
        return IntStream.range(from, until).mapToObj(String::valueOf).toList();
    }

    private long committed(int partition) {
        TopicPartition of = new TopicPartition(topic, partition);
        return kafka.committed(group, List.of(of)).get(of);
    }

    private List<MemberDescription> members() {
        try {
            return List.copyOf(kafka.admin()
                    .describeConsumerGroups(List.of(group))
                    .describedGroups()
                    .get(group)
                    .get()
                    .members());
        } catch (InterruptedException | ExecutionException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException end) {
            throw new IllegalStateException(end);
        }
    }

    /** Tells of each call of a method, when it has returned. */
    @SuppressWarnings("unchecked") // a proxy of the same interface
    private static Consumer<String, String> observed(
            Consumer<String, String> consumer, String methodName, Runnable observer) {
        return (Consumer<String, String>) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(consumer, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    } finally {
                        if (method.getName().equals(methodName)) {
                            observer.run();
                        }
                    }
                });
    }
}
