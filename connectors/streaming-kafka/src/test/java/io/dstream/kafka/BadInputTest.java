package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.event.BatchInfo;
import io.dstream.event.PipelineInfo.State;
import io.dstream.function.StreamingException;
import io.dstream.input.QueueSource;
import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkContext;
import io.dstream.rdd.RDD;
import io.dstream.time.StreamClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, and how that is told. None of it needs a broker. */
class BadInputTest {

    private static final Map<String, Object> PARAMS = Map.of(
            "bootstrap.servers",
            "127.0.0.1:1",
            "key.deserializer",
            StringDeserializer.class,
            "value.deserializer",
            StringDeserializer.class,
            "default.api.timeout.ms",
            "200");

    private final TestPipeline pipeline = new TestPipeline();

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void aStreamHasTopics() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConsumerStrategies.Subscribe(List.of(), PARAMS))
                .withMessage("'topics' must have at least one element, but was empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConsumerStrategies.Subscribe(List.of("a", " "), PARAMS))
                .withMessage("'topics' must be names of topics, but were [a,  ]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConsumerStrategies.Assign(List.of(), PARAMS))
                .withMessage("'partitions' must have at least one element, but was empty");
    }

    @Test
    void startingOffsetsAreOffsetsOfPartitionsThatAreRead() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ConsumerStrategies.Subscribe(List.of("a"), PARAMS, Map.of(new TopicPartition("a", 0), -1L)))
                .withMessage("'offsets' must not be negative, but that of a-0 was -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ConsumerStrategies.Subscribe(List.of("a"), PARAMS, Map.of(new TopicPartition("b", 0), 1L)))
                .withMessage("'offsets' must be of partitions that are read, topics a, but had one of b-0");
    }

    @Test
    void aRangeDoesNotEndBeforeItBegins() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OffsetRange.create("a", 0, 5, 4))
                .withMessage("'untilOffset' must be at least 5, where the range begins, but was 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OffsetRange.create("a", 0, -1, 4))
                .withMessage("'fromOffset' must not be negative, but was -1");
    }

    @Test
    void settingsAreChecked() {
        KafkaSettings settings = KafkaSettings.defaults();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.withMaxRatePerPartition(0))
                .withMessage("'maxRatePerPartition' must be at least 1, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.withMinRatePerPartition(-1))
                .withMessage("'minRatePerPartition' must not be negative, but was -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.withDiscoveryInterval(Duration.ofMillis(-1)))
                .withMessage("'discoveryInterval' must not be negative, but was PT-0.001S");
    }

    @Test
    void consumersThatCannotBeMadeFailTheStart() {
        Map<String, Object> params = new HashMap<>(PARAMS);
        params.put("bootstrap.servers", "no port");
        define(params);
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(pipeline::start)
                .withMessageContaining("A Kafka client cannot be made: Invalid url in bootstrap.servers: no port")
                .withMessageContaining("Correct the configuration of its consumers")
                .withCauseInstanceOf(KafkaStreamException.class);
    }

    @Test
    void aLevelOfIsolationThatThereIsNotFailsTheStart() {
        Map<String, Object> params = new HashMap<>(PARAMS);
        params.put("isolation.level", "serializable");
        define(params);
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(pipeline::start)
                .withMessageContaining("'isolation.level' of the consumers must be read_uncommitted or read_committed,"
                        + " but was 'serializable'")
                .withMessageContaining("Correct the configuration of its consumers");
    }

    @Test
    void anOutputThatIsRefusedNamesItsTransactionalIdInSentencesThatEndOnce() {
        SinkContext context = new SinkContext("orders", "parsed", StreamClock.system(), Duration.ofSeconds(1));
        SinkFailures failures = new SinkFailures(context, "host:9092", "dstream-orders/parsed");
        assertThat(failures.of("opening", new TransactionalIdAuthorizationException("Authorization failed.")))
                .isInstanceOf(KafkaStreamException.class)
                .hasMessageContaining(
                        "Output 'parsed' of pipeline 'orders', opening: Authorization failed. Give the user")
                .hasMessageContaining("the transactional id 'dstream-orders/parsed' and the group of the same name");
    }

    @Test
    void deserializersThatAreMissingFailTheStart() {
        Map<String, Object> params = new HashMap<>(PARAMS);
        params.remove("value.deserializer");
        define(params);
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(pipeline::start)
                .withMessageContaining("A Kafka consumer cannot be made")
                .withMessageContaining("value.deserializer");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void brokersWhoseNamesAreNotKnownAreAwayForAStreamAndItsDeadLettersAndOffsets(boolean stores) {
        Map<String, Object> params = new HashMap<>(PARAMS);
        params.put("bootstrap.servers", "nowhere.invalid:9092");
        params.put("group.id", "group");
        Map<String, Object> producers = Map.of(
                "bootstrap.servers",
                "nowhere.invalid:9092",
                "key.serializer",
                StringSerializer.class,
                "value.serializer",
                StringSerializer.class);
        ConsumerStrategy<String, String> strategy = ConsumerStrategies.Subscribe(List.of("a"), params);
        KafkaUtils.createDirectStream(
                        pipeline.context(),
                        LocationStrategies.PreferConsistent(),
                        stores ? strategy.withOffsetStore(KafkaGroupOffsetStore.create()) : strategy)
                .onError(OnError.deadLetter(producers, "letters"))
                .foreachRDD(rdd -> {});
        pipeline.start();
        pipeline.advance(Duration.ofSeconds(1));
        pipeline.await(() -> pipeline.context().info().state() == State.WAITING);
        assertThat(pipeline.context().info().problem())
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("no name of its brokers is known");
        assertThat(pipeline.stream().problem()).contains("no name of its brokers is known");
    }

    @Test
    void brokersWhoseNamesAreNotKnownAreWaitedForByAReceiver() {
        Map<String, Object> params = new HashMap<>(PARAMS);
        params.put("bootstrap.servers", "nowhere.invalid:9092");
        params.put("group.id", "group");
        KafkaUtils.<String, String>createStream(pipeline.context(), params, Map.of("a", 1))
                .foreachRDD(rdd -> {});
        pipeline.start();
        pipeline.await(() -> !pipeline.receiverErrors().isEmpty());
        assertThat(pipeline.receiverErrors().get(0)).contains("no name of its brokers is known");
    }

    @Test
    void anInputThatTakesThePlaceOfAStreamNeedsNoBrokerAndHasNoRanges() {
        List<String> refusals = new CopyOnWriteArrayList<>();
        KafkaUtils.<String, String>createDirectStream(
                        pipeline.context(),
                        LocationStrategies.PreferConsistent(),
                        ConsumerStrategies.Subscribe(List.of("a"), PARAMS))
                .foreachRDD(rdd -> {
                    rdd.count();
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> HasOffsetRanges.of(rdd))
                            .satisfies(refusal -> refusals.add(refusal.getMessage()));
                });
        RDD<ConsumerRecord<String, String>> rows =
                pipeline.context().parallelize(List.of(new ConsumerRecord<>("a", 0, 0, "key", "value")));
        pipeline.context().replaceInput("kafka-0", new QueueSource<>(new ConcurrentLinkedQueue<>(List.of(rows)), true));
        assertThat(pipeline.runBatch().status()).isEqualTo(BatchInfo.Status.COMMITTED);
        assertThat(refusals).hasSize(1);
    }

    private void define(Map<String, Object> params) {
        KafkaUtils.<String, String>createDirectStream(
                        pipeline.context(),
                        LocationStrategies.PreferConsistent(),
                        ConsumerStrategies.Subscribe(List.of("a"), params))
                .foreachRDD(rdd -> {});
    }
}
