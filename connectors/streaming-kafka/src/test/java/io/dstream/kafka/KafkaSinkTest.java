package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo.Status;
import io.dstream.function.Function;
import io.dstream.function.StreamingException;
import io.dstream.output.SinkConflictException;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkUnavailableException;
import io.dstream.output.SinkWriter;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.time.ManualClock;
import io.dstream.time.StreamClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** Each batch is in the topics once for those who read what is committed, whatever happens. */
@Timeout(120)
class KafkaSinkTest {

    private static final Instant FIRST = Instant.ofEpochSecond(1);
    private static final Instant SECOND = Instant.ofEpochSecond(2);
    private static final Instant THIRD = Instant.ofEpochSecond(3);

    private final TestKafka kafka = TestKafka.shared();
    private final StreamingContext context =
            new StreamingContext(StreamingConfig.defaults().withParallelism(2));
    private final String topic = kafka.newTopic(2);
    private final String output = TestKafka.newName("output");
    private final Queue<SinkWriter<?>> writers = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        writers.forEach(SinkWriter::close);
        context.close();
    }

    @Test
    void rowsAreRecordsOfATopic() throws Exception {
        KafkaSink<Pair<String, String>> sink =
                KafkaSink.to(kafka.producerParams(Map.of()), topic, Pair::key, Pair::value);
        SinkWriter<Pair<String, String>> writer = sink.open(sinkContext());
        writers.add(writer);
        writer.write(context.parallelize(List.of(Pair.of("a", "1"), Pair.of("b", "2"), new Pair<>(null, "3"))), FIRST);
        assertThat(kafka.readCommitted(topic))
                .extracting(record -> record.key() + " " + record.value())
                .containsExactlyInAnyOrder("a 1", "b 2", "null 3");
        assertThat(sink.kind()).isEqualTo("kafka");
    }

    @Test
    void recordsOfManyTasksMayGoToAnyTopicWithWhateverTheyHave() throws Exception {
        String other = kafka.newTopic(1);
        long now = StreamClock.system().now().toEpochMilli(); // what is much older is soon deleted
        SinkWriter<Integer> writer = open(KafkaSink.records(
                new DefaultKafkaProducerFactory<>(kafka.producerParams(Map.of())), topic, (Integer row) -> {
                    ProducerRecord<String, String> record =
                            new ProducerRecord<>(row % 2 == 0 ? topic : other, 0, now, "key", String.valueOf(row));
                    record.headers().add("h", "x".getBytes(StandardCharsets.UTF_8));
                    return record;
                }));
        writer.write(context.parallelize(IntStream.range(0, 1_000).boxed().toList(), 4), FIRST);
        assertThat(kafka.readCommitted(topic)).hasSize(500).allSatisfy(record -> {
            assertThat(record.timestamp()).isEqualTo(now);
            assertThat(record.headers().lastHeader("h").value()).containsExactly('x');
        });
        assertThat(kafka.committedValues(other)).hasSize(500).doesNotHaveDuplicates();
    }

    @Test
    void aBatchThatIsRepeatedIsNotEvenComputed() throws Exception {
        SinkWriter<String> writer = open(sink());
        assertThat(writer.lastBatchTime()).isNull();
        writer.write(rows("a", "b"), FIRST);
        writer.write(notComputed(), FIRST);
        writer.close();
        SinkWriter<String> next = open(sink());
        assertThat(next.lastBatchTime()).isEqualTo(FIRST);
        next.write(notComputed(), FIRST);
        next.write(rows("c"), SECOND);
        assertThat(kafka.committedValues(topic)).containsExactly("a", "b", "c");
    }

    @Test
    void aBatchBeforeTheLastOneIsAConflict() throws Exception {
        SinkWriter<String> writer = open(sink());
        writer.write(rows("a"), SECOND);
        assertThatExceptionOfType(SinkConflictException.class)
                .isThrownBy(() -> writer.write(rows("b"), FIRST))
                .withMessageContaining("Output '" + output + "' of pipeline 'p' has batches up to " + SECOND)
                .withMessageContaining("is older than the topics");
        assertThat(kafka.committedValues(topic)).containsExactly("a");
    }

    @Test
    void aBatchWithoutRowsTouchesNothing() throws Exception {
        SinkWriter<String> writer = open(sink());
        writer.write(rows(), FIRST);
        writer.close();
        assertThat(open(sink()).lastBatchTime()).isNull();
    }

    @Test
    void aFunctionThatFailsUndoesTheBatchAndIsThrownOn() throws Exception {
        SinkWriter<String> writer = open(sink(row -> {
            if (row.equals("poison")) {
                throw new IllegalArgumentException("poisoned");
            }
            return row;
        }));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> writer.write(rows("a", "b", "poison"), FIRST))
                .withMessage("poisoned");
        kafka.send(topic, 0, "behind"); // is seen because no transaction is left open
        kafka.send(topic, 1, "behind");
        assertThat(kafka.committedValues(topic)).containsExactly("behind", "behind");
        writer.write(rows("a", "b"), FIRST);
        assertThat(kafka.committedValues(topic)).containsExactly("a", "b", "behind", "behind");
    }

    @Test
    void aFunctionThatReturnsNoRecordIsTold() throws Exception {
        SinkWriter<String> writer = open(KafkaSink.records(
                kafka.producerParams(Map.of()), topic, (Function<String, ProducerRecord<String, String>>) row -> null));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> writer.write(rows("a"), FIRST))
                .withMessage("The function of '" + output + "' returned null; return a record instead");
    }

    @Test
    void oneThatWasOvertakenHaltsAndFencesNobody() throws Exception {
        SinkWriter<String> old = open(sink());
        old.write(rows("a"), FIRST);
        SinkWriter<String> next = open(sink());
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatExceptionOfType(SinkConflictException.class)
                    .isThrownBy(() -> old.write(rows("zombie"), SECOND))
                    .withMessageContaining("belongs to an instance that was started later");
        }
        next.write(rows("b"), SECOND);
        next.write(rows("c"), THIRD);
        assertThat(kafka.committedValues(topic)).containsExactly("a", "b", "c");
    }

    @Test
    void oneThatIsOvertakenInATransactionWritesNothing() throws Exception {
        SinkWriter<String> old = open(sink(row -> {
            if (row.equals("last")) {
                open(sink()).write(rows("b"), FIRST);
            }
            return row;
        }));
        assertThatExceptionOfType(SinkConflictException.class)
                .isThrownBy(() -> old.write(rows("zombie", "last"), FIRST));
        assertThat(kafka.committedValues(topic)).containsExactly("b");
    }

    @Test
    void aPipelineThatWasOvertakenHaltsWhateverItsPolicyIs() {
        try (TestPipeline old = new TestPipeline(config -> config.withFailure(
                        new FailureSettings(Policy.SKIP, 1, Duration.ofMillis(200), failure -> false)));
                TestPipeline next = new TestPipeline(
                        new ManualClock(Instant.ofEpochSecond(100)), config -> config, settings -> settings)) {
            Queue<RDD<String>> oldRows = save(old);
            Queue<RDD<String>> nextRows = save(next);
            oldRows.add(old.context().parallelize(List.of("a")));
            assertThat(old.runBatch().status()).isEqualTo(Status.COMMITTED);
            nextRows.add(next.context().parallelize(List.of("b")));
            assertThat(next.runBatch().status()).isEqualTo(Status.COMMITTED);
            oldRows.add(old.context().parallelize(List.of("zombie")));
            assertThat(old.runBatch().status()).isEqualTo(Status.FAILED);
            assertThat(old.context().info().problem()).isInstanceOf(SinkConflictException.class);
        }
        assertThat(kafka.committedValues(topic)).containsExactly("a", "b");
    }

    @Test
    void anotherTopicForTheKeyIsAnotherPlaceOfTheSameOutput() throws Exception {
        SinkWriter<String> old = open(sink());
        old.write(rows("a"), SECOND);
        String other = kafka.newTopic(1);
        SinkWriter<String> next =
                open(KafkaSink.to(kafka.producerParams(Map.of()), other, (String row) -> row, row -> row));
        assertThat(next.lastBatchTime()).isEqualTo(SECOND);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatExceptionOfType(SinkConflictException.class)
                    .isThrownBy(() -> old.write(rows("zombie"), THIRD))
                    .withMessageContaining("belongs to an instance that was started later");
        }
        next.write(rows("b"), THIRD);
        assertThat(open(sink()).lastBatchTime()).isEqualTo(THIRD);
        assertThat(kafka.committedValues(topic)).containsExactly("a");
        assertThat(kafka.committedValues(other)).containsExactly("b");
    }

    @Test
    void anOutputWithoutRowsKeepsItsKeyAndHaltsWhenItIsGone() throws Exception {
        ManualClock clock = new ManualClock(FIRST);
        SinkWriter<String> writer = sink().open(new SinkContext("p", output, clock, Duration.ofSeconds(1)));
        writers.add(writer);
        writer.write(rows(), FIRST);
        clock.advance(Duration.ofDays(1));
        writer.write(rows(), SECOND);
        String group = "dstream-p/" + output;
        TopicPartition place = new TopicPartition(topic, 0);
        assertThat(kafka.stable(group, place).metadata()).endsWith("batch=" + FIRST.toEpochMilli());
        kafka.admin().deleteConsumerGroupOffsets(group, Set.of(place)).all().get();
        clock.advance(Duration.ofDays(1));
        assertThatExceptionOfType(SinkConflictException.class)
                .isThrownBy(() -> writer.write(rows("zombie"), THIRD))
                .withMessageContaining("Output '" + output + "' of pipeline 'p' has lost its key")
                .withMessageContaining("Start the pipeline again");
        assertThat(kafka.committedValues(topic)).isEmpty();
    }

    @Test
    void brokersWhoseNamesAreNotKnownAreAway() {
        assertThatExceptionOfType(SinkUnavailableException.class)
                .isThrownBy(() -> open(sink(Map.of("bootstrap.servers", "nowhere.invalid:9092"), row -> row)))
                .withMessageContaining("Kafka at nowhere.invalid:9092 is away: no name of its brokers is known");
    }

    @Test
    void timesOfProducersMayBeLongAndMustBeNumbers() throws Exception {
        SinkWriter<String> writer = open(sink(
                Map.of("max.block.ms", Long.MAX_VALUE, "request.timeout.ms", "40000", "linger.ms", 10), row -> row));
        writer.write(rows("a"), FIRST);
        assertThat(kafka.committedValues(topic)).containsExactly("a");
        assertThatExceptionOfType(KafkaStreamException.class)
                .isThrownBy(() -> open(sink(Map.of("max.block.ms", "soon"), row -> row)))
                .withMessageContaining("'max.block.ms' of the producers must be a number, but was 'soon'");
    }

    @Test
    void aBatchThatTakesTooLongFailsAndIsNoZombie() throws Exception {
        SinkWriter<String> writer = open(sink(Map.of("transaction.timeout.ms", "1000"), row -> {
            if (row.equals("late")) {
                kafka.awaitTransaction("dstream-p/" + output, TransactionState.COMPLETE_ABORT);
            }
            return row;
        }));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> writer.write(rows("a", "late"), FIRST))
                .withMessageContaining("has not ended its transaction within 'transaction.timeout.ms', 1000 ms");
        assertThat(kafka.committedValues(topic)).isEmpty();
        writer.write(rows("a", "b"), FIRST);
        assertThat(kafka.committedValues(topic)).containsExactly("a", "b");
    }

    @Test
    void aRecordThatIsTooLargeFailsTheBatch() throws Exception {
        SinkWriter<String> writer = open(sink());
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> writer.write(rows("a", "x".repeat(2_000_000)), FIRST))
                .withMessageContaining("cannot send a record to topic '" + topic + "', it is too large")
                .withMessageNotContaining("xxx");
        String small = kafka.newTopic(TestKafka.newName("small"), 1, Map.of("max.message.bytes", "1000"));
        SinkWriter<String> toSmall =
                open(KafkaSink.to(kafka.producerParams(Map.of()), small, row -> null, (String row) -> row));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> toSmall.write(rows("x".repeat(2_000)), FIRST))
                .withMessageContaining("it is too large");
        assertThat(kafka.committedValues(topic)).isEmpty();
    }

    @Test
    void aSerializerThatFailsFailsTheBatchWithoutTellingTheRecord() throws Exception {
        Serializer<String> refusing = (name, value) -> {
            if (value.equals("secret")) {
                throw new IllegalStateException("broken");
            }
            return value.getBytes(StandardCharsets.UTF_8);
        };
        SinkWriter<String> writer = open(KafkaSink.<String, String, String>to(
                new DefaultKafkaProducerFactory<>(kafka.producerParams(Map.of()), new StringSerializer(), refusing),
                topic,
                row -> row,
                row -> row));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> writer.write(rows("a", "secret"), FIRST))
                .withMessage("Output '" + output + "' of pipeline 'p' cannot send a record to topic '" + topic
                        + "': its serializers, partitioner or interceptors do not take it (IllegalStateException)")
                .withRootCauseInstanceOf(IllegalStateException.class);
        writer.write(rows("a", "b"), FIRST);
        assertThat(kafka.committedValues(topic)).containsExactly("a", "b");
    }

    @Test
    void aTopicOrPartitionThatIsMissingIsTold() throws Exception {
        Map<String, Object> params = kafka.producerParams(Map.of("max.block.ms", "1000"));
        KafkaSink<String> sink = KafkaSink.to(params, "nowhere", row -> null, row -> row);
        assertThatExceptionOfType(KafkaStreamException.class)
                .isThrownBy(() -> sink.open(sinkContext()))
                .withMessageContaining("cannot use topic 'nowhere': it is not there")
                .withMessageContaining("Make it, correct its name");
        SinkWriter<String> writer = open(KafkaSink.records(
                params,
                topic,
                (String row) -> new ProducerRecord<>(row, row.equals(topic) ? 5 : null, "key", "value")));
        assertThatExceptionOfType(KafkaStreamException.class)
                .isThrownBy(() -> writer.write(rows(topic + "-wrong"), FIRST))
                .withMessageContaining("cannot use topic '" + topic + "-wrong'");
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> writer.write(rows(topic), FIRST))
                .withMessageContaining("cannot send a record to partition 5 of topic '" + topic + "', which has 2");
    }

    @Test
    void theTransactionalIdIsOfThePrefixThePipelineAndTheOutputAndListenersKnowTheProducer() throws Exception {
        DefaultKafkaProducerFactory<String, String> producers =
                new DefaultKafkaProducerFactory<>(kafka.producerParams(Map.of()));
        producers.setTransactionIdPrefix("service-");
        List<String> told = new ArrayList<>();
        producers.addListener(new ProducerFactory.Listener<>() {
            @Override
            public void producerAdded(String id, Producer<String, String> producer) {
                told.add("added " + id);
            }

            @Override
            public void producerRemoved(String id, Producer<String, String> producer) {
                told.add("removed " + id);
            }
        });
        try (SinkWriter<String> writer = open(KafkaSink.to(producers, topic, (String row) -> row, row -> row))) {
            writer.write(rows("a"), FIRST);
        }
        assertThat(told).containsExactly("added dstream-p-" + output, "removed dstream-p-" + output);
        assertThat(kafka.stable("service-p/" + output, new TopicPartition(topic, 0))
                        .offset())
                .isZero();
        assertThat(kafka.admin()
                        .describeTransactions(Set.of("service-p/" + output))
                        .all()
                        .get())
                .hasSize(1);
    }

    @Test
    void whatTransactionsNeedIsForced() throws Exception {
        SinkWriter<String> writer = open(sink(Map.of("enable.idempotence", "false", "acks", "1"), row -> row));
        writer.write(rows("a"), FIRST);
        assertThat(kafka.committedValues(topic)).containsExactly("a");
    }

    @Test
    void aConfigurationThatIsRefusedFailsTheStart() {
        assertThatExceptionOfType(KafkaStreamException.class)
                .isThrownBy(() -> open(sink(Map.of("max.in.flight.requests.per.connection", "6"), row -> row)))
                .withMessageContaining("A Kafka producer for output '" + output + "' of pipeline 'p' cannot be made")
                .withMessageContaining("Correct the configuration of its producers");
        assertThatExceptionOfType(KafkaStreamException.class)
                .isThrownBy(() -> open(sink(Map.of("transaction.timeout.ms", "999999999"), row -> row)))
                .withMessageContaining("refuses the timeout of transactions")
                .withMessageContaining("Lower 'transaction.timeout.ms'");
    }

    @Test
    void aGroupOfAnotherProgramIsLeftAlone() throws Exception {
        kafka.admin()
                .alterConsumerGroupOffsets(
                        "dstream-p/" + output, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(7, "theirs")))
                .all()
                .get();
        assertThatExceptionOfType(KafkaStreamException.class)
                .isThrownBy(() -> open(sink()))
                .withMessageContaining("another program has committed offsets there")
                .withMessageContaining("another 'transactional.id' prefix");
    }

    @Test
    void aSinkHasATopicAndFunctions() {
        Map<String, Object> params = Map.of();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaSink.to(params, " ", row -> row, row -> row))
                .withMessage("'topic' must be the name of a topic, but was ' '");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaSink.to(params, "a", null, row -> row))
                .withMessage("'key' must be a function, but was null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaSink.to(params, "a", row -> row, null))
                .withMessage("'value' must be a function, but was null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaSink.records(params, "a", null))
                .withMessage("'record' must be a function, but was null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaSink.records(
                        (DefaultKafkaProducerFactory<String, String>) null, "a", row -> new ProducerRecord<>("a", "b")))
                .withMessage("'producers' must not be null");
    }

    private KafkaSink<String> sink() {
        return sink(row -> row);
    }

    private KafkaSink<String> sink(Function<String, String> value) {
        return sink(Map.of(), value);
    }

    private KafkaSink<String> sink(Map<String, Object> params, Function<String, String> value) {
        return KafkaSink.to(kafka.producerParams(params), topic, row -> row, value);
    }

    private <T> SinkWriter<T> open(KafkaSink<T> sink) {
        SinkWriter<T> writer = sink.open(sinkContext());
        writers.add(writer);
        return writer;
    }

    private SinkContext sinkContext() {
        return new SinkContext("p", output, StreamClock.system(), Duration.ofSeconds(1));
    }

    private RDD<String> rows(String... rows) {
        return context.parallelize(List.of(rows), 1);
    }

    private RDD<String> notComputed() {
        return rows("again").map(row -> {
            throw new IllegalStateException("computed");
        });
    }

    private Queue<RDD<String>> save(TestPipeline pipeline) {
        Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
        pipeline.context().queueStream(queue).saveTo(sink()).named(output);
        return queue;
    }
}
