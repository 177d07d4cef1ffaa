package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches saved with their rows, and read back. */
class ObjectFilesTest {

    @TempDir
    private Path directory;

    private TestStreamingContext test = allowing("io.dstream.test");
    private TestInput<Order> orders = test.input();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aBatchIsReadBackInThePartitionsInWhichItWasSaved() throws IOException {
        orders.stream().repartition(3).saveAsObjectFiles(prefix("sub/orders"), "dat");
        List<Order> rows =
                IntStream.range(0, 500).mapToObj(ObjectFilesTest::order).toList();
        orders.push(rows.toArray(Order[]::new));
        test.runBatch();
        assertThat(names("sub/orders-1000.dat")).containsExactly("_SUCCESS", "part-00000", "part-00001", "part-00002");
        RDD<Order> read = test.context().objectFile(prefix("sub/orders-1000.dat"));
        assertThat(read.getNumPartitions()).isEqualTo(3);
        assertThat(read.collect()).containsExactlyInAnyOrderElementsOf(rows);
        assertThat(read.count()).isEqualTo(500);
        assertThat(read.take(1)).hasSize(1);
    }

    @Test
    void anEmptyBatchIsSavedToo() throws IOException {
        orders.stream().repartition(2).saveAsObjectFiles(prefix("orders"));
        test.runBatch();
        assertThat(names("orders-1000")).containsExactly("_SUCCESS", "part-00000", "part-00001");
        assertThat(test.context().objectFile(prefix("orders-1000")).collect()).isEmpty();
    }

    @Test
    void pairsAreReadBackAsPairs() {
        orders.stream().mapToPair(order -> Pair.of(order.id(), List.of(order))).saveAsObjectFiles(prefix("pairs"));
        orders.push(order(1), order(2));
        test.runBatch();
        RDD<Pair<String, List<Order>>> read = test.context().objectFile(prefix("pairs-1000"));
        assertThat(PairRDD.fromRDD(read).collectAsMap())
                .isEqualTo(Map.of("order 1", List.of(order(1)), "order 2", List.of(order(2))));
    }

    @Test
    void anotherProgramReadsThemAndJoinsThemToAStream() {
        orders.stream().mapToPair(order -> Pair.of(order.id(), order)).saveAsObjectFiles(prefix("orders"));
        orders.push(order(1), order(2));
        test.runBatch();
        use(allowing("io.dstream.test"));
        RDD<Pair<String, Order>> saved = test.context().objectFile(prefix("orders-1000"));
        TestInput<String> ids = test.input();
        TestOutput<Order> joined = test.output(
                ids.stream().mapToPair(id -> Pair.of(id, true)).transform(pairs -> pairs.join(PairRDD.fromRDD(saved))
                        .map(pair -> pair.value().value())));
        ids.push("order 2", "order 3");
        test.runBatch();
        assertThat(joined.last()).containsExactly(order(2));
    }

    @Test
    void aBatchThatRunsAgainReplacesItsDirectory() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Recorder recorder = new Recorder();
        try (StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withParallelism(2)
                .withBatchInterval(Duration.ofMillis(5))
                .withFailure(Failures.attempts(3))
                .withObserver(recorder))) {
            Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
            queue.add(context.parallelize(List.of("a", "b", "c"), 3));
            context.queueStream(queue)
                    .map(word -> {
                        if (word.equals("b") && attempts.incrementAndGet() < 3) {
                            throw new IllegalStateException("not yet");
                        }
                        return word;
                    })
                    .saveAsObjectFiles(prefix("words"));
            context.start();
            BatchInfo batch = recorder.awaitBatch();
            assertThat(batch.status()).isEqualTo(Status.COMMITTED);
            String saved = "words-" + batch.batchTime().toEpochMilli();
            assertThat(context.objectFile(prefix(saved)).collect()).containsExactly("a", "b", "c");
        }
        assertThat(attempts).hasValue(3);
        assertThat(names("")).noneMatch(name -> name.startsWith("."));
    }

    @Test
    void aRowOfAClassThatIsNotAllowedFailsTheOutputAndLeavesNothing() throws IOException {
        use(new TestStreamingContext());
        orders.stream().saveAsObjectFiles(prefix("orders"));
        orders.push(order(1));
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason())
                .contains("Class io.dstream.test.ObjectFilesTest$Order must not be in files")
                .contains("StreamingConfig.withAllowedPackages");
        assertThat(names("")).isEmpty();
    }

    @Test
    void norIsItRead() {
        orders.stream().saveAsObjectFiles(prefix("orders"));
        orders.push(order(1));
        test.runBatch();
        use(allowing("com.shop"));
        RDD<Order> saved = test.context().objectFile(prefix("orders-1000"));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(saved::collect)
                .withMessageContaining("The rows at byte 5 of the object file " + directory)
                .withMessageContaining("Class io.dstream.test.ObjectFilesTest$Order must not be in files");
    }

    @Test
    void damageIsToldWithItsFileAndPlace() throws IOException {
        orders.stream().repartition(1).saveAsObjectFiles(prefix("orders"));
        orders.push(order(1), order(2));
        test.runBatch();
        Path file = directory.resolve("orders-1000/part-00000");
        byte[] bytes = Files.readAllBytes(file);
        bytes[40] ^= 1;
        Files.write(file, bytes);
        RDD<Order> saved = test.context().objectFile(prefix("orders-1000"));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(saved::collect)
                .withMessage(
                        "The object file " + file + " is damaged at byte 5: the checksum is not that of the bytes");
    }

    @Test
    void whatIsNoCompleteBatchIsNotRead() throws IOException {
        orders.stream().repartition(3).saveAsObjectFiles(prefix("orders"));
        test.runBatch();
        assertNotRead("hdfs://name/orders-1000", "'path' must be a path of the local file system");
        assertNotRead(prefix("orders-2000"), "'path' must be a directory that was saved");
        assertNotRead(prefix("orders-1000/part-00000"), "'path' must be a directory that was saved");
        Files.delete(directory.resolve("orders-1000/part-00001"));
        assertNotRead(
                prefix("orders-1000"), "'path' must be complete, but there is no '" + prefix("orders-1000/part-00001"));
        Files.delete(directory.resolve("orders-1000/_SUCCESS"));
        assertNotRead(prefix("orders-1000"), "'path' must be a directory that was saved, with a file _SUCCESS in it");
    }

    @Test
    void aPrefixThatIsNoPathIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> orders.stream().saveAsObjectFiles("hdfs://name/node"))
                .withMessageContaining("'prefix' must be a path of the local file system");
    }

    @Test
    void pipelinesShareTheAllowedPackages() {
        StreamingConfig other = test.context().config().withAllowedPackages("com.shop");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.context().pipeline("orders", other))
                .withMessageContaining("allowed packages");
    }

    @Test
    void whatIsNoPackageIsRefusedByTheConfiguration() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamingConfig.defaults().withAllowedPackages("com.shop", "*"))
                .withMessageContaining("'packages'")
                .withMessageContaining("'*'");
    }

    private void assertNotRead(String path, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.context().objectFile(path))
                .withMessageContaining(message);
    }

    private static TestStreamingContext allowing(String name) {
        return new TestStreamingContext(config -> config.withAllowedPackages(name));
    }

    private void use(TestStreamingContext other) {
        test.close();
        test = other;
        orders = test.input();
    }

    private String prefix(String name) {
        return directory.resolve(name).toString();
    }

    private List<String> names(String name) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(name))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static Order order(int number) {
        return new Order("order " + number, number, Instant.ofEpochSecond(number), Optional.of("note"));
    }

    record Order(String id, long amount, Instant time, Optional<String> note) {}
}
