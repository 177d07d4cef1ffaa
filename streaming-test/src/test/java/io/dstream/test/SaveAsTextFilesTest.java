package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One directory per batch. */
class SaveAsTextFilesTest {

    @TempDir
    private Path directory;

    private final TestStreamingContext test = new TestStreamingContext();
    private final TestInput<String> words = test.input();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aBatchIsADirectoryWithAFileForEachPartition() throws IOException {
        words.stream().saveAsTextFiles(prefix("sub/words"), "txt");
        words.push("a", "b", "größer");
        test.runBatch();
        assertThat(tree())
                .isEqualTo(files(
                        "sub/words-1000.txt/_SUCCESS", "",
                        "sub/words-1000.txt/part-00000", "a\n",
                        "sub/words-1000.txt/part-00001", "b\ngrößer\n"));
    }

    @Test
    void anEmptyBatchAndAnEmptyPartitionHaveTheirFiles() throws IOException {
        words.stream().repartition(2).saveAsTextFiles(prefix("words"));
        test.runBatch();
        assertThat(tree())
                .isEqualTo(files("words-1000/_SUCCESS", "", "words-1000/part-00000", "", "words-1000/part-00001", ""));
    }

    @Test
    void pairsAreSavedAsTheyArePrinted() throws IOException {
        words.stream()
                .mapToPair(word -> Pair.of(word, 1))
                .reduceByKey(Integer::sum, 1)
                .saveAsTextFiles(prefix("pairs"));
        words.push("a", "a");
        test.runBatch();
        assertThat(tree()).containsEntry("pairs-1000/part-00000", "(a,2)\n");
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
                        return word + attempts;
                    })
                    .saveAsTextFiles(prefix("words"));
            context.start();
            BatchInfo batch = recorder.awaitBatch();
            assertThat(batch.failureReason()).contains("not yet");
            context.stop();
            String name = "words-" + batch.batchTime().toEpochMilli();
            assertThat(tree())
                    .containsEntry(name + "/part-00001", "b3\n")
                    .containsEntry(name + "/_SUCCESS", "")
                    .noneSatisfy((file, text) -> assertThat(file).startsWith("."));
        }
    }

    @Test
    void whatAnEarlierRunHasLeftIsReplaced() throws IOException {
        write("words-1000/part-00007", "old");
        write("words-1000/_SUCCESS", "");
        write(".words-1000.tmp/part-00000", "half writ");
        write(".words-1000.old/part-00000", "older");
        words.stream().repartition(1).saveAsTextFiles(prefix("words"));
        words.push("new");
        test.runBatch();
        assertThat(tree()).isEqualTo(files("words-1000/_SUCCESS", "", "words-1000/part-00000", "new\n"));
    }

    @Test
    void aRowThatIsNullFailsTheOutputAndLeavesNothing() throws IOException {
        words.stream().map(word -> word.equals("a") ? null : word).saveAsTextFiles(prefix("words"));
        words.push("b", "a");
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason())
                .isEqualTo("java.lang.IllegalArgumentException: A row to be saved as text must not be null; filter null"
                        + " rows out");
        assertThat(tree()).isEmpty();
    }

    @Test
    void aFileInTheWayFailsTheOutputAndIsNamed() throws IOException {
        write("words", "a file");
        words.stream().saveAsTextFiles(prefix("words/of"));
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason())
                .contains("Cannot write '" + directory.resolve("words/of-1000") + "'")
                .contains("FileSystemException");
        assertThat(tree()).isEqualTo(files("words", "a file"));
    }

    @Test
    void aFileOfTheDirectorysNameIsLeftAlone() throws IOException {
        write("words-1000", "a file");
        words.stream().saveAsTextFiles(prefix("words"));
        assertThat(test.runFailingBatch().failureReason())
                .contains("Cannot write '" + directory.resolve("words-1000") + "'")
                .contains("it is a file, not a directory");
        assertThat(tree()).isEqualTo(files("words-1000", "a file"));
    }

    @Test
    void aDirectoryThatWasNotSavedIsLeftAlone() throws IOException {
        write("words-1000/photo.jpeg", "precious");
        words.stream().saveAsTextFiles(prefix("words"));
        assertThat(test.runFailingBatch().failureReason())
                .contains("Cannot write '" + directory.resolve("words-1000") + "'")
                .contains("photo.jpeg: it is no part of a batch that was saved");
        assertThat(tree()).isEqualTo(files("words-1000/photo.jpeg", "precious"));
    }

    @Test
    void aPrefixThatIsNoPathIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> words.stream().saveAsTextFiles("hdfs://name/node"))
                .withMessageContaining("'prefix' must be a path of the local file system");
    }

    private String prefix(String name) {
        return directory.resolve(name).toString();
    }

    private void write(String file, String text) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** All files below the directory, with their text. */
    private SortedMap<String, String> tree() throws IOException {
        SortedMap<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                texts.put(directory.relativize(file).toString(), Files.readString(file, StandardCharsets.UTF_8));
            }
        }
        return texts;
    }

    private static SortedMap<String, String> files(String... namesAndTexts) {
        SortedMap<String, String> texts = new TreeMap<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            texts.put(namesAndTexts[i], namesAndTexts[i + 1]);
        }
        return texts;
    }
}
