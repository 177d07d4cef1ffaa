package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.event.BatchInfo;
import io.dstream.function.StreamingException;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** saveAsTextFile of an RDD; what streams save has tests of its own. */
class RddAsTextTest {

    private final Rdds rdds = new Rdds();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        rdds.close();
    }

    @Test
    void everyPartitionIsAFileOfLinesAndTheEndIsMarked() throws IOException {
        save(rdds.of(3, "to", "be", "häßlich 水"));
        assertThat(names(folder.resolve("out"))).containsExactly("_SUCCESS", "part-00000", "part-00001", "part-00002");
        assertThat(part(0)).isEqualTo("to\n");
        assertThat(part(1)).isEqualTo("be\n");
        assertThat(part(2)).isEqualTo("häßlich 水\n");
        assertThat(folder.resolve("out/_SUCCESS")).isEmptyFile();
        assertThat(names(folder)).containsExactly("out");
    }

    @Test
    void emptyPartitionsAreEmptyFilesAndNoPartitionsAreNone() throws IOException {
        save(rdds.of(2, 7));
        assertThat(part(0)).isEmpty();
        assertThat(part(1)).isEqualTo("7\n");
        rdds.withoutPartitions().saveAsTextFile(folder.resolve("none").toString());
        assertThat(names(folder.resolve("none"))).containsExactly("_SUCCESS");
    }

    @Test
    void whatIsNoTextInUnicodeBecomesAQuestionMark() throws IOException {
        save(rdds.of(1, "a\uD800b"));
        assertThat(part(0)).isEqualTo("a?b\n");
    }

    @Test
    void missingParentsAreMade() {
        rdds.of(1, "a").saveAsTextFile(folder.resolve("deep/down/out").toString());
        assertThat(folder.resolve("deep/down/out/_SUCCESS")).exists();
    }

    @Test
    void aParentMayBeALink() throws IOException {
        Files.createDirectory(folder.resolve("real"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));
        rdds.of(1, "a").saveAsTextFile(folder.resolve("link/out").toString());
        assertThat(folder.resolve("real/out/_SUCCESS")).exists();
    }

    @Test
    void whatExistsIsNotReplacedOutsideOfBatches() throws IOException {
        save(rdds.of(1, "first"));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> save(rdds.of(1, "second")))
                .withMessageContaining(
                        folder.resolve("out") + ": it is there; choose another path, or delete it before")
                .withCauseInstanceOf(FileAlreadyExistsException.class);
        assertThat(part(0)).isEqualTo("first\n");
    }

    @Test
    void aBatchReplacesWhatItSavedBefore() throws IOException {
        try (RunScope batch = rdds.openBatch()) {
            save(RDD.ofRows(batch, List.of("a", "b", "c"), 3));
            save(RDD.ofRows(batch, List.of("d"), 1));
        }
        assertThat(names(folder.resolve("out"))).containsExactly("_SUCCESS", "part-00000");
        assertThat(part(0)).isEqualTo("d\n");
        assertThat(names(folder)).containsExactly("out");
    }

    @Test
    void aBatchReplacesNothingThatItCannotHaveSaved() throws IOException {
        Files.createDirectory(folder.resolve("out"));
        Files.writeString(folder.resolve("out/letters.txt"), "dear");
        Files.writeString(folder.resolve("file"), "dear");
        try (RunScope batch = rdds.openBatch()) {
            RDD<String> rows = RDD.ofRows(batch, List.of("a"), 1);
            for (String taken : List.of("out", "file")) {
                assertThatExceptionOfType(StreamingException.class)
                        .isThrownBy(
                                () -> rows.saveAsTextFile(folder.resolve(taken).toString()))
                        .withCauseInstanceOf(FileAlreadyExistsException.class);
            }
        }
        assertThat(names(folder.resolve("out"))).containsExactly("letters.txt");
        assertThat(folder.resolve("file")).hasContent("dear");
    }

    @Test
    void aNullRowIsRefusedAndNothingIsLeft() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> save(rdds.of(2, "a", null)))
                .withMessage("A row to be saved as text must not be null; filter null rows out");
        assertThat(names(folder)).isEmpty();
    }

    @Test
    void aFailureLeavesWhatWasThereBefore() throws IOException {
        try (RunScope batch = rdds.openBatch()) {
            RDD<String> rows = RDD.ofRows(batch, List.of("a", "b"), 2);
            save(rows);
            IllegalStateException failure = new IllegalStateException("no b");
            assertThatIllegalStateException()
                    .isThrownBy(() -> save(rows.map(row -> {
                        if (row.equals("b")) {
                            throw failure;
                        }
                        return row + "!";
                    })))
                    .isSameAs(failure);
        }
        assertThat(part(0)).isEqualTo("a\n");
        assertThat(names(folder)).containsExactly("out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hdfs://host/out", "file:/out"})
    void onlyDirectoriesOfTheLocalFileSystemAreTaken(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rdds.range(1, 1).saveAsTextFile(path))
                .withMessageStartingWith("'path' must be a path of the local file system");
    }

    @Test
    void everyBatchOfAStreamMayHaveADirectory() throws IOException {
        try (TestStreamingContext test = new TestStreamingContext()) {
            TestInput<String> words = test.input();
            words.stream().foreachRDD((rdd, time) -> {
                rdd.saveAsTextFile(folder.resolve("out-" + time.toEpochMilli()).toString());
                rdd.map(String::length)
                        .saveAsTextFile(
                                folder.resolve("out-" + time.toEpochMilli()).toString());
            });
            words.push("be", "not");
            assertThat(test.runBatch().status()).isEqualTo(BatchInfo.Status.COMMITTED);
            assertThat(test.runBatch().status()).isEqualTo(BatchInfo.Status.COMMITTED);
        }
        assertThat(names(folder)).containsExactly("out-1000", "out-2000");
        assertThat(names(folder.resolve("out-1000"))).containsExactly("_SUCCESS", "part-00000", "part-00001");
        assertThat(folder.resolve("out-1000/part-00001")).hasContent("3");
        assertThat(names(folder.resolve("out-2000"))).contains("_SUCCESS");
    }

    private void save(RDD<?> rows) {
        rows.saveAsTextFile(folder.resolve("out").toString());
    }

    private String part(int index) throws IOException {
        return Files.readString(folder.resolve("out").resolve("part-0000" + index));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
