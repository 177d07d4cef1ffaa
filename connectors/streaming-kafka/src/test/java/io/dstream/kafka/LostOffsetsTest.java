package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.time.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stream does when records are gone before it has read them. */
class LostOffsetsTest {

    @TempDir
    private Path directory;

    private final TestKafka kafka = TestKafka.shared();
    private final String group = TestKafka.newName("group");
    private final String topic = kafka.newTopic(1);
    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private TestPipeline pipeline;

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void itFailsUnlessToldOtherwise() {
        open(LostOffsets.FAIL);
        retentionOvertakes();
        BatchInfo batch = pipeline.runBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason())
                .contains("2 records of " + topic + "-0 from offset 1 on are gone, the first one there is is at 3")
                .contains("Set streaming.kafka.lost-offsets");
    }

    @Test
    void itGoesOnAtTheFirstRecordThereIs() {
        open(LostOffsets.EARLIEST);
        retentionOvertakes();
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("4", "5");
        assertThat(pipeline.stream().lostRecords()).isEqualTo(2);
    }

    @Test
    void itGoesOnBehindTheLastRecordThereIs() {
        open(LostOffsets.LATEST);
        retentionOvertakes();
        pipeline.runBatch();
        assertThat(pipeline.last()).isEmpty();
        assertThat(pipeline.stream().lostRecords()).isEqualTo(4);
        kafka.send(topic, 0, "6");
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("6");
    }

    @Test
    void whatIsLeftOfABatchIsReadAfterARestart() {
        haltAt(LostOffsets.EARLIEST);
        kafka.deleteRecords(topic, 0, 2);
        restart(LostOffsets.EARLIEST);
        pipeline.runBatch();
        assertThat(pipeline.at(1)).containsExactly("3");
        assertThat(pipeline.stream().lostRecords()).isEqualTo(2);
    }

    @Test
    void aBatchOfWhichNothingIsLeftIsEmpty() {
        haltAt(LostOffsets.LATEST);
        kafka.deleteRecords(topic, 0, 3);
        restart(LostOffsets.LATEST);
        kafka.send(topic, 0, "4");
        pipeline.runBatch();
        assertThat(pipeline.at(1)).isEmpty();
        assertThat(pipeline.at(2)).containsExactly("4");
    }

    @Test
    void aBatchOfWhichSomethingIsGoneFailsUnlessToldOtherwise() {
        haltAt(LostOffsets.FAIL);
        kafka.deleteRecords(topic, 0, 2);
        restart(LostOffsets.FAIL);
        pipeline.start();
        pipeline.await(() -> pipeline.context().info().state().isEnd());
        assertThat(pipeline.context().info().problem())
                .isInstanceOf(OffsetsLostException.class)
                .hasMessageContaining("Records " + topic + "-0 [0, 3)");
    }

    @Test
    void aTopicThatIsMadeAgainIsReadFromItsFirstRecord() {
        open(LostOffsets.EARLIEST);
        kafka.send(topic, 0, "1");
        pipeline.runBatch();
        makeAgain();
        kafka.send(topic, 0, "a", "b", "c");
        pipeline.runBatch();
        pipeline.runBatch();
        assertThat(pipeline.all()).containsExactly("1", "a", "b", "c");
        kafka.send(topic, 0, "d");
        pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("d");
    }

    @Test
    void aTopicThatIsMadeAgainFailsTheBatchUnlessToldOtherwise() {
        open(LostOffsets.FAIL);
        kafka.send(topic, 0, "1");
        pipeline.runBatch();
        makeAgain();
        kafka.send(topic, 0, "a", "b", "c");
        BatchInfo batch = pipeline.runBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason()).contains("topic '" + topic + "' was made again");
    }

    @Test
    void aBatchDoesNotHaveTheRecordsOfATopicThatWasMadeAgain() {
        haltAt(LostOffsets.EARLIEST);
        makeAgain();
        kafka.send(topic, 0, "a", "b", "c", "d");
        restart(LostOffsets.EARLIEST);
        pipeline.runBatch();
        assertThat(pipeline.at(1)).isEmpty();
        assertThat(pipeline.at(2)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void aTopicThatIsForgottenAndMadeAgainIsReadFromItsFirstRecordWhateverWasSavedOfTheOther() {
        Duration interval = Duration.ofHours(2);
        String other = kafka.newTopic(1);
        kafka.commit(group, new TopicPartition(topic, 0), 2);
        kafka.send(topic, 0, "1", "2", "3");
        pipeline = new TestPipeline(clock, config -> config.withBatchInterval(interval), settings -> settings);
        ConsumerStrategy<String, String> strategy =
                ConsumerStrategies.Subscribe(List.of(topic, other), kafka.params(group));
        pipeline.collect(KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                strategy.withOffsetStore(KafkaGroupOffsetStore.create())));
        pipeline.start();
        pipeline.runBatch(interval);
        assertThat(pipeline.last()).containsExactly("3");
        kafka.deleteTopic(topic);
        pipeline.runBatch(interval); // notices it
        pipeline.runBatch(interval); // forgets it
        newTopicAgain();
        kafka.send(topic, 0, "a", "b", "c");
        pipeline.runBatch(interval);
        assertThat(pipeline.last()).containsExactly("a", "b", "c");
    }

    @Test
    void aTopicThatIsGoneLeavesTheOthersAlone() {
        String other = kafka.newTopic(1);
        open(LostOffsets.FAIL, topic, other);
        pipeline.runBatch();
        kafka.deleteTopic(other);
        kafka.send(topic, 0, "1");
        BatchInfo batch = pipeline.runBatch();
        assertThat(pipeline.last()).containsExactly("1");
        assertThat(batch.inputs().get(0).description()).contains("there is no topic " + other);
    }

    @Test
    void thatATopicIsGoneIsNoticedBeforeTopicsAreLookedForAgain() {
        openAndReadThreeWithoutLookingAgain();
        kafka.deleteTopic(topic);
        assertThat(pipeline.runBatch().inputs().get(0).description()).contains("there is no topic " + topic);
    }

    @Test
    void thatATopicIsAnotherIsNoticedIfItIsShorter() {
        openAndReadThreeWithoutLookingAgain();
        makeAgain();
        kafka.send(topic, 0, "a");
        pipeline.runBatch();
        assertThat(pipeline.all()).containsExactly("1", "2", "3", "a");
    }

    /** Brokers are asked once a second where partitions begin, so a batch may have records that are gone. */
    @Test
    void whatIsGoneSinceASecondIsNoticedWhereItIsRead() {
        Duration interval = Duration.ofMillis(100);
        pipeline = new TestPipeline(
                clock,
                config -> config.withBatchInterval(interval),
                settings -> settings.withLostOffsets(LostOffsets.EARLIEST).withDiscoveryInterval(Duration.ofDays(1)));
        pipeline.collect(stream(topic));
        kafka.send(topic, 0, "1", "2", "3");
        pipeline.start();
        kafka.deleteRecords(topic, 0, 2);
        assertThat(pipeline.runBatch(interval).inputs().get(0).description()).contains("offsets: 0 to 3");
        assertThat(pipeline.all()).containsExactly("3");
        assertThat(pipeline.stream().lostRecords()).isEqualTo(2);
    }

    private void openAndReadThreeWithoutLookingAgain() {
        pipeline = new TestPipeline(clock, config -> config, settings -> settings.withLostOffsets(LostOffsets.EARLIEST)
                .withDiscoveryInterval(Duration.ofDays(1)));
        pipeline.collect(stream(topic));
        kafka.send(topic, 0, "1", "2", "3");
        pipeline.runBatch();
    }

    /** One record is read, two are lost, two are left. */
    private void retentionOvertakes() {
        kafka.send(topic, 0, "1");
        pipeline.runBatch();
        kafka.send(topic, 0, "2", "3", "4", "5");
        kafka.deleteRecords(topic, 0, 3);
    }

    /** Leaves a batch of three records behind that is not committed. */
    private void haltAt(LostOffsets policy) {
        kafka.send(topic, 0, "1", "2", "3");
        pipeline = pipeline(policy);
        stream(topic).foreachRDD(rdd -> {
            throw new IllegalStateException("poison");
        });
        pipeline.runBatch();
    }

    private void restart(LostOffsets policy) {
        pipeline.close();
        open(policy);
    }

    private void open(LostOffsets policy, String... topics) {
        pipeline = pipeline(policy);
        pipeline.collect(stream(topics.length == 0 ? new String[] {topic} : topics));
    }

    private TestPipeline pipeline(LostOffsets policy) {
        return new TestPipeline(
                clock,
                config -> config.withCheckpointDirectory(directory),
                settings -> settings.withLostOffsets(policy));
    }

    private DirectKafkaDStream<String, String> stream(String... topics) {
        return KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                ConsumerStrategies.Subscribe(List.of(topics), kafka.params(group)));
    }

    private void makeAgain() {
        kafka.deleteTopic(topic);
        newTopicAgain();
    }

    private void newTopicAgain() {
        List<String> attempts = new CopyOnWriteArrayList<>();
        while (attempts.size() < 100) { // it may still be on its way out
            try {
                kafka.newTopic(topic, 1, Map.of());
                return;
            } catch (IllegalStateException stillThere) {
                attempts.add(String.valueOf(stillThere.getMessage()));
            }
        }
        throw new IllegalStateException(attempts.toString());
    }
}
