package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is committed to the group of a stream's consumers, and when. */
class GroupOffsetsTest {

    private final TestKafka kafka = TestKafka.shared();
    private final String group = TestKafka.newName("group");
    private final String topic = kafka.newTopic(1);
    private final TopicPartition partition = new TopicPartition(topic, 0);
    private TestPipeline pipeline = new TestPipeline();

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void offsetsAreCommittedWithTheirBatchAndAllOfThemAtTheStop() {
        kafka.send(topic, 0, "a", "b");
        DirectKafkaDStream<String, String> stream = stream(kafka.params(group));
        List<Long> seen = new CopyOnWriteArrayList<>();
        stream.foreachRDD(rdd -> seen.add(committed()));
        pipeline.runBatch();
        kafka.send(topic, 0, "c");
        pipeline.runBatch();
        pipeline.context().stop();
        assertThat(seen).startsWith(-1L).hasSize(2);
        assertThat(seen.get(1)).isIn(-1L, 2L);
        assertThat(committed()).isEqualTo(3);
    }

    @Test
    void shortBatchesCommitOnceASecond() {
        Duration interval = Duration.ofMillis(100);
        pipeline.close();
        pipeline = new TestPipeline(config -> config.withBatchInterval(interval));
        pipeline.collect(stream(kafka.params(group)));
        pipeline.start();
        kafka.send(topic, 0, "a");
        pipeline.runBatch(interval);
        awaitCommitted(1);
        kafka.send(topic, 0, "b");
        for (int batch = 0; batch < 9; batch++) {
            pipeline.runBatch(interval);
        }
        assertThat(committed()).isEqualTo(1);
        pipeline.runBatch(interval);
        awaitCommitted(2);
    }

    @Test
    void whoeverWaitsForAnAnswerIsNotKeptWaiting() {
        Duration interval = Duration.ofMillis(100);
        pipeline.close();
        pipeline = new TestPipeline(config -> config.withBatchInterval(interval));
        List<String> told = new CopyOnWriteArrayList<>();
        DirectKafkaDStream<String, String> stream = stream(kafka.params(group));
        stream.foreachRDD(rdd -> stream.commitAsync(HasOffsetRanges.of(rdd).offsetRanges(), (offsets, failure) -> {
            told.add(String.valueOf(failure));
            pipeline.tell();
        }));
        pipeline.start();
        for (int batch = 1; batch <= 3; batch++) {
            int answers = batch;
            pipeline.runBatch(interval);
            pipeline.await(() -> told.size() == answers);
        }
        assertThat(told).containsOnly("null");
    }

    @Test
    void aBatchThatFailsCommitsNothing() {
        kafka.send(topic, 0, "a");
        stream(kafka.params(group)).foreachRDD(rdd -> {
            throw new IllegalStateException("poison");
        });
        pipeline.runBatch();
        assertThat(committed()).isEqualTo(-1);
    }

    @Test
    void enableAutoCommitHasNoEffect() {
        kafka.send(topic, 0, "a");
        Map<String, Object> params = new HashMap<>(kafka.params(group));
        params.put("enable.auto.commit", "true");
        params.put("auto.commit.interval.ms", "1");
        stream(params).foreachRDD(rdd -> {
            rdd.count();
            throw new IllegalStateException("poison");
        });
        pipeline.runBatch();
        assertThat(committed()).isEqualTo(-1);
    }

    @Test
    void offsetsAreCommittedByTheUserAlone() {
        pipeline.close();
        pipeline = TestPipeline.with(settings -> settings.withCommitsOffsets(false));
        kafka.send(topic, 0, "a", "b", "c");
        List<Map<TopicPartition, ?>> told = new CopyOnWriteArrayList<>();
        DirectKafkaDStream<String, String> stream = stream(kafka.params(group));
        stream.foreachRDD(rdd -> {
            OffsetRange[] ranges = HasOffsetRanges.of(rdd).offsetRanges();
            if (ranges[0].count() > 0) {
                ((CanCommitOffsets) stream)
                        .commitAsync(new OffsetRange[] {OffsetRange.create(partition, 0, 2)}, (offsets, failure) -> {
                            assertThat(failure).isNull();
                            told.add(offsets);
                        });
            }
        });
        pipeline.runBatch();
        pipeline.runBatch();
        pipeline.context().stop();
        assertThat(committed()).isEqualTo(2);
        assertThat(told).singleElement().satisfies(offsets -> assertThat(offsets)
                .containsOnlyKeys(partition));
    }

    @Test
    void aStreamWithoutAGroupTellsWhoCommits() {
        kafka.send(topic, 0, "a");
        Map<String, Object> params = new HashMap<>(kafka.params(group));
        params.remove("group.id");
        List<String> told = new CopyOnWriteArrayList<>();
        DirectKafkaDStream<String, String> stream = stream(params);
        stream.foreachRDD(rdd -> stream.commitAsync(
                HasOffsetRanges.of(rdd).offsetRanges(), (offsets, failure) -> told.add(failure.getMessage())));
        pipeline.runBatch();
        assertThat(told).containsExactly("The consumers of the stream have no group.id");
    }

    @Test
    void aGroupWithOtherMembersHoldsUpNothingAndIsTold() {
        try (KafkaConsumer<String, String> other = new KafkaConsumer<>(kafka.params(group))) {
            other.subscribe(List.of(topic));
            while (other.assignment().isEmpty()) {
                other.poll(Duration.ofMillis(50));
            }
            kafka.send(topic, 0, "a");
            pipeline.collect(stream(kafka.params(group)));
            pipeline.runBatch();
            kafka.send(topic, 0, "b");
            pipeline.runBatch();
            assertThat(pipeline.all()).containsExactly("a", "b");
            awaitCommitProblem();
        }
    }

    @Test
    void aStreamThatDoesNotRunCommitsNothing() {
        DirectKafkaDStream<String, String> stream = stream(kafka.params(group));
        assertThatIllegalStateException()
                .isThrownBy(() -> stream.commitAsync(new OffsetRange[0]))
                .withMessage("The Kafka input is not started");
    }

    /** The answer comes some time after the batch. */
    private void awaitCommitProblem() {
        for (int i = 0; i < 200 && pipeline.stream().commitProblem() == null; i++) {
            pipeline.runBatch();
        }
        assertThat(pipeline.stream().commitProblem()).isNotNull();
    }

    private void awaitCommitted(long offset) {
        for (int i = 0; i < 1_000 && committed() != offset; i++) {
            Thread.onSpinWait(); // each look asks the broker
        }
        assertThat(committed()).isEqualTo(offset);
    }

    private long committed() {
        return kafka.committed(group, List.of(partition)).get(partition);
    }

    private DirectKafkaDStream<String, String> stream(Map<String, Object> params) {
        return KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                ConsumerStrategies.Subscribe(List.of(topic), params));
    }
}
