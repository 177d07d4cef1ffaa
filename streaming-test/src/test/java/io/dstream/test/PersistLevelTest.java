package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.StreamingConfig;
import io.dstream.event.BatchInfo;
import io.dstream.function.StreamingException;
import io.dstream.rdd.RDD;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.StorageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Rows of streams and RDDs that are kept in memory, as bytes, or in files. */
class PersistLevelTest {

    private final AtomicInteger calls = new AtomicInteger();
    private final List<Long> filesInBatches = new CopyOnWriteArrayList<>();
    private TestStreamingContext test = new TestStreamingContext();

    @TempDir
    private Path directory;

    @BeforeEach
    void useDirectory() {
        use(settings -> settings);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void rowsOfAStreamAreComputedOnceAndForgottenAfterTheBatch(StorageLevel level) throws Exception {
        TestInput<Integer> numbers = test.input();
        var kept = numbers.stream().map(x -> x + calls.getAndIncrement() * 0).persist(level);
        List<List<Integer>> seen = new CopyOnWriteArrayList<>();
        kept.foreachRDD(rdd -> seen.add(rdd.collect()));
        kept.foreachRDD(rdd -> {
            seen.add(rdd.collect());
            assertThat(rdd.getStorageLevel()).isEqualTo(level);
            assertThat(rdd.toDebugString()).contains("[" + level + "]");
            filesInBatches.add(files());
        });
        List<Integer> rows = IntStream.range(0, 500).boxed().toList();
        numbers.push(rows);
        test.runBatch();
        assertThat(seen).containsExactly(rows, rows);
        assertThat(calls).hasValue(500);
        long partitions = test.context().config().parallelism();
        assertThat(filesInBatches).containsExactly(level == StorageLevel.DISK_ONLY ? partitions : 0);
        assertThat(files()).isZero();
    }

    @Test
    void rowsAreInFilesIfThereIsNoMemoryForThem() throws Exception {
        use(settings -> settings.withMaxMemory(1));
        TestInput<String> lines = test.input();
        lines.stream().persist(StorageLevel.MEMORY_AND_DISK).foreachRDD(rdd -> {
            assertThat(rdd.collect()).containsExactly("a", "b");
            filesInBatches.add(files());
            assertThat(rdd.collect()).containsExactly("a", "b");
        });
        lines.push("a", "b");
        test.runBatch();
        assertThat(filesInBatches).allMatch(count -> count > 0);
        assertThat(files()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"MEMORY_ONLY_SER", "DISK_ONLY"})
    void everyReaderGetsObjectsOfItsOwn(StorageLevel level) {
        TestInput<List<String>> lists = test.input();
        var kept = lists.stream().persist(level);
        kept.foreachRDD(rdd -> rdd.foreach(list -> list.add("changed")));
        TestOutput<Integer> sizes = test.output(kept.map(List::size));
        lists.push(new ArrayList<>(List.of("as it was")));
        test.runBatch();
        assertThat(sizes.last()).containsExactly(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"MEMORY_ONLY_SER", "MEMORY_AND_DISK", "DISK_ONLY"})
    void rowsOfAClassThatIsNotAllowedFailTheirBatchWithTheRemedy(StorageLevel level) {
        TestInput<Integer> numbers = test.input();
        numbers.stream().map(NotAllowed::new).persist(level).foreachRDD(RDD::count);
        numbers.push(1);
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.failureReason())
                .contains("Class " + NotAllowed.class.getName() + " must not be in files")
                .contains("StreamingConfig.withAllowedPackages");
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void rowsThatAWindowReachesAreWhereTheirStreamKeepsThem(StorageLevel level) throws Exception {
        TestInput<Integer> numbers = test.input();
        TestOutput<Integer> output = test.output(numbers.stream()
                .repartition(1)
                .persist(level)
                .window(Duration.ofSeconds(3))
                .repartition(1));
        numbers.pushBatches(List.of(1), List.of(2), List.of(3), List.of(4));
        for (int batch = 1; batch <= 4; batch++) {
            test.runBatch();
            assertThat(files()).isEqualTo(level == StorageLevel.DISK_ONLY ? Math.min(batch, 2) : 0);
        }
        assertThat(output.batches()).containsExactly(List.of(1), List.of(1, 2), List.of(1, 2, 3), List.of(2, 3, 4));
        test.context().stop();
        assertThat(files()).isZero();
    }

    @Test
    void anRddIsKeptInFilesUntilItIsLetGo() throws Exception {
        RDD<Integer> kept = test.context()
                .parallelize(List.of(1, 2, 3), 1)
                .map(x -> x + calls.getAndIncrement() * 0)
                .persist(StorageLevel.DISK_ONLY);
        assertThat(kept.count() + kept.count()).isEqualTo(6);
        assertThat(calls).hasValue(3);
        assertThat(files()).isEqualTo(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> kept.persist(StorageLevel.MEMORY_ONLY))
                .withMessageContaining("from DISK_ONLY to MEMORY_ONLY");
        kept.unpersist();
        assertThat(files()).isZero();
        assertThat(kept.collect()).containsExactly(1, 2, 3);
        assertThat(calls).hasValue(6);
    }

    @Test
    void rowsThatAreLetGoOfWhileTheyAreReadAreComputedAgain() throws Exception {
        RDD<Integer> kept = test.context().parallelize(List.of(1, 2, 3), 1);
        AtomicBoolean over = new AtomicBoolean();
        Thread other = new Thread(() -> {
            while (!over.get()) {
                kept.persist(StorageLevel.DISK_ONLY).unpersist();
            }
        });
        other.start();
        try {
            for (int i = 0; i < 3_000; i++) {
                assertThat(kept.collect()).containsExactly(1, 2, 3);
            }
        } finally {
            over.set(true);
            other.join();
        }
        assertThat(files()).isZero();
    }

    @Test
    void anOutputThatIsTriedAgainFindsTheRowsThatWereKept() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        RDD<Integer> kept = test.context()
                .parallelize(List.of(1, 2), 2)
                .map(x -> {
                    if (x == 2 && attempts.incrementAndGet() == 1) {
                        throw new IllegalStateException("once");
                    }
                    return x + calls.getAndIncrement() * 0;
                })
                .persist(StorageLevel.DISK_ONLY);
        assertThatIllegalStateException().isThrownBy(kept::count).withMessage("once");
        assertThat(kept.collect()).containsExactly(1, 2);
        assertThat(calls).hasValue(2);
        assertThat(files()).isEqualTo(2);
    }

    @Test
    void aDirectoryThatCannotBeWrittenToIsToldWhereTheStreamIsDefined() {
        use(settings -> settings.withDirectory(directory.resolve("missing")));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.<Integer>input().stream().persist(StorageLevel.MEMORY_AND_DISK))
                .withMessageContaining(directory.resolve("missing").toString())
                .withMessageEndingWith("set streaming.storage.directory to another directory");
        test.<Integer>input().stream().persist(StorageLevel.MEMORY_ONLY_SER);
    }

    @Test
    void theEndOfTheContextLeavesNoFile() throws Exception {
        RDD<Integer> kept = test.context().parallelize(List.of(1, 2, 3), 1).persist(StorageLevel.DISK_ONLY);
        kept.count();
        assertThat(files()).isEqualTo(1);
        test.close();
        assertThat(directory).isEmptyDirectory();
    }

    private void use(UnaryOperator<StorageSettings> change) {
        test.close();
        test = new TestStreamingContext(config -> withStorage(config, change));
    }

    private StreamingConfig withStorage(StreamingConfig config, UnaryOperator<StorageSettings> change) {
        return config.withStorage(change.apply(StorageSettings.defaults().withDirectory(directory)));
    }

    private long files() throws IOException {
        try (var paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).count();
        }
    }

    private record NotAllowed(int number) {}
}
