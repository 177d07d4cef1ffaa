package io.dstream.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.storage.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept, and what needs a large directory or a clock that is set back; the rest is tested through file streams. */
class FileLedgerTest {

    private static final Instant NOW = Instant.parse("2017-09-06T03:28:05Z");

    @TempDir
    private Path directory;

    private final FileLedger ledger = new FileLedger(FileStreamOptions.defaults(), Progress.none());

    @Test
    void inALargeDirectoryAChangeIsFoundAfterSomeListings() throws IOException {
        for (int i = 0; i < 5_100; i++) {
            Files.createFile(directory.resolve("file-" + i));
        }
        list(NOW);
        ledger.take(List.copyOf(ledger.settled(NOW.plusSeconds(1))));
        Files.writeString(directory.resolve("file-5099"), "changed");
        int listings = 0;
        while (ledger.settled(NOW.plusSeconds(2)).isEmpty()) {
            assertThat(listings++).isLessThan(2);
            list(NOW.plusSeconds(1));
        }
        assertThat(ledger.settled(NOW.plusSeconds(2))).singleElement().satisfies(file -> assertThat(file.path())
                .endsWith("/file-5099"));
    }

    @Test
    void aFileIsWatchedAnewWhenTheClockIsSetBack() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Files.setLastModifiedTime(file, FileTime.from(NOW.plus(Duration.ofDays(2))));
        list(NOW);
        Instant dayBefore = NOW.minus(Duration.ofDays(1));
        list(dayBefore);
        assertThat(ledger.settled(dayBefore.plusMillis(999))).isEmpty();
        assertThat(ledger.settled(dayBefore.plusSeconds(1))).hasSize(1);
    }

    @Test
    void aFileThatIsGoneBeforeItHasSettledIsForgotten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Files.setLastModifiedTime(file, FileTime.from(NOW));
        list(NOW);
        Files.delete(file);
        list(NOW);
        assertThat(ledger.settled(NOW.plusSeconds(1))).isEmpty();
    }

    @Test
    void theFilesOfABatchAreLetGoWithIt() {
        FileVersion file = new FileVersion("/in/file", 1, NOW);
        FileBatches<String> batches = new FileBatches<>();
        batches.put(NOW, List.of(file));
        batches.put(NOW.plusSeconds(1), List.of(file));
        assertThat(read(batches, NOW)).hasSize(1);
        assertThat(read(batches, NOW.plusSeconds(1))).hasSize(1);
        batches.release(NOW);
        assertThat(batches.begun(NOW)).isEmpty();
        assertThat(read(batches, NOW)).isEmpty();
        assertThat(batches.begun(NOW.plusSeconds(1))).hasSize(1);
    }

    private static List<TakenFile<String>> read(FileBatches<String> batches, Instant batchTime) {
        return batches.read(batchTime, file -> new TakenFile<>(file, 0, List.of()));
    }

    private void list(Instant now) throws IOException {
        ledger.beginListing();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                ledger.visit(file, now);
            }
        }
        ledger.endListing(now);
    }
}
