package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.event.BatchInfo;
import io.dstream.rdd.Pair;
import io.dstream.time.ManualClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a pipeline with a checkpoint directory goes on after a restart. */
class RestartTest {

    @TempDir
    private Path directory;

    private final TestKafka kafka = TestKafka.shared();
    private final String group = TestKafka.newName("group");
    private final String topic = kafka.newTopic(2);
    private final AtomicBoolean poisonous = new AtomicBoolean();
    private final List<List<OffsetRange>> ranges = new ArrayList<>();
    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private TestPipeline pipeline;
    private DirectKafkaDStream<String, String> stream;

    @BeforeEach
    void open() {
        restart(topic);
    }

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void itGoesOnAtItsOffsetsWhateverTheGroupSays() {
        pipeline.start();
        kafka.send(topic, 0, "a", "b");
        pipeline.runBatch();
        kafka.send(topic, 0, "c");
        kafka.send(topic, 1, "d");
        restart(topic);
        kafka.commit(group, new TopicPartition(topic, 0), 0);
        pipeline.runBatch();
        assertThat(pipeline.all()).containsExactly("c", "d");
    }

    @Test
    void aBatchThatWasNotCommittedHasTheSameRecordsAgain() {
        pipeline.start();
        kafka.send(topic, 0, "a", "b");
        pipeline.runBatch();
        kafka.send(topic, 1, "c", "d");
        poisonous.set(true);
        assertThat(pipeline.runBatch().status()).isEqualTo(BatchInfo.Status.FAILED);
        kafka.send(topic, 0, "late");
        kafka.send(topic, 1, "late too");
        poisonous.set(false);
        restart(topic);
        pipeline.runBatch();
        assertThat(pipeline.at(2)).containsExactly("c", "d");
        assertThat(pipeline.at(3)).containsExactly("late", "late too");
        assertThat(ranges.get(1))
                .isEqualTo(ranges.get(2))
                .containsExactly(OffsetRange.create(topic, 0, 2, 2), OffsetRange.create(topic, 1, 0, 2));
    }

    @Test
    void aStateCountsEachRecordOnce() {
        List<Pair<String, Long>> counts = new CopyOnWriteArrayList<>();
        count(counts);
        pipeline.start();
        kafka.send(topic, 0, "a", "b");
        pipeline.runBatch();
        kafka.send(topic, 1, "c");
        poisonous.set(true);
        pipeline.runBatch();
        poisonous.set(false);
        restart(topic);
        count(counts);
        pipeline.runBatch();
        assertThat(counts).endsWith(Pair.of("key", 3L), Pair.of("key", 3L)).doesNotContain(Pair.of("key", 4L));
    }

    private void count(List<Pair<String, Long>> counts) {
        stream.mapToPair(record -> Pair.of(record.key(), 1L))
                .updateStateByKey((List<Long> ones, Optional<Long> before) -> Optional.of(before.orElse(0L)
                        + ones.stream().mapToLong(Long::longValue).sum()))
                .foreachRDD(rdd -> counts.addAll(rdd.collect()));
    }

    @Test
    void whatTheLastRunCouldNotTellTheGroupIsToldAtTheStart() {
        pipeline.start();
        kafka.send(topic, 0, "a", "b");
        pipeline.runBatch();
        restart(topic);
        TopicPartition partition = new TopicPartition(topic, 0);
        kafka.commit(group, partition, 0);
        pipeline.runBatch();
        pipeline.context().stop();
        assertThat(kafka.committed(group, List.of(partition))).containsEntry(partition, 2L);
    }

    @Test
    void aPartitionThatWasAddedMeanwhileIsReadFromItsFirstRecord() {
        pipeline.runBatch();
        pipeline.close();
        kafka.setPartitions(topic, 3);
        kafka.send(topic, 2, "in the new one");
        restart(topic);
        pipeline.runBatch();
        assertThat(pipeline.all()).containsExactly("in the new one");
    }

    @Test
    void aTopicThatTheDefinitionHadNotBeforeBeginsAsItsConsumersSay() {
        pipeline.start();
        String other = kafka.newTopic(1);
        kafka.send(other, 0, "before");
        kafka.send(topic, 0, "a");
        pipeline.runBatch();
        kafka.send(topic, 0, "b");
        restart(topic, other);
        pipeline.start();
        kafka.send(other, 0, "after");
        pipeline.runBatch();
        assertThat(pipeline.all()).containsExactlyInAnyOrder("b", "after");
    }

    @Test
    void withoutADirectoryItGoesOnAtTheOffsetsOfItsGroup() {
        kafka.send(topic, 0, "a");
        pipeline.close();
        pipeline = new TestPipeline();
        define(Map.of("auto.offset.reset", "earliest"), topic);
        pipeline.runBatch();
        pipeline.close();
        kafka.send(topic, 0, "b");
        pipeline = new TestPipeline();
        define(Map.of("auto.offset.reset", "earliest"), topic);
        pipeline.runBatch();
        assertThat(pipeline.all()).containsExactly("b");
    }

    private void restart(String... topics) {
        if (pipeline != null) {
            pipeline.close();
        }
        pipeline = new TestPipeline(clock, config -> config.withCheckpointDirectory(directory), settings -> settings);
        define(Map.of("auto.offset.reset", "latest"), topics);
    }

    private void define(Map<String, Object> more, String... topics) {
        Map<String, Object> params = kafka.params(group);
        params.putAll(more);
        stream = KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                ConsumerStrategies.Subscribe(List.of(topics), params));
        stream.foreachRDD(rdd -> {
            ranges.add(List.of(HasOffsetRanges.of(rdd).offsetRanges()));
            if (poisonous.get()) {
                throw new IllegalStateException("poison");
            }
        });
        pipeline.collect(stream);
    }
}
