package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo;
import io.dstream.event.PipelineInfo.State;
import io.dstream.function.StreamingException;
import io.dstream.input.FileFormat;
import io.dstream.input.FileStreamOptions;
import io.dstream.input.FileStreamOptions.Unreadable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and directories that are gone, changed, damaged or not to be read. */
class FileErrorsTest {

    private static final FileStreamOptions DEFAULTS = FileStreamOptions.defaults();
    private static final FileStreamOptions SKIPPING = DEFAULTS.withUnreadable(Unreadable.SKIP);

    @TempDir
    private Path temporary;

    private TestStreamingContext test = new TestStreamingContext();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aFileThatIsDeletedAfterItWasTakenFailsItsBatchAndIsNamed() {
        assertFails(DEFAULTS, this::deleteBeforeReading, "it is gone since it was selected for the batch");
    }

    @Test
    void orItIsLeftOut() {
        assertSkips(this::deleteBeforeReading, List.of("good"));
    }

    @Test
    void aFileThatIsChangedAfterItWasTakenFailsItsBatchAndIsNamed() {
        assertFails(
                DEFAULTS,
                this::changeBeforeReading,
                "it was changed since it was selected for the batch, from 3 bytes of 1969-12-31T23:00:00Z to 8 bytes of");
    }

    @Test
    void orItIsLeftOutAndReadByALaterBatch() {
        TestOutput<String> lines = assertSkips(this::changeBeforeReading, List.of("good"));
        test.runBatch();
        assertThat(lines.last()).containsExactly("new text");
    }

    @Test
    void aFileThatIsChangedWhileItIsReadFailsItsBatch() {
        DStream<String> lines = test.context().textFileStream(temporary.toString());
        test.output(lines.map(line -> {
            in().put("bad", "new text");
            return line;
        }));
        test.runBatch();
        in().put("bad", "bad");
        assertThat(test.runFailingBatch().failureReason()).contains(in().path("bad") + "': it was changed since");
    }

    @Test
    void aTruncatedCompressedFileFailsItsBatchAndIsNamed() throws IOException {
        byte[] whole = TextDirectory.gzip("x".repeat(100) + "\nand more");
        byte[] half = Arrays.copyOf(whole, whole.length - 12);
        assertFails(DEFAULTS, putting("bad.gz", half), "java.io.EOFException: Unexpected end of ZLIB input stream");
    }

    @Test
    void orWhatIsLeftOfItIsLeftOut() throws IOException {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, 100_000).forEach(i -> text.append(i).append('\n'));
        byte[] whole = TextDirectory.gzip(text.toString());
        TestOutput<String> lines =
                test.output(bothFiles(SKIPPING, putting("bad.gz", Arrays.copyOf(whole, whole.length / 2))));
        BatchInfo batch = test.runBatch();
        assertThat(lines.last()).startsWith("0", "1", "2").endsWith("good").hasSizeBetween(1_000, 99_999);
        assertThat(batch.numRecords()).isEqualTo(lines.last().size());
    }

    @Test
    void whatIsNoCompressedFileOrDamagedFailsItsBatchAndIsNamed() throws IOException {
        assertFails(DEFAULTS, putting("bad.gz", new byte[0]), "it ends within the header of its compressed data");
        use(new TestStreamingContext());
        assertFails(DEFAULTS, putting("bad.gz", "plain text".getBytes(StandardCharsets.UTF_8)), "Not in GZIP format");
        use(new TestStreamingContext());
        byte[] damaged = TextDirectory.gzip("text");
        damaged[damaged.length - 6] ^= 1;
        assertFails(DEFAULTS, putting("bad.gz", damaged), "java.util.zip.ZipException: Corrupt GZIP trailer");
    }

    @Test
    void whatIsBehindCompressedDataAndIsNoneIsNotPassedOver() throws IOException {
        byte[] first = TextDirectory.gzip("text\n");
        byte[] second = TextDirectory.gzip("more text, which is long enough to be seen\n");
        second[0] = 0;
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        assertFails(DEFAULTS, putting("bad.gz", both), "the bytes behind the end of its compressed data are no gzip");
    }

    @Test
    void aFileThatMayNotBeReadFailsItsBatchAndIsNamed() throws IOException {
        Path probe = in().put(".probe", "");
        Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("-wx------"));
        assumeThat(Files.isReadable(probe)).as("this user may read everything").isFalse();
        assertFails(
                DEFAULTS,
                () -> Files.setPosixFilePermissions(in().path("bad"), PosixFilePermissions.fromString("-wx------")),
                "Permission denied");
    }

    @Test
    void aFileWhoseDiskFailsIsNamed() {
        Path failing = Path.of("/proc/self/mem"); // its first byte can be read by nobody
        assumeThat(failing).as("only Linux has such a file").exists();
        assertThatThrownBy(() -> test.context().textFile(failing.toString()).collect())
                .isInstanceOf(StreamingException.class)
                .hasMessageContaining("Cannot read the file '" + failing + "'")
                .hasMessageContaining("Input/output error");
    }

    @Test
    void recordsOfAFixedLengthHaveToFillTheirFile() {
        test.output(test.context().binaryRecordsStream(temporary.toString(), 4));
        test.runBatch();
        in().put("bad", "123456");
        assertThat(test.runFailingBatch().failureReason())
                .contains("Cannot read the file '" + in().path("bad") + "'")
                .contains(
                        "its length is no multiple of 4 bytes, the length of a record: 2 bytes are left over at its end");
    }

    @Test
    void aFormatTellsWhatItCannotRead() {
        FileFormat<String> picky = (content, file) -> {
            if (content.read() == 'b') {
                throw new IOException("it begins with a b");
            }
            return List.of("read").iterator();
        };
        TestOutput<String> rows = test.output(test.context().fileStream(temporary.toString(), picky, SKIPPING));
        test.runBatch();
        in().put("bad", "bad");
        in().put("good", "good");
        BatchInfo batch = test.runBatch();
        assertThat(rows.last()).containsExactly("read");
        assertThat(batch.inputs().get(0).description())
                .contains("left out, because it cannot be read: " + in().path("bad"))
                .doesNotContain("be read: " + in().path("good"));
    }

    @Test
    void aFileIsClosedThatAFormatDoesNotBeginToRead() {
        AtomicReference<InputStream> last = new AtomicReference<>();
        test.output(test.context().<String>fileStream(temporary.toString(), (content, file) -> {
            last.set(content);
            throw new IOException("no");
        }));
        test.runBatch();
        in().put("bad", "bad");
        test.runFailingBatch();
        assertThatThrownBy(() -> last.get().read()).hasMessage("Stream closed");
    }

    @Test
    void whatAFormatReadsIsClosedAlsoIfItFailsMidway() {
        List<String> closed = new CopyOnWriteArrayList<>();
        test.output(test.context()
                .fileStream(
                        temporary.toString(), (content, file) -> new FailingRecords(file.getFileName() + "", closed)));
        test.runBatch();
        closed.clear(); // of what was read to learn how long records are
        in().put("bad", "bad");
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.failureReason())
                .contains("Cannot read the file '" + in().path("bad") + "': the third is missing");
        assertThat(closed).contains("bad");
    }

    @Test
    void aFailureOfAFormatItselfIsNeverPassedOver() {
        test.output(test.context()
                .<String>fileStream(
                        temporary.toString(),
                        (content, file) ->
                                Stream.of("1").map(row -> row.substring(9)).iterator(),
                        SKIPPING));
        test.runBatch();
        in().put("file", "text");
        assertThat(test.runFailingBatch().failureReason()).contains("StringIndexOutOfBoundsException");
    }

    @Test
    void aFilterThatFailsFailsTheBatchAndTheFileIsNamed() {
        test.output(test.context().textFileStream(temporary.toString(), DEFAULTS.withFilter(file -> {
            throw new IllegalStateException("no idea");
        })));
        test.runBatch();
        in().put("file", "text");
        assertThat(test.runFailingBatch().failureReason())
                .contains("The filter of a file stream failed for '" + in().path("file") + "'")
                .contains("no idea");
    }

    @Test
    void aSkippedBatchLeavesItsFilesBehind() {
        use(new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1))));
        TestOutput<String> lines = test.output(bothFiles(DEFAULTS, this::deleteBeforeReading));
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        in().put("next", "next");
        test.runBatch();
        assertThat(lines.last()).containsExactly("next");
    }

    @Test
    void aDirectoryThatCannotBeListedIsWaitedFor() throws Exception {
        Recorder recorder = new Recorder();
        List<String> lines = new CopyOnWriteArrayList<>();
        Path directory = Files.createDirectory(temporary.resolve("in"));
        try (StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withParallelism(1)
                .withBatchInterval(Duration.ofMillis(5))
                .withFailure(Failures.attempts(1))
                .withObserver(recorder))) {
            context.textFileStream(directory.toString(), DEFAULTS.withSettleDelay(Duration.ZERO))
                    .foreachRDD(rdd -> lines.addAll(rdd.collect()));
            context.start();
            recorder.awaitBatch();
            Files.delete(directory);
            Files.createSymbolicLink(directory, directory); // cannot be followed, by nobody
            PipelineInfo waiting = recorder.awaitState(State.WAITING);
            assertThat(waiting.problem()).hasMessageContaining("Cannot list '" + directory + "'");
            Files.delete(directory);
            in().put("in/a", "at last");
            recorder.awaitState(State.ACTIVE);
            recorder.await(BatchInfo.class, batch -> batch.status() == Status.COMMITTED && batch.numRecords() == 1);
            assertThat(lines).containsExactly("at last");
        }
    }

    @Test
    void aFileWhoseNameIsNoTextIsNotPassedOver() throws Exception {
        new ProcessBuilder("sh", "-c", "touch \"$(printf 'bad\\377name')\"")
                .directory(temporary.toFile())
                .start()
                .waitFor();
        assertThatThrownBy(() -> test.context().textFile(temporary.toString()))
                .isInstanceOf(StreamingException.class)
                .hasMessageContaining("Cannot list '" + temporary + "'")
                .hasMessageContaining("/bad\ufffdname' is no text in this process's encoding; rename it");
    }

    @Test
    void aStreamThatCannotFindOutWhatIsThereAtItsFirstStartDoesNotStart() throws IOException {
        Path directory = temporary.resolve("in");
        Files.createSymbolicLink(directory, directory);
        test.output(test.context().textFileStream(directory.toString()));
        assertThatThrownBy(() -> test.runBatch())
                .isInstanceOf(StreamingException.class)
                .hasMessageContaining("Input 'file-0' of pipeline 'default' does not start")
                .hasMessageContaining(directory.toString());
    }

    private TextDirectory in() {
        return new TextDirectory(temporary);
    }

    private void assertFails(FileStreamOptions options, Fault fault, String reason) {
        test.output(bothFiles(options, fault));
        assertThat(test.runFailingBatch().failureReason())
                .contains("Cannot read the file '" + in().path("bad"))
                .contains(reason);
    }

    private TestOutput<String> assertSkips(Fault fault, List<String> rest) {
        TestOutput<String> lines = test.output(bothFiles(SKIPPING, fault));
        BatchInfo batch = test.runBatch();
        assertThat(lines.last()).isEqualTo(rest);
        assertThat(batch.inputs().get(0).description())
                .contains("left out, because it cannot be read: " + in().path("bad"));
        return lines;
    }

    /** The lines of a good file and of a bad one, which something happens to when both are in their batch. */
    private DStream<String> bothFiles(FileStreamOptions options, Fault fault) {
        AtomicInteger batches = new AtomicInteger();
        DStream<String> lines = test.context()
                .textFileStream(temporary.toString(), options.withNewFilesOnly(false))
                .transform(rdd -> {
                    if (batches.incrementAndGet() == 1) {
                        fault.strike();
                    }
                    return rdd;
                });
        in().put("bad", "bad");
        in().put("good", "good");
        return lines;
    }

    private Fault putting(String name, byte[] content) {
        in().put(name, content, TextDirectory.LONG_AGO.minusSeconds(1));
        return () -> {};
    }

    private void deleteBeforeReading() throws IOException {
        Files.delete(in().path("bad"));
    }

    private void changeBeforeReading() {
        in().put("bad", "new text");
    }

    private void use(TestStreamingContext other) {
        test.close();
        test = other;
    }

    /** Something that happens to a file. */
    @FunctionalInterface
    private interface Fault {
        void strike() throws Exception;
    }

    /** Two records, and a third one that cannot be read. */
    private static final class FailingRecords implements Iterator<String>, AutoCloseable {

        private final String file;
        private final List<String> closed;
        private int given;

        FailingRecords(String file, List<String> closed) {
            this.file = file;
            this.closed = closed;
        }

        @Override
        public boolean hasNext() {
            if (given == 2) {
                throw new UncheckedIOException(new IOException("the third is missing"));
            }
            return true;
        }

        @Override
        public String next() {
            given++;
            return "record";
        }

        @Override
        public void close() {
            closed.add(file);
        }
    }
}
