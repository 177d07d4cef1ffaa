package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.DStream;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo.State;
import io.dstream.output.SinkUnavailableException;
import io.dstream.rdd.Pair;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.time.StreamClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.kafka.support.KafkaHeaders;

/** What a stream does with records that fail. */
class OnErrorTest {

    private final TestKafka kafka = TestKafka.shared();
    private TestPipeline pipeline = new TestPipeline();

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void aRecordThatFailsIsSkippedAndCounted() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "1", "x", "2");
        List<Integer> numbers = numbers(stream(topic).onError(OnError.skip()).map(ConsumerRecord::value));
        assertThat(pipeline.runBatch().status()).isEqualTo(Status.COMMITTED);
        assertThat(numbers).containsExactly(1, 2);
        assertThat(pipeline.stream().skippedRecords()).isEqualTo(1);
        assertThat(pipeline.stream().deadLetters()).isZero();
    }

    @Test
    void unlessItIsToldOtherwiseItFailsTheBatch() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "x");
        numbers(stream(topic).onError(OnError.skip()).onError(OnError.fail()).map(ConsumerRecord::value));
        BatchInfo batch = pipeline.runBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason()).contains("NumberFormatException");
    }

    @Test
    void aRecordThatSeveralOutputsMeetIsCountedOnce() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "x");
        DStream<String> values = stream(topic).onError(OnError.skip()).map(ConsumerRecord::value);
        numbers(values);
        numbers(values);
        pipeline.runBatch();
        assertThat(pipeline.stream().skippedRecords()).isEqualTo(1);
    }

    @Test
    void aDeadLetterTellsWhatItIsOfInHeadersAsSpringNamesThem() {
        String topic = kafka.newTopic(2);
        String letters = kafka.newTopic(2);
        kafka.send(topic, 1, "1");
        kafka.sendWithHeader(topic, 1, "the key", "x", "trace", "42");
        String group = TestKafka.newName("group");
        List<Integer> numbers = numbers(this.<String, String>stream(kafka.params(group), topic)
                .onError(OnError.deadLetter(producers(), letters))
                .map(ConsumerRecord::value));
        pipeline.runBatch();
        assertThat(numbers).containsExactly(1);
        ConsumerRecord<byte[], byte[]> letter = onlyLetter(letters);
        assertThat(letter.partition()).isEqualTo(1);
        assertThat(letter.key()).asString().isEqualTo("the key");
        assertThat(letter.value()).asString().isEqualTo("x");
        assertThat(text(letter, "trace")).isEqualTo("42");
        assertThat(text(letter, KafkaHeaders.DLT_ORIGINAL_TOPIC)).isEqualTo(topic);
        assertThat(buffer(letter, KafkaHeaders.DLT_ORIGINAL_PARTITION).getInt()).isEqualTo(1);
        assertThat(buffer(letter, KafkaHeaders.DLT_ORIGINAL_OFFSET).getLong()).isEqualTo(1);
        assertThat(buffer(letter, KafkaHeaders.DLT_ORIGINAL_TIMESTAMP).getLong())
                .isEqualTo(kafka.records(topic).get(1).timestamp());
        assertThat(text(letter, KafkaHeaders.DLT_ORIGINAL_TIMESTAMP_TYPE)).isEqualTo("CreateTime");
        assertThat(text(letter, KafkaHeaders.DLT_ORIGINAL_CONSUMER_GROUP)).isEqualTo(group);
        assertThat(text(letter, KafkaHeaders.DLT_EXCEPTION_FQCN)).isEqualTo("java.lang.NumberFormatException");
        assertThat(text(letter, KafkaHeaders.DLT_EXCEPTION_MESSAGE)).isEqualTo("For input string: \"x\"");
        assertThat(text(letter, KafkaHeaders.DLT_EXCEPTION_STACKTRACE))
                .startsWith("java.lang.NumberFormatException")
                .contains("Integer.parseInt");
        assertThat(letter.headers().lastHeader(KafkaHeaders.DLT_EXCEPTION_CAUSE_FQCN))
                .isNull();
        assertThat(pipeline.stream().deadLetters()).isEqualTo(1);
    }

    @Test
    void aDeadLetterHasAnyPartitionIfItsTopicDoesNotHaveThatOfTheRecord() {
        String topic = kafka.newTopic(2);
        String letters = kafka.newTopic(1);
        kafka.send(topic, 1, "x");
        numbers(stream(topic).onError(OnError.deadLetter(producers(), letters)).map(ConsumerRecord::value));
        pipeline.runBatch();
        assertThat(onlyLetter(letters).partition()).isZero();
    }

    @Test
    void longTextsOfAFailureAreCutAndItsCauseIsTold() {
        String topic = kafka.newTopic(1);
        String letters = kafka.newTopic(1);
        kafka.send(topic, 0, "x");
        stream(topic)
                .onError(OnError.deadLetter(producers(), letters))
                .map(record -> {
                    throw new IllegalStateException("a".repeat(50_000), new SerializationException("b"));
                })
                .foreachRDD(rdd -> rdd.count());
        pipeline.runBatch();
        ConsumerRecord<byte[], byte[]> letter = onlyLetter(letters);
        assertThat(text(letter, KafkaHeaders.DLT_EXCEPTION_MESSAGE)).hasSize(2_000);
        assertThat(text(letter, KafkaHeaders.DLT_EXCEPTION_STACKTRACE)).hasSize(10_000);
        assertThat(text(letter, KafkaHeaders.DLT_EXCEPTION_CAUSE_FQCN))
                .isEqualTo(SerializationException.class.getName());
    }

    @Test
    void aDeadLetterOfADeadLetterTellsOfItsLastFailureAlone() {
        String topic = kafka.newTopic(1);
        String letters = kafka.newTopic(1);
        kafka.sendWithHeader(topic, 0, "key", "x", KafkaHeaders.DLT_EXCEPTION_CAUSE_FQCN, "java.io.IOException");
        kafka.sendWithHeader(topic, 0, "key", "y", KafkaHeaders.DLT_KEY_EXCEPTION_MESSAGE, "no such key");
        kafka.sendWithHeader(topic, 0, "key", "z", KafkaHeaders.DLT_ORIGINAL_TOPIC, "the first topic");
        numbers(stream(topic).onError(OnError.deadLetter(producers(), letters)).map(ConsumerRecord::value));
        pipeline.runBatch();
        List<ConsumerRecord<byte[], byte[]>> sent = kafka.records(letters);
        assertThat(sent).hasSize(3).allSatisfy(letter -> {
            assertThat(text(letter, KafkaHeaders.DLT_EXCEPTION_FQCN)).isEqualTo("java.lang.NumberFormatException");
            assertThat(letter.headers().headers(KafkaHeaders.DLT_EXCEPTION_CAUSE_FQCN))
                    .isEmpty();
            assertThat(letter.headers().headers(KafkaHeaders.DLT_KEY_EXCEPTION_MESSAGE))
                    .isEmpty();
        });
        assertThat(sent.get(2).headers().headers(KafkaHeaders.DLT_ORIGINAL_TOPIC))
                .extracting(header -> new String(header.value(), StandardCharsets.UTF_8))
                .containsExactly("the first topic", topic);
    }

    @Test
    void aRecordThatCannotBeDeserializedIsADeadLetterWithItsBytes() {
        String topic = kafka.newTopic(2);
        String letters = kafka.newTopic(2);
        kafka.send(topic, 0, "none", "four", "also four", "five!", "six");
        kafka.send(topic, 1, "four");
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        DirectKafkaDStream<String, Integer> stream =
                stream(kafka.params("value.deserializer", IntegerDeserializer.class), topic);
        stream.onError(OnError.deadLetter(producersOfIntegers(), letters))
                .map(ConsumerRecord::serializedValueSize)
                .foreachRDD(rdd -> sizes.addAll(rdd.collect()));
        BatchInfo batch = pipeline.runBatch();
        assertThat(sizes).containsExactly(4, 4, 4);
        assertThat(batch.inputs().get(0).records()).isEqualTo(6);
        List<ConsumerRecord<byte[], byte[]>> sent = kafka.records(letters);
        assertThat(sent)
                .extracting(letter -> new String(letter.value(), StandardCharsets.UTF_8))
                .containsExactly("also four", "five!", "six");
        assertThat(sent).allSatisfy(letter -> {
            assertThat(letter.key()).asString().isEqualTo("key");
            assertThat(text(letter, KafkaHeaders.DLT_EXCEPTION_FQCN))
                    .isEqualTo(RecordDeserializationException.class.getName());
            assertThat(text(letter, KafkaHeaders.DLT_EXCEPTION_CAUSE_FQCN))
                    .isEqualTo(SerializationException.class.getName());
        });
        kafka.send(topic, 0, "next");
        pipeline.runBatch();
        assertThat(sizes).hasSize(4);
        assertThat(pipeline.stream().deadLetters()).isEqualTo(3);
    }

    @Test
    void ofAKeyThatCannotBeDeserializedTheHeadersSaySo() {
        String topic = kafka.newTopic(1);
        String letters = kafka.newTopic(1);
        kafka.send(topic, 0, "value");
        DirectKafkaDStream<Integer, String> stream =
                stream(kafka.params("key.deserializer", IntegerDeserializer.class), topic);
        stream.onError(OnError.deadLetter(producers(), letters)).foreachRDD(rdd -> rdd.count());
        pipeline.runBatch();
        ConsumerRecord<byte[], byte[]> letter = onlyLetter(letters);
        assertThat(letter.key()).asString().isEqualTo("key");
        assertThat(text(letter, KafkaHeaders.DLT_KEY_EXCEPTION_FQCN))
                .isEqualTo(RecordDeserializationException.class.getName());
        assertThat(letter.headers().lastHeader(KafkaHeaders.DLT_EXCEPTION_FQCN)).isNull();
    }

    @Test
    void aRecordThatCannotBeDeserializedIsSkipped() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "five!", "four", "six666");
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        DirectKafkaDStream<String, Integer> stream =
                stream(kafka.params("value.deserializer", IntegerDeserializer.class), topic);
        stream.onError(OnError.skip())
                .map(ConsumerRecord::serializedValueSize)
                .foreachRDD(rdd -> sizes.addAll(rdd.collect()));
        pipeline.runBatch();
        assertThat(sizes).containsExactly(4);
        assertThat(pipeline.stream().skippedRecords()).isEqualTo(2);
    }

    @Test
    void aBatchThatIsTriedAgainSkipsNoResultsAndSendsNoDeadLetterTwice() {
        String topic = kafka.newTopic(1);
        String letters = kafka.newTopic(1);
        kafka.send(topic, 0, "1", "x", "2");
        useRealTime();
        List<Integer> given = new CopyOnWriteArrayList<>();
        AtomicInteger attempts = new AtomicInteger();
        stream(topic)
                .onError(OnError.deadLetter(producers(), letters))
                .map(record -> Integer.parseInt(record.value()))
                .foreachRDD(rdd -> {
                    List<Integer> rows = rdd.collect();
                    if (!rows.isEmpty() && attempts.incrementAndGet() < 3) {
                        throw new IllegalStateException("a database refuses");
                    }
                    given.addAll(rows);
                });
        pipeline.start();
        pipeline.await(() -> !given.isEmpty());
        assertThat(given).containsExactly(1, 2);
        assertThat(onlyLetter(letters).value()).asString().isEqualTo("x");
        assertThat(pipeline.stream().deadLetters()).isEqualTo(1);
    }

    @Test
    void aDeadLetterThatIsRefusedDoesNotHaveTheOthersSentAgain() {
        String topic = kafka.newTopic(1);
        String letters = kafka.newTopic(1);
        kafka.send(topic, 0, "too large".repeat(20_000), "x", "y");
        useRealTime();
        Map<String, Object> producers = producers();
        producers.put("max.request.size", 100_000);
        numbers(stream(topic).onError(OnError.deadLetter(producers, letters)).map(ConsumerRecord::value));
        pipeline.start();
        pipeline.await(() -> pipeline.context().info().state() == State.FAILED); // after three attempts
        assertThat(pipeline.context().info().problem()).hasMessageContaining("Raise 'max.request.size'");
        assertThat(kafka.records(letters))
                .extracting(letter -> new String(letter.value(), StandardCharsets.UTF_8))
                .containsExactly("x", "y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows", "shuffled", "persisted"})
    void aSinkCommitsDeadLettersWithItsResultsHoweverOftenItIsTried(String kind) {
        String topic = kafka.newTopic(2);
        String results = kafka.newTopic(1);
        String letters = kafka.newTopic(2);
        kafka.send(topic, 0, "1", "x");
        kafka.send(topic, 1, "2", "y");
        useRealTime();
        AtomicInteger attempts = new AtomicInteger();
        DStream<Integer> numbers = stream(topic)
                .onError(OnError.deadLetter(producers(), letters))
                .map(record -> Integer.parseInt(record.value()));
        DStream<Integer> kept =
                switch (kind) {
                    case "shuffled" ->
                        numbers.mapToPair(number -> Pair.of(number, 1))
                                .reduceByKey(Integer::sum)
                                .map(Pair::key);
                    case "persisted" -> numbers.persist();
                    default -> numbers;
                };
        kept.map(number -> number).saveTo(KafkaSink.to(producers(), results, number -> null, number -> {
            if (number == 2 && attempts.incrementAndGet() < 3) {
                throw new IllegalStateException("a function of the sink fails");
            }
            return String.valueOf(number);
        }));
        pipeline.start();
        pipeline.await(() -> kafka.committedValues(results).size() == 2);
        assertThat(kafka.committedValues(results)).containsExactly("1", "2");
        assertThat(kafka.committedValues(letters)).containsExactly("x", "y");
        assertThat(attempts).hasValue(3);
        assertThat(pipeline.stream().deadLetters()).isEqualTo(2);
    }

    @Test
    void aSinkThatIsElsewhereDoesNotTakeDeadLetters() {
        String topic = kafka.newTopic(1);
        String results = kafka.newTopic(1);
        String letters = kafka.newTopic(1);
        kafka.send(topic, 0, "x");
        Map<String, Object> elsewhere = producers();
        elsewhere.put(
                "bootstrap.servers",
                "localhost" + kafka.broker().bootstrapServers().replaceFirst(".*:", ":"));
        stream(topic)
                .onError(OnError.deadLetter(producers(), letters))
                .map(record -> Integer.parseInt(record.value()))
                .saveTo(KafkaSink.to(elsewhere, results, number -> null, String::valueOf));
        assertThat(pipeline.runBatch().status()).isEqualTo(Status.COMMITTED);
        assertThat(kafka.committedValues(letters)).containsExactly("x");
    }

    @Test
    void aSystemThatIsAwayIsNoFailureOfTheRecord() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "1");
        useRealTime();
        AtomicInteger calls = new AtomicInteger();
        List<Integer> numbers = numbers(stream(topic).onError(OnError.skip()).map(record -> {
            if (calls.incrementAndGet() < 3) {
                throw new SinkUnavailableException("looked up in vain", null);
            }
            return record.value();
        }));
        pipeline.start();
        pipeline.await(() -> !numbers.isEmpty());
        assertThat(pipeline.stream().skippedRecords()).isZero();
    }

    @Test
    void aBatchWaitsForTheBrokersOfItsDeadLetters() {
        String topic = kafka.newTopic(1);
        kafka.send(topic, 0, "x");
        Map<String, Object> away = producers();
        away.put("bootstrap.servers", "127.0.0.1:1");
        away.put("max.block.ms", 200);
        numbers(stream(topic).onError(OnError.deadLetter(away, "letters")).map(ConsumerRecord::value));
        pipeline.start();
        pipeline.advance(Duration.ofSeconds(1));
        pipeline.await(() -> pipeline.context().info().state() == State.WAITING);
        assertThat(pipeline.context().info().problem())
                .isInstanceOf(SinkUnavailableException.class)
                .hasMessageContaining("cannot send a dead letter to topic 'letters' of Kafka at 127.0.0.1:1");
        assertThat(pipeline.stream().deadLetters()).isZero();
    }

    @Test
    void aTopicForDeadLettersThatIsMissingFailsTheStart() {
        Map<String, Object> producers = producers();
        producers.put("max.block.ms", 500);
        numbers(stream(kafka.newTopic(1))
                .onError(OnError.deadLetter(producers, "nowhere"))
                .map(ConsumerRecord::value));
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(pipeline::start)
                .withMessageContaining("cannot send dead letters to topic 'nowhere'")
                .withMessageContaining("Make it, correct its name");
    }

    @Test
    void aTopicForDeadLettersThatBrokersRefuseFailsTheStart() {
        numbers(stream(kafka.newTopic(1))
                .onError(OnError.deadLetter(producers(), "no/topic"))
                .map(ConsumerRecord::value));
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(pipeline::start)
                .withMessageContaining(
                        "Input 'kafka-0' of pipeline 'default' cannot send a dead letter to topic 'no/topic'")
                .withMessageContaining("Correct its name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"topics", "pattern", "partitions"})
    void deadLettersMustNotGoToATopicThatTheStreamReads(String kind) {
        String topic = kafka.newTopic(1);
        String letters = kind.equals("pattern") ? kafka.newTopic(topic + "-dlt", 1, Map.of()) : topic;
        Map<String, Object> params = kafka.params(TestKafka.newName("group"));
        ConsumerStrategy<String, String> strategy =
                switch (kind) {
                    case "pattern" -> ConsumerStrategies.SubscribePattern(Pattern.compile(topic + ".*"), params);
                    case "partitions" -> ConsumerStrategies.Assign(List.of(new TopicPartition(topic, 0)), params);
                    default -> ConsumerStrategies.Subscribe(List.of(topic), params);
                };
        Map<String, Object> producers = producers();
        producers.put("bootstrap.servers", List.of("127.0.0.1:1", kafka.broker().bootstrapServers()));
        numbers(KafkaUtils.createDirectStream(pipeline.context(), LocationStrategies.PreferConsistent(), strategy)
                .onError(OnError.deadLetter(producers, letters))
                .map(ConsumerRecord::value));
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(pipeline::start)
                .withMessageContaining("would read its own dead letters in topic '" + letters + "'")
                .withMessageContaining("Send them to a topic that it does not read");
    }

    @Test
    void numbersOfProducersMayBeOfAnyType() {
        String topic = kafka.newTopic(1);
        String letters = kafka.newTopic(1);
        kafka.send(topic, 0, "x");
        Map<String, Object> producers = producers();
        producers.put("max.block.ms", 3_000L);
        numbers(stream(topic).onError(OnError.deadLetter(producers, letters)).map(ConsumerRecord::value));
        pipeline.runBatch();
        assertThat(onlyLetter(letters).value()).asString().isEqualTo("x");
    }

    @Test
    void producersThatCannotBeMadeFailTheStart() {
        Map<String, Object> producers = producers();
        producers.put("compression.type", "none at all");
        numbers(stream(kafka.newTopic(1))
                .onError(OnError.deadLetter(producers, "letters"))
                .map(ConsumerRecord::value));
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(pipeline::start)
                .withMessageContaining("for the dead letters of input 'kafka-0'")
                .withMessageContaining("compression.type");
    }

    @Test
    void serializersThatDoNotTakeTheValuesFailTheBatchAndAreNamed() {
        String topic = kafka.newTopic(1);
        String letters = kafka.newTopic(1);
        kafka.send(topic, 0, "secret");
        numbers(stream(topic)
                .onError(OnError.deadLetter(producersOfIntegers(), letters))
                .map(ConsumerRecord::value));
        BatchInfo batch = pipeline.runBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason())
                .contains("IntegerSerializer of the producers does not take a java.lang.String as value")
                .contains(topic + "-0 at offset 0")
                .doesNotContain("secret");
    }

    @Test
    void serializersThatTheStreamHasMadeAreClosedWithIt() {
        AtomicInteger closed = new AtomicInteger();
        Map<String, Object> producers = producers();
        producers.put("value.serializer", ClosingSerializer.class);
        producers.put("closed", closed);
        numbers(stream(kafka.newTopic(1))
                .onError(OnError.deadLetter(producers, kafka.newTopic(1)))
                .map(ConsumerRecord::value));
        pipeline.start();
        assertThat(closed).hasValue(0);
        pipeline.close();
        assertThat(closed).hasValue(1);
    }

    /** Counts how often it is closed. */
    public static final class ClosingSerializer extends StringSerializer {

        private AtomicInteger closed;

        @Override
        public void configure(Map<String, ?> configs, boolean isKey) {
            closed = (AtomicInteger) configs.get("closed");
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    @Test
    void aPolicyIsGivenBeforeTheStart() {
        DirectKafkaDStream<String, String> stream = stream(kafka.newTopic(1));
        pipeline.collect(stream);
        pipeline.start();
        assertThatIllegalStateException()
                .isThrownBy(() -> stream.onError(OnError.skip()))
                .withMessageContaining("'onError' must be called before the stream is started");
    }

    @Test
    void deadLettersNeedATopic() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnError.deadLetter(producers(), " "))
                .withMessage("'topic' must be the name of a topic, but was ' '");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnError.deadLetter((Map<String, Object>) null, "letters"))
                .withMessage("'kafkaParams' must not be null");
    }

    private List<Integer> numbers(DStream<String> values) {
        List<Integer> numbers = new CopyOnWriteArrayList<>();
        values.map(Integer::parseInt).foreachRDD(rdd -> {
            numbers.addAll(rdd.collect());
        });
        return numbers;
    }

    private void useRealTime() {
        pipeline.close();
        pipeline = new TestPipeline(
                StreamClock.system(),
                config -> config.withBatchInterval(Duration.ofMillis(50))
                        .withFailure(new FailureSettings(Policy.STOP, 3, Duration.ofMillis(1), failure -> false)),
                settings -> settings);
    }

    private DirectKafkaDStream<String, String> stream(String topic) {
        return stream(kafka.params(TestKafka.newName("group")), topic);
    }

    private <K, V> DirectKafkaDStream<K, V> stream(Map<String, Object> params, String topic) {
        return KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                ConsumerStrategies.Subscribe(List.of(topic), params));
    }

    private Map<String, Object> producers() {
        Map<String, Object> params = new HashMap<>();
        params.put("bootstrap.servers", kafka.broker().bootstrapServers());
        params.put("key.serializer", StringSerializer.class);
        params.put("value.serializer", StringSerializer.class);
        return params;
    }

    private Map<String, Object> producersOfIntegers() {
        Map<String, Object> params = producers();
        params.put("value.serializer", IntegerSerializer.class);
        return params;
    }

    private ConsumerRecord<byte[], byte[]> onlyLetter(String topic) {
        List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>(kafka.records(topic));
        assertThat(letters).hasSize(1);
        return letters.get(0);
    }

    private static String text(ConsumerRecord<?, ?> record, String header) {
        return new String(header(record, header), StandardCharsets.UTF_8);
    }

    private static ByteBuffer buffer(ConsumerRecord<?, ?> record, String header) {
        return ByteBuffer.wrap(header(record, header));
    }

    private static byte[] header(ConsumerRecord<?, ?> record, String header) {
        return Objects.requireNonNull(record.headers().lastHeader(header), header)
                .value();
    }
}
