package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.function.StreamingException;
import io.dstream.rdd.RDD;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/** RDDs of fixed ranges. */
class CreateRddTest {

    private final TestKafka kafka = TestKafka.shared();
    private final TestPipeline pipeline = new TestPipeline();
    private final String topic = kafka.newTopic(2);

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void aPartitionHasTheRecordsOfItsRange() {
        kafka.send(topic, 0, "a", "b", "c", "d");
        kafka.send(topic, 1, "e");
        RDD<ConsumerRecord<String, String>> rdd = rdd(
                kafka.params("group.id", "rdd"),
                OffsetRange.create(topic, 0, 1, 3),
                OffsetRange.create(topic, 1, 0, 0),
                OffsetRange.create(topic, 1, 0, 1));
        assertThat(rdd.map(ConsumerRecord::value).glom().collect())
                .containsExactly(List.of("b", "c"), List.of(), List.of("e"));
        assertThat(rdd.count()).isEqualTo(3);
        assertThat(HasOffsetRanges.of(rdd).offsetRanges()).contains(OffsetRange.create(topic, 0, 1, 3));
    }

    @Test
    void offsetsWithoutARecordArePassedOver() {
        kafka.sendInTransaction(false, topic, 0, "aborted");
        kafka.sendInTransaction(true, topic, 0, "a");
        RDD<ConsumerRecord<String, String>> rdd =
                rdd(kafka.params("isolation.level", "read_committed"), OffsetRange.create(topic, 0, 0, 4));
        assertThat(rdd.map(ConsumerRecord::value).collect()).containsExactly("a");
    }

    @Test
    void itIsMadeWithTheConsumersOfTheApplication() {
        kafka.send(topic, 0, "a");
        RDD<ConsumerRecord<String, String>> rdd = KafkaUtils.createRDD(
                pipeline.context(),
                new DefaultKafkaConsumerFactory<>(kafka.params("group.id", "rdd")),
                OffsetRange.create(topic, 0, 0, 1));
        assertThat(rdd.first().value()).isEqualTo("a");
    }

    @Test
    void aRangeThatIsNotInItsTopicFails() {
        kafka.send(topic, 0, "a", "b");
        kafka.deleteRecords(topic, 0, 1);
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> rdd(kafka.params("group.id", "rdd"), OffsetRange.create(topic, 0, 0, 2))
                        .count())
                .withMessageContaining(
                        "Records " + topic + "-0 [0, 2) cannot be read: the partition has offsets 1 to 2");
    }

    @Test
    void aTopicThatThereIsNotFails() {
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(
                        () -> rdd(kafka.params("default.api.timeout.ms", "500"), OffsetRange.create("missing", 0, 0, 2))
                                .count())
                .withMessageContaining("Kafka cannot be reached to read missing-0 [0, 2)");
    }

    @Test
    void brokersCannotBePreferred() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaUtils.createRDD(
                        pipeline.context(), Map.of(), new OffsetRange[0], LocationStrategies.PreferBrokers()))
                .withMessage("'location' must be PreferConsistent or PreferFixed, but was PreferBrokers");
    }

    private RDD<ConsumerRecord<String, String>> rdd(Map<String, Object> params, OffsetRange... ranges) {
        return KafkaUtils.createRDD(pipeline.context(), params, ranges, LocationStrategies.PreferConsistent());
    }
}
