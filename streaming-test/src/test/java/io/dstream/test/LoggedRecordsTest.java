package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.StreamingConfig;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.InputInfo;
import io.dstream.function.StreamingException;
import io.dstream.rdd.RDD;
import io.dstream.storage.MissingDirectoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which records of receivers and queues a write-ahead log gives back after a restart, and to which batch. */
class LoggedRecordsTest {

    private static final String POISON = "poison";

    @TempDir
    private Path directory;

    private final Map<Long, List<String>> seen = new TreeMap<>(); // rows, by second
    private final Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
    private boolean poisonous = true;
    private TestReceiver<String> receiver = new TestReceiver<>();
    private TestStreamingContext test;

    @BeforeEach
    void open() {
        test = context(config -> config);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aBatchThatWasNotCommittedHasTheSameRecordsAgain() throws Exception {
        receive();
        receiver.put("a");
        test.runBatch();
        receiver.put("b");
        receiver.putTogether(List.of("c", POISON));
        receiver.put("d");
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.FAILED);
        poisonous = false;
        restart(config -> config);
        receive();
        receiver.put("later");
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(1L, List.of("a"), 2L, List.of("b", "c", POISON, "d"), 3L, List.of("later")));
        assertThat(test.context().batches().get(1).inputs())
                .containsExactly(new InputInfo("receiver-0", 4, "3 blocks"));
    }

    @Test
    void recordsThatWereStoredTogetherAndAreInNoBatchAreInTheFirstOne() throws Exception {
        receive();
        test.runBatch();
        receiver.putTogether(List.of("a", "b"));
        receiver.putTogether(List.of("c"));
        restart(config -> config);
        receive();
        receiver.put("later");
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(1L, List.of(), 2L, List.of("a", "b", "c", "later")));
        restart(config -> config);
        receive();
        test.runBatch();
        assertThat(seen).containsEntry(3L, List.of());
    }

    @Test
    void evenIfNoBatchHasRunBefore() throws Exception {
        receive();
        receiver.putTogether(List.of("a"));
        restart(config -> config);
        receive();
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(1L, List.of("a")));
    }

    @Test
    void aBlockThatWasDividedIsDividedInTheSamePlaces() throws Exception {
        restart(config -> config.withMaxRecordsPerBatch(2));
        receive();
        receiver.putTogether(List.of("1", "2", "3", POISON, "5", "6", "7"));
        test.runBatch();
        assertThat(test.runFailingBatch()).isNotNull();
        poisonous = false;
        for (long second = 3; second <= 4; second++) {
            restart(config -> config.withMaxRecordsPerBatch(2));
            receive();
            test.runBatch();
        }
        assertThat(seen)
                .isEqualTo(Map.of(
                        1L, List.of("1", "2"), 2L, List.of("3", POISON), 3L, List.of("5", "6"), 4L, List.of("7")));
    }

    @Test
    void itIsReadAgainAfterAnyNumberOfRestarts() throws Exception {
        restart(config -> config.withMaxRecordsPerBatch(1));
        receive();
        receiver.putTogether(List.of(POISON, "more"));
        assertThat(test.runFailingBatch()).isNotNull();
        for (int i = 0; i < 3; i++) {
            restart(config -> config);
            receive();
            assertThatIllegalStateException().isThrownBy(test::runBatch);
            assertThatIllegalStateException().isThrownBy(test::close).withMessageContaining("1000 ms");
        }
        poisonous = false;
        restart(config -> config);
        receive();
        test.runBatch();
        assertThat(seen).containsEntry(1L, List.of(POISON));
        assertThat(seen.values()).containsExactly(List.of(POISON), List.of("more"));
    }

    @Test
    void rddsOfAQueueAreLoggedWhenABatchTakesThem() {
        queue();
        add("a", "b");
        test.runBatch();
        add("c", POISON);
        add("later");
        assertThat(test.runFailingBatch()).isNotNull();
        poisonous = false;
        restart(config -> config);
        queue();
        test.runBatches(2);
        assertThat(seen)
                .isEqualTo(
                        Map.of(1L, List.of("a", "b"), 2L, List.of("c", POISON), 3L, List.of("later"), 4L, List.of()));
    }

    @Test
    void aBatchOfAQueueKeepsItsPartitionsAndItsDefault() {
        RDD<String> otherwise = test.context().parallelize(List.of("default"), 1);
        test.context().queueStream(queue, false, otherwise).foreachRDD((rdd, time) -> see(time, rdd));
        queue.add(test.context().parallelize(List.of("a", "b", POISON), 3));
        queue.add(test.context().emptyRDD());
        assertThat(test.runFailingBatch()).isNotNull();
        poisonous = false;
        restart(config -> config);
        queue.add(test.context().emptyRDD());
        RDD<String> again = test.context().parallelize(List.of("default"), 1);
        test.context().queueStream(queue, false, again).foreachRDD((rdd, time) -> {
            see(time, rdd);
            assertThat(rdd.getNumPartitions()).isEqualTo(time.getEpochSecond() == 1 ? 3 : 1);
        });
        test.runBatches(2);
        assertThat(seen).isEqualTo(Map.of(1L, List.of("a", "b", POISON), 2L, List.of(), 3L, List.of("default")));
    }

    @Test
    void aRowOfAQueueThatCannotBeWrittenFailsTheBatchAndNamesTheRemedy() {
        Queue<RDD<NotAllowed>> others = new ConcurrentLinkedQueue<>();
        others.add(test.context().parallelize(List.of(new NotAllowed(1))));
        test.context().queueStream(others).foreachRDD(rdd -> {});
        test.runFailingBatch();
        assertThat(test.context().info().problem())
                .hasMessageContaining("Class " + NotAllowed.class.getName() + " must not be in files")
                .hasMessageContaining("StreamingConfig.withAllowedPackages");
    }

    @Test
    void aRecordThatCannotBeWrittenIsRefusedWithTheRemedy() throws Exception {
        TestReceiver<Object> any = new TestReceiver<>();
        TestOutput<Object> output = test.output(test.context().receiverStream(any));
        test.context().start();
        any.awaitStarted();
        for (boolean together : new boolean[] {false, true}) {
            assertThatExceptionOfType(StreamingException.class)
                    .isThrownBy(() -> put(any, new NotAllowed(1), together))
                    .withMessageContaining("StreamingConfig.withAllowedPackages");
        }
        any.put("allowed");
        test.runBatch();
        assertThat(output.last()).containsExactly("allowed");
    }

    @Test
    void whatWasLoggedIsReadAlsoIfTheLogIsOffNow() throws Exception {
        restart(config -> config.withMaxRecordsPerBatch(2));
        receive();
        receiver.putTogether(List.of("a", POISON, "b"));
        assertThat(test.runFailingBatch()).isNotNull();
        poisonous = false;
        restart(config -> config.withWriteAheadLog(false));
        receive();
        receiver.putTogether(List.of("c"));
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(1L, List.of("a", POISON), 2L, List.of("b", "c")));
        restart(config -> config);
        receive();
        test.runBatch();
        assertThat(seen).containsEntry(3L, List.of());
    }

    @Test
    void recordsFromBeforeTheLogWasOnAreLostAndThatIsTold() throws Exception {
        restart(config -> config.withWriteAheadLog(false));
        receive();
        receiver.put(POISON);
        assertThat(test.runFailingBatch()).isNotNull();
        restart(config -> config);
        receive();
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(1L, List.of(), 2L, List.of()));
        assertThat(test.context().batches().get(1).inputs()).containsExactly(new InputInfo("receiver-0", 0, ""));
    }

    @Test
    void recordsOfAnInputThatIsGoneWaitUntilItIsThereAgainAndNoneIsThereTwice() throws Exception {
        receive();
        receiver.putTogether(List.of("committed"));
        test.runBatch();
        receiver.putTogether(List.of("waiting"));
        restart(config -> config);
        queue();
        test.runBatch();
        restart(config -> config);
        receive();
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(1L, List.of("committed"), 2L, List.of(), 3L, List.of("waiting")));
    }

    @Test
    void aSkippedBatchLeavesNothingOfAnRddInTheNextOne() {
        restart(config -> config.withFailure(Failures.skipAfter(1)));
        Queue<RDD<Object>> objects = new ConcurrentLinkedQueue<>();
        TestOutput<Object> output = test.output(test.context().queueStream(objects));
        objects.add(test.context().parallelize(List.of("a", new NotAllowed(1)), 2));
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        objects.add(test.context().parallelize(List.of("b"), 1));
        test.runBatch();
        assertThat(output.last()).containsExactly("b");
    }

    @Test
    void anRddThatCouldNotBeLoggedIsTakenAgainAfterAStart() {
        queue();
        queue.add(test.context().parallelize(List.of("a"), 1).map(row -> {
            if (poisonous) {
                throw new IllegalStateException(POISON);
            }
            return row;
        }));
        assertThat(test.runFailingBatch()).isNotNull();
        poisonous = false;
        test.context().start();
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(1L, List.of(), 2L, List.of("a")));
    }

    @Test
    void anRddThatCouldNotBeLoggedIsTakenAgainThoughBatchesWereAllocatedMeanwhile() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch allocated = new CountDownLatch(1);
        TestReceiver<String> other = new TestReceiver<>();
        test.context().receiverStream(other).foreachRDD((rdd, time) -> {
            if (time.getEpochSecond() == 1) {
                busy.countDown();
                allocated.await();
            }
        });
        queue();
        test.context().start();
        test.clock().advance(Duration.ofSeconds(1));
        busy.await();
        queue.add(test.context().parallelize(List.of("a"), 1).map(this::requireHealthy));
        advanceWhileBusy(2);
        add("b");
        advanceWhileBusy(3);
        allocated.countDown();
        awaitHalt();
        poisonous = false;
        test.context().start();
        assertThatIllegalStateException()
                .isThrownBy(() -> test.advance(Duration.ZERO))
                .withMessageContaining("2000 ms");
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(1L, List.of(), 2L, List.of(), 3L, List.of("b"), 4L, List.of("a")));
    }

    @Test
    void batchesOfAQueueOfWhichTheAllocationWasNotWrittenAreDividedInTheSameWay() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch allocated = new CountDownLatch(1);
        test.context().queueStream(queue, true).foreachRDD((rdd, time) -> {
            if (time.getEpochSecond() == 1) {
                busy.countDown();
                allocated.await();
            }
        });
        queue.add(test.context().parallelize(List.of("a"), 1));
        queue.add(test.context().parallelize(List.of("b", "c"), 2));
        queue.add(test.context().emptyRDD());
        queue.add(test.context().parallelize(List.of("d"), 1));
        test.context().start();
        test.clock().advance(Duration.ofSeconds(1));
        busy.await();
        advanceWhileBusy(2);
        advanceWhileBusy(3);
        advanceWhileBusy(4);
        test = test.crash();
        add("later");
        test.context().queueStream(queue, true).foreachRDD((rdd, time) -> see(time, rdd));
        test.runBatches(4);
        assertThat(seen)
                .isEqualTo(Map.of(
                        1L, List.of("a"),
                        5L, List.of("b", "c"),
                        6L, List.of(),
                        7L, List.of("d"),
                        8L, List.of("later")));
    }

    @Test
    void oneRecordThatCannotBeWrittenTakesNoOtherOutOfTheLog() throws Exception {
        TestReceiver<Object> any = new TestReceiver<>();
        test.context().receiverStream(any).foreachRDD(rdd -> {
            throw new IllegalStateException(POISON);
        });
        test.context().start();
        any.awaitStarted();
        any.put(List.of("a"));
        any.put(List.of("b"));
        any.put(List.of(new NotAllowed(1))); // of the class of the first, so that it is not noticed at once
        any.put(List.of("c"));
        assertThat(test.runFailingBatch()).isNotNull();
        restart(config -> config);
        TestOutput<Object> output = test.output(test.context().receiverStream(new TestReceiver<>()));
        test.runBatch();
        assertThat(output.batches().get(0)).containsExactly(List.of("a"), List.of("b"), List.of("c"));
        assertThat(test.context().batches().get(1).inputs())
                .containsExactly(new InputInfo("receiver-0", 3, "3 blocks"));
    }

    @Test
    void blocksThatAreMissingAreToldAndNotPassedOver() throws Exception {
        receive();
        receiver.putTogether(List.of(POISON));
        assertThat(test.runFailingBatch()).isNotNull();
        Instant now = test.clock().now();
        test.close();
        deleteBlocks();
        test = context(config -> config);
        test.clock().advance(Duration.between(test.clock().now(), now));
        test.context().receiverStream(new TestReceiver<String>()).foreachRDD(rdd -> {});
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().start())
                .withMessageContaining("Block 0 of input 'receiver-0' of pipeline 'default', which batch"
                        + " 1970-01-01T00:00:01Z has to read, is not in the write-ahead log");
    }

    @Test
    void theLogDoesNotGrowWithBatchesThatAreOver() throws Exception {
        receive();
        String line = "x".repeat(4_000_000);
        for (int i = 0; i < 18; i++) {
            receiver.putTogether(List.of(line));
            test.runBatch();
        }
        assertThat(sizeOfBlocks()).isLessThan(64_000_000L);
    }

    @Test
    void aLogWithoutACheckpointDirectoryIsRefusedAtTheStart() {
        restart(config -> config.withCheckpointDirectory(null));
        queue();
        assertThatExceptionOfType(MissingDirectoryException.class)
                .isThrownBy(() -> test.context().start())
                .withMessage(
                        "Pipeline 'default' is to have a write-ahead log, but it has no checkpoint directory to write it"
                                + " to: set StreamingConfig.withCheckpointDirectory, or leave out withWriteAheadLog");
    }

    private TestStreamingContext context(UnaryOperator<StreamingConfig> change) {
        return new TestStreamingContext(
                config -> change.apply(config.withCheckpointDirectory(directory).withWriteAheadLog(true)));
    }

    /** As if the process had begun anew at the same time, with another configuration. */
    private void restart(UnaryOperator<StreamingConfig> change) {
        Instant now = test.clock().now();
        test.close();
        test = context(change);
        test.clock().advance(Duration.between(test.clock().now(), now));
    }

    private void receive() throws InterruptedException {
        receiver = new TestReceiver<>();
        test.context().receiverStream(receiver).foreachRDD((rdd, time) -> see(time, rdd));
        test.context().start();
        receiver.awaitStarted();
    }

    private void queue() {
        test.context().queueStream(queue).foreachRDD((rdd, time) -> see(time, rdd));
    }

    private String requireHealthy(String row) {
        if (poisonous) {
            throw new IllegalStateException(POISON);
        }
        return row;
    }

    /** Returns when a batch has its records, although the batch before has not ended. */
    private void advanceWhileBusy(int batch) {
        test.clock().advance(Duration.ofSeconds(1));
        while (test.context().batches().size() < batch) {
            Thread.onSpinWait();
        }
    }

    private void awaitHalt() {
        while (!test.context().info().state().isEnd()) {
            Thread.onSpinWait();
        }
    }

    private void add(String... rows) {
        queue.add(test.context().parallelize(List.of(rows)));
    }

    private void see(Instant time, RDD<String> rdd) {
        List<String> rows = rdd.collect();
        if (poisonous && rows.contains(POISON)) {
            throw new IllegalStateException(POISON);
        }
        seen.put(time.getEpochSecond(), rows);
    }

    private static void put(TestReceiver<Object> receiver, Object record, boolean together)
            throws InterruptedException {
        if (together) {
            receiver.putTogether(List.of(record));
        } else {
            receiver.put(record);
        }
    }

    private void deleteBlocks() throws IOException {
        for (Path file : blockFiles()) {
            Files.delete(file);
        }
    }

    private long sizeOfBlocks() throws IOException {
        long size = 0;
        for (Path file : blockFiles()) {
            size += Files.size(file);
        }
        return size;
    }

    private List<Path> blockFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("default"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("blocks-"))
                    .toList();
        }
    }

    /** Not in an allowed package. */
    record NotAllowed(int value) {}
}
