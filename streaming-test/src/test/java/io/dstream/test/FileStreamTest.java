package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.event.BatchInfo;
import io.dstream.input.FileStreamOptions;
import io.dstream.receiver.ReceiverSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files a stream takes, when, and what it reads in them. */
class FileStreamTest {

    private static final FileStreamOptions DEFAULTS = FileStreamOptions.defaults();

    @TempDir
    private Path temporary;

    private TestStreamingContext test = new TestStreamingContext();

    @AfterEach
    void close() {
        test.close();
    }

    private TextDirectory in() {
        return new TextDirectory(temporary);
    }

    @Test
    void theLinesOfAFileAreInTheBatchThatFindsIt() {
        TestOutput<String> lines = lines(DEFAULTS);
        test.runBatch();
        in().put("b", "to be\nor not\n");
        in().put("a", "to be");
        test.runBatches(2);
        assertThat(lines.batches()).containsExactly(List.of(), List.of("to be", "to be", "or not"), List.of());
    }

    @Test
    void whatIsThereAtTheFirstStartIsLeftAloneUnlessItIsAskedFor() {
        in().put("old", "old");
        TestOutput<String> newOnly = lines(DEFAULTS);
        TestOutput<String> all = lines(DEFAULTS.withNewFilesOnly(false));
        test.runBatch();
        in().put("new", "new");
        test.runBatch();
        assertThat(newOnly.batches()).containsExactly(List.of(), List.of("new"));
        assertThat(all.batches()).containsExactly(List.of("old"), List.of("new"));
    }

    @Test
    void aFileThatIsMovedInIsTakenHoweverOldItIs() throws IOException {
        Path elsewhere = Files.writeString(temporary.resolveSibling("elsewhere-" + temporary.getFileName()), "old");
        Files.setLastModifiedTime(
                elsewhere, FileTime.from(Instant.parse("1990-01-01T00:00:00Z").minus(Duration.ofDays(9_000))));
        TestOutput<String> lines = lines(DEFAULTS);
        test.runBatch();
        Files.move(elsewhere, in().path("moved"));
        test.runBatch();
        assertThat(lines.last()).containsExactly("old");
    }

    @Test
    void aFileThatIsRenamedIsAnotherFile() throws IOException {
        TestOutput<String> lines = lines(DEFAULTS);
        test.runBatch();
        Path file = in().put("a", "text");
        test.runBatch();
        Files.move(file, in().path("b"));
        test.runBatch();
        assertThat(lines.batches()).containsExactly(List.of(), List.of("text"), List.of("text"));
    }

    @Test
    void aFileThatHasChangedSinceItWasTakenIsReadAgainAsAWhole() throws IOException {
        in().put("old", "old");
        TestOutput<String> lines = lines(DEFAULTS);
        test.runBatch();
        in().put("a", "1");
        test.runBatch();
        in().put("a", "1\n2");
        test.runBatch();
        in().put("old", "old and new"); // one that was there before the stream
        test.runBatch();
        Files.setLastModifiedTime(in().path("a"), FileTime.from(TextDirectory.LONG_AGO.plusSeconds(1)));
        test.runBatches(2);
        assertThat(lines.batches())
                .containsExactly(
                        List.of(),
                        List.of("1"),
                        List.of("1", "2"),
                        List.of("old and new"),
                        List.of("1", "2"),
                        List.of());
    }

    @Test
    void aFileIsNotTakenUntilItHasNotChangedForTheSettleDelay() {
        TestOutput<String> lines = lines(DEFAULTS.withSettleDelay(Duration.ofSeconds(2)));
        test.runBatch();
        in().put("growing", "1", Instant.ofEpochSecond(1));
        test.runBatch();
        in().put("growing", "1 2", Instant.ofEpochSecond(2));
        test.runBatch();
        assertThat(lines.batches()).allMatch(List::isEmpty);
        test.runBatch(); // at second 4
        assertThat(lines.last()).containsExactly("1 2");
    }

    @Test
    void aFileOfALaterTimeIsTakenOnceItWasWatchedForTheSettleDelay() {
        TestOutput<String> lines = lines(DEFAULTS.withSettleDelay(Duration.ofSeconds(2)));
        test.runBatch();
        in().put("later", "1", Instant.ofEpochSecond(1_000_000));
        test.runBatch();
        in().put(
                        "later",
                        "2",
                        Instant.ofEpochSecond(1_000_000)); // of the same size and time: not to be told from the first
        test.runBatch();
        in().put("later", "1 2", Instant.ofEpochSecond(1_000_000));
        test.runBatches(2);
        assertThat(lines.batches()).allMatch(List::isEmpty);
        test.runBatch();
        assertThat(lines.last()).containsExactly("1 2");
    }

    @Test
    void withoutASettleDelayAFileIsTakenAtOnce() {
        TestOutput<String> lines = lines(DEFAULTS.withSettleDelay(Duration.ZERO));
        test.runBatch();
        in().put("later", "1", Instant.ofEpochSecond(1_000_000));
        test.runBatch();
        assertThat(lines.last()).containsExactly("1");
    }

    @Test
    void hiddenAndTemporaryFilesAndSubDirectoriesAreLeftAlone() throws IOException {
        TestOutput<String> lines = lines(DEFAULTS);
        test.runBatch();
        in().put("_SUCCESS", "hidden");
        in().put(".part-0.crc", "hidden");
        in().put("sub/below", "below");
        in().put("sub.txt/below", "below");
        Files.createSymbolicLink(in().path("nowhere"), Path.of("nowhere-else"));
        Files.createSymbolicLink(in().path("itself"), Path.of("itself"));
        in().put("part-0", "seen");
        in().put("empty", "");
        test.runBatch();
        assertThat(lines.last()).containsExactly("seen");
    }

    @Test
    void aFilterChoosesAmongTheOthers() {
        TestOutput<String> lines = lines(
                DEFAULTS.withFilter(file -> file.isAbsolute() && file.toString().endsWith(".txt")));
        in().put("there.csv", "there");
        test.runBatch();
        in().put("a.txt", "text");
        in().put("a.csv", "1;2");
        in().put("there.csv", "changed");
        in().put(".a.txt", "hidden");
        test.runBatch();
        assertThat(lines.last()).containsExactly("text");
    }

    @Test
    void aGlobIsLookedForInEveryBatch() {
        in().put("sub1/before", "before");
        in().put("other/before", "before");
        TestOutput<String> below = lines(in() + "/*/", DEFAULTS);
        TestOutput<String> begin = lines(in() + "/sub*", DEFAULTS);
        TestOutput<String> deep = lines(in() + "/{sub1,sub2}/deep", DEFAULTS);
        test.runBatch();
        in().put("sub1/a", "1");
        in().put("sub2/b", "2");
        in().put("sub2/deep/c", "3");
        in().put("other/d", "4");
        in().put("_temporary/e", "5");
        in().put("sub3", "6");
        test.runBatch();
        assertThat(below.last()).containsExactlyInAnyOrder("1", "2", "4");
        assertThat(begin.last()).containsExactlyInAnyOrder("1", "2");
        assertThat(deep.last()).containsExactly("3");
    }

    @Test
    void aBackslashTakesAwayTheMeaningOfAWildcard() {
        in().put("[a]/before", "");
        TestOutput<String> lines = lines(in() + "/\\[a\\]", DEFAULTS);
        test.runBatch();
        in().put("[a]/file", "1");
        in().put("a/file", "2");
        test.runBatch();
        assertThat(lines.last()).containsExactly("1");
    }

    @Test
    void whileThereIsNoDirectoryBatchesAreEmptyAndSayWhy() {
        String missing = in().path("missing").toString();
        TestOutput<String> lines = lines(missing, DEFAULTS);
        assertThat(description(test.runBatch())).isEqualTo("there is no directory '" + missing + "'");
        in().put("missing/a", "1");
        assertThat(description(test.runBatch())).isEqualTo(missing + "/a");
        assertThat(lines.batches()).containsExactly(List.of(), List.of("1"));
    }

    @Test
    void aFileIsNoDirectory() {
        TestOutput<String> lines = lines(in().put("file", "text").toString(), DEFAULTS.withNewFilesOnly(false));
        assertThat(description(test.runBatch()))
                .contains("there is no directory")
                .contains("/file'");
        assertThat(lines.last()).isEmpty();
    }

    @Test
    void aDirectoryThatVanishesAndComesBackIsNotReadAgain() throws IOException {
        in().put("sub/there", "there");
        TestOutput<String> lines = lines(in().path("sub").toString(), DEFAULTS.withRemember(Duration.ZERO));
        test.runBatch();
        in().put("sub/a", "1");
        test.runBatch();
        Files.move(in().path("sub"), in().path("away"));
        assertThat(description(test.runBatch())).contains("there is no directory");
        test.runBatch();
        Files.move(in().path("away"), in().path("sub"));
        in().put("sub/b", "2");
        test.runBatch();
        assertThat(lines.batches()).containsExactly(List.of(), List.of("1"), List.of(), List.of(), List.of("2"));
    }

    @Test
    void aFileThatIsGoneIsRememberedForAWhile() throws IOException {
        Path away = temporary.resolveSibling("away-" + temporary.getFileName());
        TestOutput<String> lines = lines(DEFAULTS.withRemember(Duration.ofSeconds(3)));
        test.runBatch();
        Path file = in().put("a", "1");
        test.runBatch();
        Files.move(file, away);
        test.runBatches(3);
        Files.move(away, file);
        test.runBatch();
        assertThat(lines.batches().subList(2, 6)).allMatch(List::isEmpty);
        Files.move(file, away);
        test.runBatches(4);
        Files.move(away, file);
        test.runBatch();
        assertThat(lines.last()).containsExactly("1");
    }

    @Test
    void thatWhileBeginsAnewWhenItWasThere() throws IOException {
        Path away = temporary.resolveSibling("away-" + temporary.getFileName());
        TestOutput<String> lines = lines(DEFAULTS.withRemember(Duration.ofSeconds(3)));
        test.runBatch();
        Path file = in().put("a", "1");
        test.runBatch();
        for (int i = 0; i < 2; i++) {
            Files.move(file, away);
            test.runBatches(3);
            Files.move(away, file);
            test.runBatch();
        }
        assertThat(lines.batches().subList(2, 10)).allMatch(List::isEmpty);
    }

    @Test
    void compressedFilesAreDecompressed() throws IOException {
        TestOutput<String> lines = lines(DEFAULTS);
        test.runBatch();
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        two.write(TextDirectory.gzip("to be\nor "));
        two.write(TextDirectory.gzip("not\n"));
        in().put("a.gz", two.toByteArray(), TextDirectory.LONG_AGO);
        in().put("b.log.GZ", TextDirectory.gzip("to be"), TextDirectory.LONG_AGO);
        test.runBatch();
        assertThat(lines.last()).containsExactly("to be", "or not", "to be");
    }

    @Test
    void linesMayEndInAnyWayAndHaveAnyBytes() {
        TestOutput<String> lines = lines(DEFAULTS);
        test.runBatch();
        in().put("a", "one\ntwo\rthree\r\n\nlast");
        in().put(
                        "b",
                        new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf, 'a', (byte) 0xff, 'b'},
                        TextDirectory.LONG_AGO);
        in().put("c", "é€😀");
        test.runBatch();
        assertThat(lines.last()).containsExactly("one", "two", "three", "", "last", "a\ufffdb", "é€😀");
    }

    @Test
    void linesThatAreTooLongAreDroppedAndToldWithTheBatch() {
        use(new TestStreamingContext(
                config -> config.withReceiver(ReceiverSettings.defaults().withMaxLineLength(5))));
        TestOutput<String> lines = lines(DEFAULTS);
        test.runBatch();
        in().put("a", "12345\n123456\n1234567\n1");
        BatchInfo batch = test.runBatch();
        assertThat(lines.last()).containsExactly("12345", "1");
        assertThat(batch.numRecords()).isEqualTo(2);
        assertThat(description(batch)).endsWith("/a\ndropped, because they are too long: 2 lines");
    }

    @Test
    void aLargeFileGoesIntoSeveralPartitions() throws IOException {
        List<Integer> partitions = new CopyOnWriteArrayList<>();
        TestOutput<Integer> lengths =
                test.output(test.context().textFileStream(in().toString()).transform(rdd -> {
                    partitions.add(rdd.getNumPartitions());
                    return rdd.map(String::length);
                }));
        test.runBatch();
        Path large = in().put(".large", "");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            for (int line = 1; line <= 140; line++) {
                file.seek(line * 1_000_000L - 1);
                file.write('\n');
            }
        }
        Files.setLastModifiedTime(large, FileTime.from(TextDirectory.LONG_AGO));
        Files.move(large, in().path("large"));
        assertThat(test.runBatch().numRecords()).isEqualTo(140);
        assertThat(partitions).containsExactly(0, 2);
        assertThat(lengths.last()).hasSize(140).containsOnly(999_999);
    }

    @Test
    void aFileMayBeReadByAnyNumberOfActions() {
        test.context().textFileStream(in().toString()).foreachRDD(rdd -> {
            assertThat(rdd.take(1)).hasSizeLessThan(2);
            assertThat(rdd.count()).isEqualTo(rdd.collect().size());
        });
        TestOutput<String> lines = lines(DEFAULTS);
        test.runBatch();
        in().put("a", "1\n2\n3");
        test.runBatch();
        assertThat(lines.last()).containsExactly("1", "2", "3");
    }

    @Test
    void recordsAreCountedAndFilesToldWithTheBatch() {
        lines(DEFAULTS);
        assertThat(test.runBatch().inputs().get(0).description()).isEmpty();
        in().put("a", "1\n22\n333\n");
        in().put("b", "x".repeat(100));
        BatchInfo batch = test.runBatch();
        assertThat(batch.numRecords()).isEqualTo(4);
        assertThat(description(batch)).isEqualTo(in().path("a") + "\n" + in().path("b"));
        for (int i = 0; i < 500; i++) {
            in().put("part-" + i, "1");
        }
        batch = test.runBatch();
        assertThat(batch.numRecords()).isEqualTo(500);
        assertThat(description(batch)).hasSizeLessThan(1_100).matches("(?s).*\nand \\d+ more");
    }

    @Test
    void recordsThatNobodyHasReadAreEstimated() {
        test.context().textFileStream(in().toString()).foreachRDD(rdd -> {});
        test.runBatch();
        in().put("a", "1234567\n".repeat(100_000));
        assertThat(test.runBatch().numRecords()).isEqualTo(100_000);
    }

    @Test
    void binaryRecordsHaveTheirLength() {
        TestOutput<String> records = test.output(
                test.context().binaryRecordsStream(in().toString(), 3).map(Arrays::toString));
        TestOutput<Integer> others = test.output(
                test.context().binaryRecordsStream(in().toString(), 2).map(record -> record.length));
        test.runBatch();
        in().put("a", new byte[] {1, 2, 3, 4, 5, 6}, TextDirectory.LONG_AGO);
        assertThat(test.runBatch().inputs().get(0).records()).isEqualTo(2);
        assertThat(records.last()).containsExactly("[1, 2, 3]", "[4, 5, 6]");
        assertThat(others.last()).containsExactly(2, 2, 2);
    }

    @Test
    void aStartAfterAStopLeavesAloneWhatIsThereThen() {
        TestOutput<String> lines = lines(DEFAULTS);
        test.runBatch();
        in().put("a", "1");
        test.runBatch();
        test.context().stop();
        in().put("b", "2");
        test.runBatch();
        in().put("c", "3");
        test.runBatch();
        assertThat(lines.batches()).containsExactly(List.of(), List.of("1"), List.of(), List.of("3"));
    }

    @Test
    void whatIsNoPathOrGlobIsRefused() {
        for (String path : new String[] {"", "hdfs://name/in", "s3a://bucket/*/in", "/in/{a", "/in/[a/b]"}) {
            assertThatIllegalArgumentException()
                    .as(path)
                    .isThrownBy(() -> test.context().textFileStream(path))
                    .withMessageContaining("'directory' must be a path")
                    .withMessageContaining("'" + path.replace("*/in", "") + "'");
        }
    }

    @Test
    void optionsThatCannotBeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withSettleDelay(Duration.ofSeconds(-1)))
                .withMessage("'settleDelay' must not be negative, but was PT-1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withRemember(Duration.ofSeconds(-1)))
                .withMessage("'remember' must not be negative, but was PT-1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withMaxFilesPerBatch(0))
                .withMessage("'maxFilesPerBatch' must be at least 1, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withMaxBytesPerBatch(0))
                .withMessage("'maxBytesPerBatch' must be at least 1, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.context().binaryRecordsStream("/in", 0))
                .withMessage("'recordLength' must be at least 1, but was 0");
    }

    private TestOutput<String> lines(FileStreamOptions options) {
        return lines(temporary.toString(), options);
    }

    private TestOutput<String> lines(String directory, FileStreamOptions options) {
        return test.output(test.context().textFileStream(directory, options));
    }

    private static String description(BatchInfo batch) {
        return batch.inputs().get(0).description();
    }

    private void use(TestStreamingContext other) {
        test.close();
        test = other;
    }
}
