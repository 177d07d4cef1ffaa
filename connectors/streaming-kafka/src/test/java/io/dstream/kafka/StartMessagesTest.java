package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.time.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log tells of a stream that starts. */
class StartMessagesTest {

    private static final String INPUT = "Input 'kafka-0' of pipeline 'default' ";

    @TempDir
    private Path directory;

    private final TestKafka kafka = TestKafka.shared();
    private final String group = TestKafka.newName("group");
    private final String topic = kafka.newTopic(2);
    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final Map<String, Object> params = new HashMap<>(kafka.params(group));

    @Test
    void whereItBeginsIsToldOnceWithTheReason() {
        kafka.send(topic, 0, "a", "b");
        kafka.commit(group, new TopicPartition(topic, 0), 1);
        ConsumerStrategy<String, String> some =
                ConsumerStrategies.Subscribe(List.of(topic), params, Map.of(new TopicPartition(topic, 1), 0L));
        assertThat(logOfBatches(new TestPipeline(), some))
                .containsOnlyOnce(" begins with ")
                .contains(INPUT + "begins with " + topic + "-0 at 1 (group '" + group + "'); " + topic
                        + "-1 at 0 (starting offset)");
    }

    @Test
    void afterARestartThatIsTheCheckpoint() {
        kafka.send(topic, 0, "a", "b");
        String unused = logOfBatches(inDirectory(), subscribe(topic));
        kafka.setPartitions(topic, 3);
        assertThat(logOfBatches(inDirectory(), subscribe(topic)))
                .contains(INPUT + "begins with " + topic + "-0 at 2, " + topic + "-1 at 0 (checkpoint); " + topic
                        + "-2 at 0 (new)")
                .doesNotContain("WARN");
    }

    @Test
    void itMayBeTheOffsetStore() {
        MemoryOffsetStore store = new MemoryOffsetStore();
        kafka.send(topic, 1, "a", "b");
        String unused = logOfBatches(new TestPipeline(), subscribe(topic).withOffsetStore(store));
        assertThat(logOfBatches(new TestPipeline(), subscribe(topic).withOffsetStore(store)))
                .contains(INPUT + "begins with " + topic + "-0 at 0, " + topic + "-1 at 2 (offset store)");
    }

    @Test
    void ofManyPartitionsTheFirstTenAreTold() {
        String many = kafka.newTopic(12);
        assertThat(logOfBatches(new TestPipeline(), subscribe(many)))
                .contains(many + "-9 at 0 (")
                .contains("; and 2 more partitions")
                .doesNotContain(many + "-10");
    }

    @Test
    void aTopicThatIsReadNoMoreIsToldOnceAndIsNotCalledGone() {
        String other = kafka.newTopic(1);
        kafka.send(topic, 0, "a");
        String unused = logOfBatches(inDirectory(), subscribe(topic));
        assertThat(logOfBatches(inDirectory(), subscribe(other)))
                .containsOnlyOnce("WARN")
                .contains(INPUT + "has read topics " + topic
                        + " according to its checkpoint directory, and is to read topics " + other
                        + " now: it goes on without [" + topic + "]. If that is not meant, correct the topics")
                .doesNotContain("gone");
        kafka.commit(group, new TopicPartition(topic, 0), 0); // by somebody else, who reads it now
        assertThat(logOfBatches(inDirectory(), subscribe(other))).doesNotContain("WARN");
        assertThat(kafka.committed(group, List.of(new TopicPartition(topic, 0))))
                .containsValue(0L);
        assertThat(logOfBatches(inDirectory(), subscribe(topic, other)))
                .contains(topic + "-0 at 1, ")
                .doesNotContain("WARN");
    }

    @Test
    void aTopicThatIsMissingIsToldOnce() {
        String missing = TestKafka.newName("missing");
        assertThat(logOfBatches(new TestPipeline(), subscribe(topic, missing)))
                .containsOnlyOnce("waits for topic")
                .contains(
                        "WARN",
                        INPUT + "waits for topic '" + missing + "', which is not there: make it, or correct its name");
    }

    @Test
    void aStreamWithoutAGroupIsTold() {
        assertThat(logOfBatches(new TestPipeline(), subscribe(topic))).doesNotContain("group.id");
        params.remove("group.id");
        assertThat(logOfBatches(new TestPipeline(), subscribe(topic)))
                .containsOnlyOnce(
                        INPUT + "commits no offsets, and tools see no lag, because its consumers have no group.id")
                .contains("(auto.offset.reset=earliest)");
    }

    private TestPipeline inDirectory() {
        return new TestPipeline(clock, config -> config.withCheckpointDirectory(directory), settings -> settings);
    }

    private ConsumerStrategy<String, String> subscribe(String... topics) {
        return ConsumerStrategies.Subscribe(List.of(topics), params);
    }

    /** Starts it, and runs two batches. */
    private static String logOfBatches(TestPipeline pipeline, ConsumerStrategy<String, String> strategy) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try (pipeline) {
            pipeline.collect(KafkaUtils.createDirectStream(pipeline.context(), strategy));
            pipeline.runBatch();
            pipeline.runBatch();
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }
}
