package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectFileTest {

    @TempDir
    Path directory;

    private final Codec<Object> codec = Codec.allowing(List.of());
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("part-00000");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 99, 100, 101, 1_000})
    void rowsAreReadInTheOrderInWhichTheyWereWritten(int count) throws Exception {
        List<String> rows = rows(count);
        ObjectFile.write(file, rows.iterator(), codec);
        assertThat(read()).isEqualTo(rows);
    }

    @Test
    void rowsMayBeNull() throws Exception {
        List<String> rows = new ArrayList<>(Arrays.asList("a", null, "b"));
        ObjectFile.write(file, rows.iterator(), codec);
        assertThat(read()).isEqualTo(rows);
    }

    @Test
    void anEarlierFileIsOverwritten() throws Exception {
        ObjectFile.write(file, rows(500).iterator(), codec);
        ObjectFile.write(file, rows(3).iterator(), codec);
        assertThat(read()).isEqualTo(rows(3));
    }

    @Test
    void anyByteThatIsAnotherIsFoundAndItsPlaceTold() throws Exception {
        ObjectFile.write(file, rows(101).iterator(), codec);
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x40;
            Files.write(file, damaged);
            StreamingException refusal = catchThrowableOfType(StreamingException.class, this::read);
            assertThat(refusal).as("byte %d", at).isNotNull().hasMessageContaining(file.toString());
        }
    }

    @Test
    void aFileThatEndsTooEarlyIsRefusedWhereverItEnds() throws Exception {
        ObjectFile.write(file, rows(101).iterator(), codec);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatExceptionOfType(StreamingException.class)
                    .as("%d bytes", length)
                    .isThrownBy(this::read)
                    .withMessageContaining("The object file " + file + " is damaged at byte ");
        }
    }

    @Test
    void theRowsBeforeTheDamageAreRead() throws Exception {
        ObjectFile.write(file, rows(150).iterator(), codec);
        byte[] damaged = Files.readAllBytes(file);
        damaged[damaged.length - 40] ^= 1;
        Files.write(file, damaged);
        Iterator<String> rows = ObjectFile.read(file, codec);
        for (int i = 0; i < 100; i++) {
            assertThat(rows.next()).isEqualTo("row " + i);
        }
        assertThatExceptionOfType(StreamingException.class).isThrownBy(rows::hasNext);
    }

    @Test
    void whatIsBehindTheEndIsRefused() throws Exception {
        ObjectFile.write(file, rows(3).iterator(), codec);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertRefused("is damaged at byte " + whole.length);
    }

    @Test
    void anotherFileIsRefused() throws Exception {
        Files.writeString(file, "plain text");
        assertRefused(file + " is no object file");
    }

    @Test
    void aLaterFormatIsRefused() throws Exception {
        ObjectFile.write(file, rows(3).iterator(), codec);
        byte[] whole = Files.readAllBytes(file);
        whole[4] = 9;
        Files.write(file, whole);
        assertRefused("has format 9, but this version of dstream reads format 1");
    }

    @Test
    void rowsOfAClassThatIsNotAllowedAreRefusedWithTheirPlace() throws Exception {
        ObjectFile.write(file, List.of(new Row("a")).iterator(), Codec.allowing(List.of("io.dstream.storage")));
        assertRefused("The rows at byte 5 of the object file " + file + " cannot be read: ");
        assertRefused("Class io.dstream.storage.ObjectFileTest$Row must not be in files");
    }

    @Test
    void thereIsNoRowAfterTheLast() throws Exception {
        ObjectFile.write(file, rows(1).iterator(), codec);
        Iterator<String> rows = ObjectFile.read(file, codec);
        rows.next();
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(rows::next);
    }

    private void assertRefused(String message) {
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(this::read)
                .withMessageContaining(message);
    }

    private List<String> read() throws IOException {
        List<String> rows = new ArrayList<>();
        ObjectFile.<String>read(file, codec).forEachRemaining(rows::add);
        return rows;
    }

    private static List<String> rows(int count) {
        return IntStream.range(0, count).mapToObj(i -> "row " + i).toList();
    }

    record Row(String name) {}
}
