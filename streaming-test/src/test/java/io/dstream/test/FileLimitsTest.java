package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.event.BatchInfo;
import io.dstream.input.BackpressureSettings;
import io.dstream.input.FileFormat;
import io.dstream.input.FileStreamOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of what waits in a directory goes into one batch. */
class FileLimitsTest {

    private static final FileStreamOptions DEFAULTS = FileStreamOptions.defaults();

    @TempDir
    private Path temporary;

    private TestStreamingContext test = new TestStreamingContext();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void theOldestFilesComeFirstAndThoseOfOneTimeByTheirPaths() {
        TestOutput<String> lines = lines(DEFAULTS.withMaxFilesPerBatch(1));
        put("c", "1", 0);
        put("a", "3", 1);
        put("b", "4", 1);
        put("d", "5", 2);
        put("e", "2", 0);
        test.runBatches(6);
        assertThat(lines.batches())
                .containsExactly(List.of("1"), List.of("2"), List.of("3"), List.of("4"), List.of("5"), List.of());
    }

    @Test
    void aBatchHasNoMoreFilesThanItMay() {
        TestOutput<String> lines = lines(DEFAULTS.withMaxFilesPerBatch(3));
        putAll(7);
        test.runBatches(4);
        assertThat(sizes(lines)).containsExactly(3, 3, 1, 0);
    }

    @Test
    void aBatchHasAThousandFilesUnlessItIsTold() {
        TestOutput<String> lines = lines(DEFAULTS);
        putAll(1_001);
        test.runBatches(2);
        assertThat(sizes(lines)).containsExactly(1_000, 1);
    }

    @Test
    void aBatchHasNoMoreBytesThanItMayUnlessOneFileHas() {
        TestOutput<String> lines = lines(DEFAULTS.withMaxBytesPerBatch(10));
        put("a", "1234", 0);
        put("b", "123456", 1);
        put("c", "1", 2);
        put("d", "1234567890a", 3);
        put("e", "1", 4);
        test.runBatches(4);
        assertThat(lines.batches())
                .containsExactly(List.of("1234", "123456"), List.of("1"), List.of("1234567890a"), List.of("1"));
    }

    @Test
    void aBatchHasAboutAsManyRecordsAsItMay() {
        use(new TestStreamingContext(config -> config.withMaxRecordsPerBatch(100)));
        TestOutput<String> lines = lines(DEFAULTS);
        for (int i = 0; i < 10; i++) {
            put("file-" + i, "line\n".repeat(30), i);
        }
        put("long", "line\n".repeat(1_000), 10);
        put("short", "line\n", 11);
        test.runBatches(6);
        assertThat(sizes(lines)).containsExactly(90, 90, 90, 30, 1_000, 1);
    }

    @Test
    void theLengthOfRecordsIsLearntFromThoseThatWereRead() {
        use(new TestStreamingContext(config -> config.withMaxRecordsPerBatch(1_000)));
        TestOutput<String> lines = lines(DEFAULTS);
        put("a", "x".repeat(99) + "\n", 0); // from which records seem to have 100 bytes
        put("b", "1\n".repeat(100_000), 1);
        put("c", "1\n".repeat(400), 2);
        put("d", "1\n".repeat(400), 3);
        put("e", "1\n".repeat(400), 4);
        test.runBatches(4);
        assertThat(sizes(lines)).containsExactly(1, 100_000, 800, 400);
    }

    @Test
    void compressedRecordsAreEstimatedApart() throws IOException {
        use(new TestStreamingContext(config -> config.withMaxRecordsPerBatch(1_000)));
        TestOutput<String> lines = lines(DEFAULTS);
        TextDirectory in = new TextDirectory(temporary);
        put("a", "1\n".repeat(500), 0);
        for (int i = 1; i < 4; i++) {
            in.put(i + ".gz", TextDirectory.gzip("1\n".repeat(400)), TextDirectory.LONG_AGO.plusSeconds(i));
        }
        test.runBatches(2);
        assertThat(sizes(lines)).containsExactly(900, 800);
    }

    @Test
    void recordsOfAFormatThatOpensTheFileItselfAreEstimatedToo() {
        use(new TestStreamingContext(config -> config.withMaxRecordsPerBatch(50)));
        FileFormat<String> format = (content, file) -> Files.readAllLines(file).iterator();
        TestOutput<String> lines =
                test.output(test.context().fileStream(temporary.toString(), format, DEFAULTS.withNewFilesOnly(false)));
        put("empty", "", 0);
        for (int i = 1; i < 5; i++) {
            put("file-" + i, "line\n".repeat(20), i);
        }
        test.runBatches(2);
        assertThat(sizes(lines)).containsExactly(40, 40);
    }

    @Test
    void theFirstBatchIsLimitedTooAndTheNextOnesByTheRateOfBatches() {
        use(new TestStreamingContext(config -> config.withBackpressure(
                BackpressureSettings.defaults().withEnabled(true).withInitialRate(50))));
        TestOutput<String> lines = lines(DEFAULTS);
        test.context().stream("file-0") // as if records took 5 ms each; but a batch must end before the next tick
                .foreachRDD(rdd -> test.clock().advance(Duration.ofMillis(5 * Math.min(100, rdd.count()))));
        for (int i = 0; i < 100; i++) {
            put("file-" + i, "line\n".repeat(10), i);
        }
        test.runBatches(3);
        assertThat(sizes(lines)).containsExactly(50, 50, 200);
    }

    @Test
    void whatIsReadLaterCountsForTheRate() {
        use(new TestStreamingContext(config ->
                config.withBackpressure(BackpressureSettings.defaults().withEnabled(true))));
        test.context()
                .textFileStream(temporary.toString(), DEFAULTS.withNewFilesOnly(false))
                .foreachRDD(rdd -> test.clock().advance(Duration.ofMillis(rdd.count() / 100)));
        put("a", "x".repeat(64_000) + "\n", 0);
        test.runBatch();
        put("b", "1\n".repeat(50_000), 1); // seems to be two records
        BatchInfo batch = test.runBatch();
        assertThat(batch.numRecords()).isEqualTo(50_000);
        assertThat(test.context().info().rates()).isEmpty();
        put("c", "1\n".repeat(50_000), 1);
        test.runBatch();
        assertThat(test.context().info().rates()).singleElement().satisfies(rate -> assertThat(rate.recordsPerSecond())
                .isBetween(90_000L, 110_000L));
    }

    private TestOutput<String> lines(FileStreamOptions options) {
        return test.output(test.context().textFileStream(temporary.toString(), options.withNewFilesOnly(false)));
    }

    private static List<Integer> sizes(TestOutput<String> lines) {
        return lines.batches().stream().map(List::size).toList();
    }

    private void put(String name, String text, int age) {
        new TextDirectory(temporary).put(name, text, TextDirectory.LONG_AGO.plusSeconds(age));
    }

    private void putAll(int files) {
        for (int i = 0; i < files; i++) {
            put("file-" + i, "1", 0);
        }
    }

    private void use(TestStreamingContext other) {
        test.close();
        test = other;
    }
}
