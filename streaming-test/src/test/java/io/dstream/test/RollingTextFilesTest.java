package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.storage.RollingPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many batches in few files. */
class RollingTextFilesTest {

    private static final RollingPolicy POLICY = RollingPolicy.defaults().withMaxAge(Duration.ofSeconds(3));

    @TempDir
    private Path directory;

    private final TestStreamingContext test =
            new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1)));
    private final TestInput<String> words = test.input();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void batchesOfAWhileAreInOneFile() throws IOException {
        words.stream().saveAsRollingTextFiles(directory.toString(), POLICY);
        for (String word : List.of("a", "b", "c", "d")) {
            words.push(word, "größer als " + word);
            test.runBatch();
        }
        assertThat(finished())
                .containsOnly(Map.entry("1000-3000.txt", "a\ngrößer als a\nb\ngrößer als b\nc\ngrößer als c\n"));
        test.runBatches(3);
        assertThat(finished()).hasSize(2).containsEntry("4000-4000.txt", "d\ngrößer als d\n");
    }

    @Test
    void aFileOfTheSizeIsFinishedWithItsBatch() throws IOException {
        words.stream()
                .mapToPair(word -> Pair.of(word, 1))
                .saveAsRollingTextFiles(directory.toString(), POLICY.withMaxBytes(12));
        words.push("a");
        test.runBatch();
        assertThat(finished()).isEmpty();
        words.push("b");
        test.runBatch();
        assertThat(finished()).containsOnly(Map.entry("1000-2000.txt", "(a,1)\n(b,1)\n"));
    }

    @Test
    void partitionsAreAppendedInTheirOrder() throws IOException {
        words.stream().repartition(8).glom().saveAsRollingTextFiles(directory.toString(), POLICY.withMaxBytes(1));
        words.push("a", "b");
        test.runBatch();
        assertThat(finished().get("1000-1000.txt").lines()).hasSize(8);
    }

    @Test
    void aBatchThatIsTriedAgainIsAppendedOnce() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Recorder recorder = new Recorder();
        try (StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withParallelism(2)
                .withBatchInterval(Duration.ofMillis(5))
                .withFailure(Failures.attempts(4))
                .withObserver(recorder))) {
            Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
            queue.add(context.parallelize(List.of("a", "b", "c"), 3));
            DStream<String> stream = context.queueStream(queue).map(word -> {
                if (word.equals("b") && attempts.incrementAndGet() < 3) {
                    throw new IllegalStateException("not yet");
                }
                return word;
            });
            stream.saveAsRollingTextFiles(directory.toString(), RollingPolicy.defaults());
            stream.foreachRDD(rdd -> {
                if (attempts.get() < 4) {
                    attempts.incrementAndGet();
                    throw new IllegalStateException("the other output");
                }
            });
            context.start();
            BatchInfo batch = recorder.awaitBatch();
            assertThat(batch.status()).isEqualTo(Status.COMMITTED);
            assertThat(batch.failureReason()).contains("the other output");
            context.stop();
        }
        assertThat(directory.resolve(".in-progress")).hasContent("a\nb\nc\n");
    }

    @Test
    void aStopLeavesTheFileAndTheNextStartGoesOnWithIt() throws IOException {
        words.stream().saveAsRollingTextFiles(directory.toString(), POLICY);
        words.push("a");
        test.runBatch();
        test.context().stop();
        Files.writeString(directory.resolve(".in-progress"), "a\nhalf a li");
        words.push("b");
        test.runBatch();
        assertThat(directory.resolve(".in-progress")).hasContent("a\nb\n");
    }

    @Test
    void anotherContextGoesOnWhenThisOneIsClosed() throws IOException {
        words.stream().saveAsRollingTextFiles(directory.toString(), POLICY);
        words.push("a");
        test.runBatch();
        test.close();
        try (TestStreamingContext next = new TestStreamingContext()) {
            TestInput<String> more = next.input();
            more.stream().saveAsRollingTextFiles(directory.toString(), POLICY);
            next.clock().advance(Duration.ofSeconds(1));
            more.push("b");
            next.runBatch();
            assertThat(directory.resolve(".in-progress")).hasContent("a\nb\n");
        }
    }

    @Test
    void twoOutputsInOneDirectoryAreRefused() {
        words.stream().saveAsRollingTextFiles(directory.toString(), POLICY);
        words.stream().saveAsRollingTextFiles(directory.toString(), POLICY);
        words.push("a");
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.SKIPPED);
        assertThat(batch.failureReason()).contains("The directory " + directory + " is in use by another output");
    }

    @Test
    void aClockThatWasSetBackFailsTheBatchInsteadOfLosingIt() {
        words.stream().saveAsRollingTextFiles(directory.toString(), POLICY);
        words.push("a");
        test.clock().advance(Duration.ofHours(1));
        test.runBatch();
        test.close();
        try (TestStreamingContext next = new TestStreamingContext()) {
            TestInput<String> more = next.input();
            more.stream().saveAsRollingTextFiles(directory.toString(), POLICY);
            more.push("b");
            assertThat(next.runFailingBatch().failureReason())
                    .contains("if the clock was set back, wait until it is past that");
        }
    }

    @Test
    void aRowThatIsNullFailsTheOutputAndIsNotAppended() {
        words.stream().map(word -> word.equals("b") ? null : word).saveAsRollingTextFiles(directory.toString(), POLICY);
        words.push("a");
        test.runBatch();
        words.push("c", "b");
        assertThat(test.runFailingBatch().failureReason()).contains("A row to be saved as text must not be null");
        words.push("d");
        test.runBatch();
        assertThat(directory.resolve(".in-progress")).hasContent("a\nd\n");
    }

    @Test
    void aFileInPlaceOfTheDirectoryFailsTheOutputAndIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "a file");
        words.stream().saveAsRollingTextFiles(file.toString(), POLICY);
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.SKIPPED);
        assertThat(batch.failureReason())
                .contains("Cannot append batch 1970-01-01T00:00:01Z in '" + file + "'")
                .contains("FileAlreadyExistsException");
    }

    @Test
    void aDirectoryThatIsNoPathIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> words.stream().saveAsRollingTextFiles("", POLICY))
                .withMessageContaining("'directory' must be a path of the local file system");
    }

    /** The files that a reader may rely on. */
    private SortedMap<String, String> finished() throws IOException {
        SortedMap<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(path -> !path.getFileName().toString().startsWith("."))
                    .toList()) {
                texts.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return texts;
    }
}
