package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollingFileTest {

    private static final RollingPolicy POLICY = new RollingPolicy(10, Duration.ofSeconds(5));

    @TempDir
    private Path parent;

    private Path directory;
    private RollingFile file;

    @BeforeEach
    void open() {
        directory = parent.resolve("made/when missing");
        file = new RollingFile(directory, POLICY);
    }

    @AfterEach
    void close() throws IOException {
        file.close();
    }

    @Test
    void batchesAreAppendedToTheFileInProgress() throws IOException {
        append(1, "a\n");
        append(2, "b\n", "c\n");
        assertThat(files()).containsOnlyKeys(".in-progress", ".committed", ".lock");
        assertThat(files()).containsEntry(".in-progress", "a\nb\nc\n");
    }

    @Test
    void aFileThatIsLargeEnoughIsFinishedWithItsBatch() throws IOException {
        append(1, "1234567\n");
        append(2, "12\n");
        assertThat(files()).containsEntry("1000-2000.txt", "1234567\n12\n").doesNotContainKey(".in-progress");
        append(3, "a batch of any length\n");
        append(4, "next\n");
        assertThat(files())
                .containsEntry("1000-2000.txt", "1234567\n12\n")
                .containsEntry("3000-3000.txt", "a batch of any length\n")
                .containsEntry(".in-progress", "next\n");
    }

    @Test
    void aFileThatIsOldEnoughIsFinishedBeforeTheNextBatch() throws IOException {
        append(1, "a\n");
        append(5, "b\n");
        append(6, "c\n");
        assertThat(files()).containsEntry("1000-5000.txt", "a\nb\n").containsEntry(".in-progress", "c\n");
    }

    @Test
    void aBatchWithoutContentFinishesAnOldFileAndBeginsNone() throws IOException {
        append(1);
        assertThat(files()).containsOnlyKeys(".lock");
        append(2, "a\n");
        append(3);
        assertThat(files()).containsEntry(".in-progress", "a\n");
        append(7);
        assertThat(files()).containsEntry("2000-2000.txt", "a\n").doesNotContainKey(".in-progress");
        append(30);
        append(31, "b\n");
        append(32, "c\n");
        assertThat(files()).containsEntry(".in-progress", "b\nc\n");
    }

    @Test
    void aBatchThatIsRepeatedIsNotAppendedAgain() throws IOException {
        append(1, "a\n");
        append(1, "a\n");
        append(2, "b\n");
        file.close();
        append(2, "b\n");
        assertThat(files()).containsEntry(".in-progress", "a\nb\n");
    }

    @Test
    void aBatchThatIsRepeatedAfterItsFileWasFinishedAndTakenAwayIsNotAppendedAgain() throws IOException {
        append(1, "1234567890\n");
        Files.delete(directory.resolve("1000-1000.txt"));
        file.close();
        append(1, "1234567890\n");
        assertThat(files()).containsOnlyKeys(".committed", ".lock");
    }

    @Test
    void aBatchBeforeTheLastIsRefused() throws IOException {
        append(2, "a\n");
        append(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> append(1, "b\n"))
                .withMessageContaining("The batch 1970-01-01T00:00:01Z cannot be appended to " + directory)
                .withMessageContaining("which has batches up to 1970-01-01T00:00:02Z already");
        append(3, "c\n");
        assertThat(files()).containsEntry(".in-progress", "a\nc\n");
    }

    @Test
    void aCloseLeavesTheFileForTheNextToGoOn() throws IOException {
        append(1, "a\n");
        file.close();
        file.close();
        try (RollingFile next = new RollingFile(directory, POLICY)) {
            next.append(at(2), bytes("b\n"));
            assertThat(files()).containsEntry(".in-progress", "a\nb\n");
            next.append(at(6), bytes("c\n"));
        }
        assertThat(files()).containsEntry("1000-2000.txt", "a\nb\n").containsEntry(".in-progress", "c\n");
    }

    @Test
    void whatACrashHasLeftInTheMiddleOfAnAppendIsCutOff() throws IOException {
        append(1, "a\n");
        file.close();
        write(".in-progress", "half a li");
        write(".committed.tmp", "dstream-roll");
        append(2, "b\n");
        assertThat(files()).containsEntry(".in-progress", "a\nb\n");
        file.close();
        write(".in-progress", "half a li");
        append(6, "c\n");
        assertThat(files()).containsEntry("1000-2000.txt", "a\nb\n");
    }

    @Test
    void whatACrashHasLeftInTheMiddleOfTheFirstAppendIsCutOff() throws IOException {
        Files.createDirectories(directory);
        write(".in-progress", "a\nand hal");
        append(1, "b\n");
        assertThat(files()).containsEntry(".in-progress", "b\n");
    }

    @Test
    void aCrashInTheMiddleOfFinishingAFileIsMadeGood() throws IOException {
        append(1, "a\n");
        file.close();
        Files.move(directory.resolve(".in-progress"), directory.resolve("1000-1000.txt"));
        append(1, "a\n");
        append(2, "b\n");
        assertThat(files()).containsEntry("1000-1000.txt", "a\n").containsEntry(".in-progress", "b\n");
    }

    @Test
    void committedBytesThatAreGoneAreNotPassedOver() throws IOException {
        append(1, "abc\n");
        file.close();
        Files.writeString(directory.resolve(".in-progress"), "ab");
        assertThatIOException()
                .isThrownBy(() -> append(2, "b\n"))
                .withMessageContaining(directory.resolve(".in-progress") + " has lost committed lines")
                .withMessageContaining("it has 2 bytes, but 4 were committed");
        Files.delete(directory.resolve(".in-progress"));
        assertThatIOException().isThrownBy(() -> append(2, "b\n")).withMessageContaining("it has 0 bytes, but 4");
        assertThat(files()).doesNotContainKey(".in-progress");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dstream-rolling-1 1000 1000",
                "dstream-rolling-2 1000 1000 2",
                "dstream-rolling-1 a b c",
                "dstream-rolling-1 1000 1000 -2",
                "dstream-rolling-1 1000 1000 99999999999999999999"
            })
    void aProgressThatCannotBeReadIsNotPassedOver(String text) throws IOException {
        append(1, "a\n");
        file.close();
        Files.writeString(directory.resolve(".committed"), text);
        assertThatIOException()
                .isThrownBy(() -> append(2, "b\n"))
                .withMessageContaining("Cannot read " + directory.resolve(".committed"))
                .withMessageContaining("it says '" + text + "'");
        assertThat(files()).containsEntry(".in-progress", "a\n");
    }

    @Test
    void aFileOfTheNameOfAFinishedOneIsNotReplaced() throws IOException {
        append(1, "a\n");
        write("1000-1000.txt", "somebody else's");
        assertThatIOException().isThrownBy(() -> append(6, "b\n")).withMessageContaining("exists already");
        Files.delete(directory.resolve("1000-1000.txt"));
        append(6, "b\n");
        assertThat(files()).containsEntry("1000-1000.txt", "a\n").containsEntry(".in-progress", "b\n");
    }

    @Test
    void anAppendThatFailedMayBeRepeated() throws IOException {
        append(1, "a\n");
        Path obstacle = Files.createDirectory(directory.resolve(".committed.tmp"));
        assertThatIOException().isThrownBy(() -> append(2, "b\n")).withMessageContaining(".committed.tmp");
        assertThat(files()).containsEntry(".in-progress", "a\nb\n");
        Files.delete(obstacle);
        append(2, "other\n");
        assertThat(files()).containsEntry(".in-progress", "a\nother\n");
    }

    @Test
    void aDirectoryInUseIsRefusedUntilItIsClosed() throws IOException {
        append(1, "a\n");
        try (RollingFile other = new RollingFile(directory, POLICY)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> other.append(at(2), bytes("b\n")))
                    .withMessage(
                            "The directory " + directory + " is in use by another output, pipeline or process; give"
                                    + " each a directory of its own");
            file.close();
            other.append(at(2), bytes("b\n"));
        }
        assertThat(files()).containsEntry(".in-progress", "a\nb\n");
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsNamed() throws IOException {
        Files.writeString(parent.resolve("made"), "a file");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> append(1, "a\n"))
                .withMessageContaining(parent.resolve("made").toString());
    }

    @Test
    void aPolicyThatCannotWorkIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RollingPolicy.defaults().withMaxBytes(0))
                .withMessage("'maxBytes' must be at least 1, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RollingPolicy.defaults().withMaxAge(Duration.ZERO))
                .withMessage("'maxAge' must be at least 1 ms, but was PT0S");
    }

    private void append(int second, String... content) throws IOException {
        file.append(
                at(second), Arrays.stream(content).map(RollingFileTest::utf8).toList());
    }

    private static List<byte[]> bytes(String content) {
        return List.of(utf8(content));
    }

    private static byte[] utf8(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }

    private static Instant at(int second) {
        return Instant.ofEpochSecond(second);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private SortedMap<String, String> files() throws IOException {
        SortedMap<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path path : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                texts.put(path.getFileName().toString(), Files.readString(path));
            }
        }
        return texts;
    }
}
