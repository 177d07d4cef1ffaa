package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.event.PipelineInfo.State;
import io.dstream.input.SourceUnavailableException;
import io.dstream.kafka.broker.KafkaBroker;
import io.dstream.output.SinkConflictException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Offsets in the group of the consumers. */
class KafkaGroupOffsetStoreTest extends OffsetStoreContract {

    private static KafkaBroker broker; // which is killed

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void endBroker() {
        broker.close();
    }

    @Override
    protected OffsetStore store() {
        return KafkaGroupOffsetStore.create();
    }

    @Override
    protected String newTopic(int partitions) {
        String topic = TestKafka.newName("topic");
        try (Admin admin = Admin.create(consumerConfig())) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
            return topic;
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    protected Map<String, Object> consumerConfig() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    @Override
    protected void goAway() {
        broker.kill();
    }

    @Override
    protected void comeBack() {
        broker.restart();
    }

    @Test
    void whatTheProducerIsToldThatItCannotBeFailsTheStart() {
        Map<String, Object> config = new HashMap<>();
        config.put("transaction.timeout.ms", 16 * 60 * 1_000);
        config.put("linger.ms", null);
        KafkaGroupOffsetStore store = KafkaGroupOffsetStore.create().withProducerConfig(config);
        assertThatExceptionOfType(KafkaStreamException.class)
                .isThrownBy(() -> open(store, newGroup()))
                .withMessageContaining("cannot be committed by a transactional producer")
                .withMessageContaining("correct what withProducerConfig says");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.withProducerConfig(null))
                .withMessage("'config' must not be null");
    }

    @Test
    @SuppressWarnings("removal") // a group without a consumer can be told in no other way
    void offsetsThatATransactionOfSomebodyElseIsAboutToChangeAreWaitedFor() throws Exception {
        String group = newGroup();
        TopicPartition partition = new TopicPartition(newTopic(1), 0);
        open(store(), group).save(Map.of(partition, 1L));
        Map<String, Object> config = new HashMap<>(consumerConfig());
        config.put("transactional.id", "other");
        try (KafkaProducer<byte[], byte[]> other =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            other.initTransactions();
            other.beginTransaction();
            other.sendOffsetsToTransaction(
                    Map.of(partition, new OffsetAndMetadata(2)), new ConsumerGroupMetadata(group));
            assertThatExceptionOfType(SourceUnavailableException.class)
                    .isThrownBy(() -> open(store(), group))
                    .withMessageContaining("wait for the end of a transaction");
            other.commitTransaction();
        }
        assertThat(openWhenThere(store(), group).offsets()).isEqualTo(Map.of(partition, 2L));
    }

    @Test
    void aStreamGoesOnThereAndNobodyElseCommits() {
        TestKafka kafka = TestKafka.shared();
        String group = TestKafka.newName("group");
        String topic = kafka.newTopic(1);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (TestPipeline first = new TestPipeline();
                TestPipeline second = new TestPipeline()) {
            DirectKafkaDStream<String, String> stream = define(first, topic, kafka.params(group));
            kafka.send(topic, 0, "a", "b");
            first.runBatch();
            assertThat(kafka.stable(group, partition).offset()).isEqualTo(2);
            assertThatIllegalStateException()
                    .isThrownBy(() -> stream.commitAsync(new OffsetRange[0]))
                    .withMessageContaining("KafkaGroupOffsetStore");
            define(second, topic, kafka.params(group));
            second.start();
            kafka.send(topic, 0, "c");
            second.runBatch();
            assertThat(second.all()).containsExactly("c");
            first.runBatch();
            first.await(() -> first.context().info().state() == State.FAILED);
            assertThat(first.context().info().problem()).isInstanceOf(SinkConflictException.class);
        }
        assertThat(kafka.stable(group, partition).offset()).isEqualTo(3);
    }

    private static DirectKafkaDStream<String, String> define(
            TestPipeline pipeline, String topic, Map<String, Object> params) {
        ConsumerStrategy<String, String> strategy = ConsumerStrategies.Subscribe(List.of(topic), params);
        DirectKafkaDStream<String, String> stream = KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                strategy.withOffsetStore(KafkaGroupOffsetStore.create()));
        pipeline.collect(stream);
        return stream;
    }
}
