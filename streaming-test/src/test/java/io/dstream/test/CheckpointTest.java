package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.StreamingConfig;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.InputInfo;
import io.dstream.function.StreamingException;
import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import io.dstream.storage.DamagedFileException;
import io.dstream.storage.DirectoryInUseException;
import io.dstream.storage.UnusableDirectoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a pipeline with a checkpoint directory goes on after a restart. */
class CheckpointTest {

    private static final String POISON = "poison";

    @TempDir
    private Path temporary;

    private final Map<Long, List<String>> seen = new TreeMap<>(); // lines, by second
    private boolean poisonous = true;
    private TextDirectory in;
    private Path directory;
    private TestStreamingContext test;

    @BeforeEach
    void open() {
        in = new TextDirectory(temporary.resolve("in"));
        directory = temporary.resolve("checkpoints");
        test = context(config -> config);
        countLines();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aBatchThatWasNotCommittedHasTheSameFilesAgain() {
        halt();
        in.put("late", "late");
        poisonous = false;
        restart(config -> config);
        countLines();
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(1L, List.of(), 2L, List.of("a"), 3L, List.of(POISON), 4L, List.of("late")));
        test.runBatch();
        assertThat(seen).containsEntry(5L, List.of());
    }

    @Test
    void itIsToldAsItWasAllocated() {
        halt();
        restart(config -> config);
        countLines();
        poisonous = false;
        test.runBatch();
        BatchInfo batch = test.context().batches().get(1);
        assertThat(batch.batchTime()).isEqualTo(Instant.ofEpochSecond(3));
        assertThat(batch.status()).isEqualTo(Status.COMMITTED);
        assertThat(batch.inputs()).singleElement().satisfies(input -> {
            assertThat(input.input()).isEqualTo("file-0");
            assertThat(input.description()).contains("poison");
        });
    }

    @Test
    void itIsRunAgainAfterAnyNumberOfRestarts() {
        halt();
        for (int i = 0; i < 3; i++) {
            restart(config -> config);
            countLines();
            assertThatIllegalStateException().isThrownBy(test::runBatch);
            assertThatIllegalStateException().isThrownBy(test::close).withMessageContaining("3000 ms");
        }
        poisonous = false;
        restart(config -> config);
        countLines();
        test.runBatch();
        assertThat(seen).containsEntry(3L, List.of(POISON));
    }

    @Test
    void startingTheSameContextAgainIsNoDifferent() {
        halt();
        poisonous = false;
        test.context().start();
        test.runBatch();
        assertThat(seen).containsEntry(3L, List.of(POISON)).containsEntry(4L, List.of());
    }

    @Test
    void aCommittedBatchIsNeverRunAgain() {
        in.put("before", "before");
        test.runBatch();
        in.put("a", "a");
        test.runBatch();
        restart(config -> config);
        countLines();
        seen.clear();
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(3L, List.of()));
    }

    @Test
    void aSkippedBatchIsNeverRunAgain() {
        restart(config -> config.withFailure(Failures.skipAfter(1)));
        countLines();
        test.runBatch();
        in.put("a", POISON);
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        poisonous = false;
        restart(config -> config);
        countLines();
        test.runBatch();
        assertThat(seen).doesNotContainKey(2L).containsEntry(3L, List.of());
    }

    @Test
    void batchTimesIncreaseAlsoIfTheClockWasSetBack() {
        test.runBatches(3);
        test.close();
        test = context(config -> config);
        countLines();
        test.context().start();
        test.clock().advance(Duration.ofSeconds(3));
        assertThat(test.context().batches()).isEmpty();
        test.runBatch();
        assertThat(seen).containsOnlyKeys(1L, 2L, 3L, 4L);
    }

    @Test
    void slidesAreCountedFromTheFirstBatchOfAll() {
        countWindows();
        test.runBatches(3);
        restart(config -> config);
        countLines();
        countWindows();
        test.runBatches(3);
        assertThat(seen).containsOnlyKeys(1L, 2L, 3L, 4L, 5L, 6L, 102L, 104L, 106L);
    }

    @Test
    void aBatchThatWasNotCommittedIsRunUnderAnotherBatchIntervalToo() {
        halt();
        poisonous = false;
        restart(config -> config.withBatchInterval(Duration.ofSeconds(2)));
        countLines();
        test.runBatch();
        assertThat(seen).containsEntry(3L, List.of(POISON)).containsEntry(4L, List.of());
    }

    @Test
    void inputsAreToldOnceMoreOfTheLastCommit() {
        test.close();
        List<String> calls = new CopyOnWriteArrayList<>();
        for (int run = 0; run < 2; run++) {
            test = context(config -> config);
            test.context().inputStream(new ToldSource(calls)).foreachRDD(rdd -> {});
            test.clock().advance(Duration.ofSeconds(run));
            test.runBatch();
            test.close();
        }
        assertThat(calls).containsExactly("commit 1", "release 1", "commit 1", "release 1", "commit 2", "release 2");
    }

    @Test
    void recordsThatWereInMemoryAloneAreMissingAndTheBatchIsRunNevertheless() {
        countQueued("a", POISON);
        assertThat(test.runFailingBatch()).isNotNull();
        restart(config -> config);
        countLines();
        countQueued();
        poisonous = false;
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(1L, List.of(), 101L, List.of(), 2L, List.of(), 102L, List.of()));
        assertThat(test.context().batches().get(1).inputs()).contains(new InputInfo("queue-0", 0, ""));
    }

    @Test
    void inputsMayComeAndGo() {
        halt();
        seen.clear();
        restart(config -> config);
        countQueued("b");
        test.runBatch();
        assertThat(seen).isEqualTo(Map.of(103L, List.of(), 104L, List.of("b")));
    }

    @Test
    void pipelinesHaveDirectoriesOfTheirOwn() throws IOException {
        test.close();
        test = context(config -> config);
        for (String name : List.of("orders", "payments")) {
            test.context().pipeline(name).textFileStream(in.toString()).foreachRDD(rdd -> {});
        }
        test.pipeline("orders").runBatch();
        test.pipeline("payments").runBatch();
        assertThat(names(directory)).contains("orders", "payments");
    }

    @Test
    void aDirectoryInUseIsRefused() {
        test.runBatch();
        try (TestStreamingContext other = context(config -> config)) {
            other.context().textFileStream(in.toString()).foreachRDD(rdd -> {});
            assertThatExceptionOfType(DirectoryInUseException.class)
                    .isThrownBy(() -> other.context().start())
                    .withMessageContaining(directory.resolve("default").toString());
            test.runBatch();
            test.close();
            other.context().start();
        }
    }

    @Test
    void aPipelineThatDoesNotStartLetsGoOfItsDirectory() {
        test.close();
        test = context(config -> config);
        test.context().inputStream(new BrokenSource()).foreachRDD(rdd -> {});
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().start())
                .withMessageContaining("broken-0");
        test = context(config -> config);
        countLines();
        test.runBatch();
    }

    @Test
    void aDamagedLogIsRefused() throws IOException {
        test.runBatches(3);
        test.close();
        Path log = directory.resolve("default/log-0000000000000001.seg");
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 2] ^= 1;
        Files.write(log, bytes);
        test = context(config -> config);
        countLines();
        assertThatExceptionOfType(DamagedFileException.class)
                .isThrownBy(() -> test.context().start())
                .withMessageContaining(log.toString());
    }

    @Test
    void aDirectoryThatCannotBeMadeIsRefused() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        test = context(config -> config.withCheckpointDirectory(file));
        countLines();
        assertThatExceptionOfType(UnusableDirectoryException.class)
                .isThrownBy(() -> test.context().start())
                .withMessageContaining("cannot be made or used")
                .withMessageContaining(file.toString());
    }

    @Test
    void badSettingsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamingConfig.defaults().withCheckpointRetain(-1))
                .withMessage("'checkpointRetain' must not be negative, but was -1");
    }

    private TestStreamingContext context(UnaryOperator<StreamingConfig> change) {
        return new TestStreamingContext(config -> change.apply(config.withCheckpointDirectory(directory)));
    }

    /** As if the process had begun anew at the same time, with another configuration. */
    private void restart(UnaryOperator<StreamingConfig> change) {
        Instant now = test.clock().now();
        test.close();
        test = context(change);
        test.clock().advance(Duration.between(test.clock().now(), now));
    }

    private void countLines() {
        test.context().textFileStream(in.toString()).foreachRDD((rdd, time) -> see(time.getEpochSecond(), rdd));
    }

    private void countWindows() {
        test.context()
                .textFileStream(in.toString())
                .window(Duration.ofSeconds(2), Duration.ofSeconds(2))
                .foreachRDD((rdd, time) -> see(100 + time.getEpochSecond(), rdd));
    }

    private void countQueued(String... rows) {
        ConcurrentLinkedQueue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
        test.context().queueStream(queue).foreachRDD((rdd, time) -> see(100 + time.getEpochSecond(), rdd));
        if (rows.length > 0) {
            queue.add(test.context().parallelize(List.of(rows)));
        }
    }

    private void see(long key, RDD<String> rdd) {
        List<String> rows = rdd.collect();
        if (poisonous && rows.contains(POISON)) {
            throw new IllegalStateException(POISON);
        }
        seen.put(key, rows);
    }

    /** Runs two batches, and a third one that is not committed. */
    private void halt() {
        test.runBatch();
        in.put("a", "a");
        test.runBatch();
        in.put("poison", POISON);
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.FAILED);
    }

    private static List<String> names(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return new ArrayList<>(
                    files.map(file -> file.getFileName().toString()).toList());
        }
    }

    /** Has no records and writes down what it is told. */
    private static final class ToldSource implements InputSource<String> {

        private final List<String> calls;

        ToldSource(List<String> calls) {
            this.calls = calls;
        }

        @Override
        public String kind() {
            return "told";
        }

        @Override
        public void start(InputContext context) {}

        @Override
        public Allocation allocate(Instant batchTime) {
            return new Allocation(0, "");
        }

        @Override
        public List<InputPartition<String>> read(Instant batchTime) {
            return List.of();
        }

        @Override
        public void commit(Instant batchTime) {
            calls.add("commit " + batchTime.getEpochSecond());
        }

        @Override
        public void release(Instant upTo) {
            calls.add("release " + upTo.getEpochSecond());
        }
    }

    /** Does not start. */
    private static final class BrokenSource implements InputSource<String> {

        @Override
        public String kind() {
            return "broken";
        }

        @Override
        public void start(InputContext context) throws IOException {
            throw new IOException("away");
        }

        @Override
        public Allocation allocate(Instant batchTime) {
            return new Allocation(0, "");
        }

        @Override
        public List<InputPartition<String>> read(Instant batchTime) {
            return List.of();
        }
    }
}
