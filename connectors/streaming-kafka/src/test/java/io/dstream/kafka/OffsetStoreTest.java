package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo.State;
import io.dstream.function.StreamingException;
import io.dstream.output.SinkConflictException;
import io.dstream.time.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a stream does with its offset store: where it goes on, when it saves, and when it halts. */
class OffsetStoreTest {

    @TempDir
    private Path temporary;

    private final TestKafka kafka = TestKafka.shared();
    private final String group = TestKafka.newName("group");
    private final String topic = kafka.newTopic(2);
    private final MemoryOffsetStore store = new MemoryOffsetStore();
    private final AtomicBoolean poisonous = new AtomicBoolean();
    private final List<TestPipeline> pipelines = new ArrayList<>();

    @AfterEach
    void close() {
        store.answer();
        pipelines.forEach(TestPipeline::close);
    }

    @Test
    void offsetsAreSavedWithEachBatchAndTheNextInstanceGoesOnThereWhateverElseIsSaid() throws Exception {
        TestPipeline first = pipeline();
        kafka.send(topic, 0, "a", "b");
        first.runBatch();
        kafka.send(topic, 1, "c");
        first.runBatch();
        assertThat(rows()).containsExactly("epoch 1", topic + " 0 2", topic + " 1 1");
        first.close();
        kafka.commit(group, new TopicPartition(topic, 0), 0);
        kafka.send(topic, 0, "d");
        TestPipeline second =
                define(plain(), strategy -> strategy.withStartingOffsets(Map.of(new TopicPartition(topic, 1), 0L)));
        second.runBatch();
        assertThat(second.all()).containsExactly("d");
        assertThat(rows()).containsExactly("epoch 2", topic + " 0 3", topic + " 1 1");
    }

    @Test
    void oneWithAnEmptyDirectoryGoesOnBehindTheOtherWhichHaltsAtItsNextBatch() throws Exception {
        TestPipeline first = pipelineIn("first");
        kafka.send(topic, 0, "a", "b");
        first.runBatch();
        TestPipeline second = pipelineIn("second");
        second.start();
        kafka.send(topic, 0, "c");
        first.runBatch();
        first.await(() -> first.context().info().state() == State.FAILED);
        assertThat(first.context().info().problem())
                .isInstanceOf(SinkConflictException.class)
                .hasMessageContaining("'kafka-0' of pipeline 'default', group '" + group + "'");
        assertThat(rows()).containsExactly("epoch 2", topic + " 0 2", topic + " 1 0");
        second.runBatch();
        assertThat(second.all()).containsExactly("c");
        assertThat(rows()).contains(topic + " 0 3");
    }

    @Test
    void aBatchThatFailsSavesNothingAndIsRepeatedWithTheSameRecords() throws Exception {
        ManualClock clock = new ManualClock(Instant.EPOCH);
        TestPipeline first = pipelineIn("directory", clock);
        kafka.send(topic, 0, "a");
        first.runBatch();
        kafka.send(topic, 0, "b");
        poisonous.set(true);
        assertThat(first.runBatch().status()).isEqualTo(Status.FAILED);
        assertThat(rows()).contains(topic + " 0 1");
        first.close();
        poisonous.set(false);
        kafka.send(topic, 0, "c");
        TestPipeline second = pipelineIn("directory", clock);
        second.runBatch();
        assertThat(second.at(2)).containsExactly("b");
        assertThat(second.at(3)).containsExactly("c");
        assertThat(rows()).contains(topic + " 0 3");
    }

    @Test
    void aBatchThatWasSavedWithItsResultsIsRepeatedWithoutGoingBackMeanwhile() throws Exception {
        ManualClock clock = new ManualClock(Instant.EPOCH);
        List<List<String>> seen = new ArrayList<>();
        TestPipeline first = savingIn("directory", clock, seen);
        kafka.send(topic, 0, "a");
        first.runBatch();
        kafka.send(topic, 0, "b");
        poisonous.set(true);
        assertThat(first.runBatch().status()).isEqualTo(Status.FAILED);
        first.close();
        poisonous.set(false);
        kafka.send(topic, 0, "c");
        assertThat(rows()).contains(topic + " 0 2");
        TestPipeline second = savingIn("directory", clock, seen);
        second.runBatch();
        assertThat(second.at(2)).containsExactly("b");
        assertThat(seen.get(2)).contains(topic + " 0 2");
        assertThat(rows()).contains(topic + " 0 3");
    }

    @Test
    void whatCouldNotBeSavedBeforeTheEndIsSavedAtTheStart() throws Exception {
        ManualClock clock = new ManualClock(Instant.EPOCH);
        TestPipeline first = pipelineIn("directory", clock);
        kafka.send(topic, 0, "a");
        first.runBatch();
        List<String> before = rows();
        kafka.send(topic, 0, "b");
        store.setAway(true);
        first.advance(Duration.ofSeconds(1));
        first.await(() -> first.context().info().state() == State.WAITING);
        assertThat(first.all()).containsExactly("a", "b");
        first.close();
        store.setAway(false);
        assertThat(rows()).isEqualTo(before);
        TestPipeline second = pipelineIn("directory", clock);
        second.runBatch();
        assertThat(second.all()).isEmpty();
        assertThat(rows()).contains(topic + " 0 2");
    }

    @Test
    void aBatchWaitsForAStoreThatIsAwayAndEndsWhenItIsBack() throws Exception {
        TestPipeline pipeline = pipeline();
        kafka.send(topic, 0, "a");
        pipeline.runBatch();
        store.setAway(true);
        kafka.send(topic, 0, "b");
        pipeline.advance(Duration.ofSeconds(1));
        pipeline.await(() -> pipeline.context().info().state() == State.WAITING);
        assertThat(pipeline.context().info().problem()).hasMessageContaining("out of sight");
        store.setAway(false);
        awaitEndOfWaiting(pipeline);
        pipeline.runBatch();
        assertThat(pipeline.all()).containsExactly("a", "b");
        assertThat(rows()).contains(topic + " 0 2");
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aStopDoesNotWaitForAStoreThatHangsAndItIsClosedWhenItAnswers() throws Exception {
        TestPipeline pipeline = pipeline();
        pipeline.runBatch();
        store.hang();
        kafka.send(topic, 0, "a");
        pipeline.advance(Duration.ofSeconds(1));
        store.awaitAsked();
        pipeline.context().stop(false, Duration.ZERO);
        assertThat(store.openSessions()).isOne();
        store.answer();
        store.awaitEndOfSessions();
        assertThat(rows()).startsWith("epoch 1");
    }

    @Test
    void aStreamThatIsInterruptedWhileItOpensItsStoreDoesNotStart() {
        TestPipeline pipeline = plain();
        OffsetStore interrupted = new OffsetStore() {
            @Override
            public String description() {
                return "a store that is waited for";
            }

            @Override
            public OffsetStoreSession open(OffsetStoreContext context) throws InterruptedException {
                throw new InterruptedException();
            }
        };
        pipeline.collect(KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                ConsumerStrategies.<String, String>Subscribe(List.of(topic), kafka.params(group))
                        .withOffsetStore(interrupted)));
        try {
            assertThatExceptionOfType(StreamingException.class).isThrownBy(pipeline::start);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aStoreThatIsAwayAtTheStartIsOpenedBeforeTheFirstBatch() throws Exception {
        kafka.send(topic, 0, "a", "b");
        store.open(context()).save(Map.of(new TopicPartition(topic, 0), 1L));
        store.setAway(true);
        TestPipeline pipeline = pipeline();
        pipeline.start();
        pipeline.advance(Duration.ofSeconds(1));
        pipeline.await(() -> pipeline.context().info().state() == State.WAITING);
        assertThat(pipeline.stream().problem()).contains("out of sight");
        store.setAway(false);
        awaitEndOfWaiting(pipeline);
        pipeline.runBatch();
        assertThat(pipeline.all()).containsExactly("b");
    }

    @Test
    void aDirectoryBehindWhichAnotherInstanceHasGoneOnIsRefused() throws Exception {
        ManualClock clock = new ManualClock(Instant.EPOCH);
        TestPipeline first = pipelineIn("first", clock);
        kafka.send(topic, 0, "a");
        first.runBatch();
        first.close();
        kafka.send(topic, 0, "b", "c");
        TestPipeline second = pipelineIn("second", clock);
        second.runBatch();
        assertThat(second.all()).containsExactly("b", "c");
        second.close();
        TestPipeline again = pipelineIn("first", clock);
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(again::start)
                .withCauseInstanceOf(SinkConflictException.class)
                .withMessageContaining(topic + "-0 at offset 3 as the memory of the test says")
                .withMessageContaining("begin or end at [0, 1]")
                .withMessageContaining("or with an empty one");
    }

    @Test
    void aPartitionThatWasAddedSinceTheLastInstanceIsReadFromItsFirstRecord() throws Exception {
        TestPipeline first = pipeline();
        first.runBatch();
        first.close();
        kafka.setPartitions(topic, 3);
        kafka.send(topic, 2, "in the new one");
        TestPipeline second = define(Map.of("auto.offset.reset", "latest"), plain(), strategy -> strategy);
        second.runBatch();
        assertThat(second.all()).containsExactly("in the new one");
    }

    @Test
    void twoStreamsOfOneGroupAreTold() throws Exception {
        String other = kafka.newTopic(1);
        TestPipeline pipeline = pipeline();
        KafkaUtils.createDirectStream(
                        pipeline.context(),
                        LocationStrategies.PreferConsistent(),
                        ConsumerStrategies.<String, String>Subscribe(List.of(other), kafka.params(group))
                                .withOffsetStore(store))
                .foreachRDD(rdd -> {});
        kafka.send(topic, 0, "a");
        pipeline.runBatch();
        pipeline.await(() -> pipeline.context().info().state() == State.FAILED);
        assertThat(pipeline.context().info().problem()).isInstanceOf(SinkConflictException.class);
    }

    @Test
    void aStreamWithoutAGroupDoesNotStart() {
        Map<String, Object> params = kafka.params(group);
        params.remove("group.id");
        TestPipeline pipeline = new TestPipeline();
        pipelines.add(pipeline);
        KafkaUtils.createDirectStream(
                        pipeline.context(),
                        LocationStrategies.PreferConsistent(),
                        ConsumerStrategies.<String, String>Subscribe(List.of(topic), params)
                                .withOffsetStore(store))
                .foreachRDD(rdd -> {});
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(pipeline::start)
                .withCauseInstanceOf(KafkaStreamException.class)
                .withMessageContaining("the memory of the test, but its consumers have no group.id");
    }

    @Test
    void offsetsThatAreInNoDatabaseCannotBeInATransactionOfOne() {
        ConsumerStrategy<String, String> plain = ConsumerStrategies.Subscribe(List.of(topic), kafka.params(group));
        assertThat(reasonWhySavingInFails(plain))
                .contains("has no offset store")
                .contains("withOffsetStore");
        assertThat(reasonWhySavingInFails(plain.withOffsetStore(KafkaGroupOffsetStore.create())))
                .contains("are in no database")
                .contains("withOffsetStore");
    }

    private String reasonWhySavingInFails(ConsumerStrategy<String, String> strategy) {
        TestPipeline pipeline = plain();
        DirectKafkaDStream<String, String> stream =
                KafkaUtils.createDirectStream(pipeline.context(), LocationStrategies.PreferConsistent(), strategy);
        stream.foreachRDD((rdd, time) -> stream.saveOffsets(null, time));
        return pipeline.runBatch().failureReason();
    }

    @Test
    void aStoreThatIsNullIsRefused() {
        assertThatNullPointerException()
                .isThrownBy(() -> ConsumerStrategies.Subscribe(List.of(topic), kafka.params(group))
                        .withOffsetStore(null))
                .withMessageContaining("'store'");
    }

    /** The thread that waits may look at the clock later than one that is moved once. */
    private static void awaitEndOfWaiting(TestPipeline pipeline) {
        while (pipeline.context().info().state() == State.WAITING) {
            pipeline.advance(Duration.ofMillis(1));
        }
    }

    private OffsetStoreContext context() {
        return new OffsetStoreContext("default", "kafka-0", group, Map.of(), Duration.ofSeconds(3));
    }

    private TestPipeline pipeline() {
        return define(plain(), strategy -> strategy);
    }

    private TestPipeline pipelineIn(String directory) {
        return pipelineIn(directory, new ManualClock(Instant.EPOCH));
    }

    private TestPipeline pipelineIn(String directory, ManualClock clock) {
        return define(in(directory, clock), strategy -> strategy);
    }

    /** One that saves its offsets in a transaction of its output, which tells what is saved before. */
    private TestPipeline savingIn(String directory, ManualClock clock, List<List<String>> seen) {
        TestPipeline pipeline = in(directory, clock);
        DirectKafkaDStream<String, String> saved = streamOf(Map.of(), pipeline, strategy -> strategy);
        saved.foreachRDD((rdd, time) -> {
            seen.add(rows());
            saved.saveOffsets(null, time);
        });
        failWhenPoisonous(saved);
        pipeline.collect(saved);
        return pipeline;
    }

    private TestPipeline plain() {
        TestPipeline pipeline = new TestPipeline();
        pipelines.add(pipeline);
        return pipeline;
    }

    private TestPipeline in(String directory, ManualClock clock) {
        TestPipeline pipeline = new TestPipeline(
                clock, config -> config.withCheckpointDirectory(temporary.resolve(directory)), settings -> settings);
        pipelines.add(pipeline);
        return pipeline;
    }

    private TestPipeline define(TestPipeline pipeline, UnaryOperator<ConsumerStrategy<String, String>> change) {
        return define(Map.of(), pipeline, change);
    }

    private TestPipeline define(
            Map<String, Object> more, TestPipeline pipeline, UnaryOperator<ConsumerStrategy<String, String>> change) {
        DirectKafkaDStream<String, String> stream = streamOf(more, pipeline, change);
        failWhenPoisonous(stream);
        pipeline.collect(stream);
        return pipeline;
    }

    private DirectKafkaDStream<String, String> streamOf(
            Map<String, Object> more, TestPipeline pipeline, UnaryOperator<ConsumerStrategy<String, String>> change) {
        Map<String, Object> params = new HashMap<>(kafka.params(group));
        params.putAll(more);
        ConsumerStrategy<String, String> strategy = ConsumerStrategies.Subscribe(List.of(topic), params);
        return KafkaUtils.createDirectStream(
                pipeline.context(),
                LocationStrategies.PreferConsistent(),
                change.apply(strategy).withOffsetStore(store));
    }

    private void failWhenPoisonous(DirectKafkaDStream<String, String> stream) {
        stream.foreachRDD(rdd -> {
            if (poisonous.get()) {
                throw new IllegalStateException("poison");
            }
        });
    }

    private List<String> rows() {
        return store.rows(group);
    }
}
