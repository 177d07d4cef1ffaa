package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.input.FileStreamOptions;
import io.dstream.time.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file stream knows after a restart of what it has taken before. */
class FileRestartTest {

    @TempDir
    private Path temporary;

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private TextDirectory in;
    private FileLog log;

    @BeforeEach
    void open() {
        in = new TextDirectory(temporary);
        log = new FileLog(
                temporary.toString(), FileStreamOptions.defaults().withRemember(Duration.ofSeconds(2)), clock);
    }

    @Test
    void nothingIsTakenTwice() throws Exception {
        log.start();
        log.run();
        in.put("a", "1");
        assertThat(log.run()).containsExactly("1");
        log.start();
        assertThat(log.run()).isEmpty();
        in.put("b", "2");
        assertThat(log.run()).containsExactly("2");
    }

    @Test
    void whatCameInWhileThePipelineWasDownIsTakenHoweverOldItIs() throws Exception {
        in.put("old", "old");
        log.start();
        log.run();
        in.put("a", "1", TextDirectory.LONG_AGO.minusSeconds(1_000_000));
        log.start();
        assertThat(log.run()).containsExactly("1");
    }

    @Test
    void evenIfThereWasNoFileBefore() throws Exception {
        log.start();
        log.run();
        in.put("a", "1");
        log.start();
        assertThat(log.run()).containsExactly("1");
    }

    @Test
    void aFileThatWasChangedWhileThePipelineWasDownIsTakenAgain() throws Exception {
        in.put("old", "old");
        log.start();
        in.put("a", "1");
        log.run();
        in.put("a", "1\n2");
        in.put("old", "changed");
        log.start();
        assertThat(log.run()).containsExactlyInAnyOrder("1", "2", "changed");
    }

    @Test
    void aBatchThatWasNotCommittedIsReadAgainWithTheSameFiles() throws Exception {
        in.put("old", "old");
        log.start();
        in.put("a", "1");
        in.put("b", "2");
        Instant first = log.allocate();
        log.write(first);
        in.put("c", "3");
        Instant second = log.allocate();
        log.write(second);
        log.start();
        in.put("d", "4");
        Instant third = log.allocate();
        log.write(third);
        assertThat(log.read(first)).containsExactly("1", "2");
        assertThat(log.read(second)).containsExactly("3");
        assertThat(log.read(third)).containsExactly("4");
        assertThat(log.read(first)).containsExactly("1", "2");
    }

    @Test
    void filesOfABatchThatWasNotWrittenDownAreInTheNextOne() throws Exception {
        log.start();
        log.run();
        in.put("a", "1");
        log.allocate();
        log.start();
        assertThat(log.run()).containsExactly("1");
    }

    @Test
    void aFirstStartThatWasNotWrittenDownIsNone() throws Exception {
        log.start();
        in.put("a", "1");
        log.start();
        assertThat(log.run()).isEmpty();
    }

    @Test
    void whatIsKnownOfFilesIsReadableAndAsLargeAsTheDirectory() throws Exception {
        Path old = in.put("old", "old");
        log.start();
        in.put("a", "12", Instant.parse("1969-12-31T23:00:01Z"));
        log.run();
        assertThat(log.positions())
                .isEqualTo(Map.of(
                        "since",
                        "1970-01-01T00:00:00Z",
                        old.toString(),
                        "3 1969-12-31T23:00:00Z before",
                        in.path("a").toString(),
                        "2 1969-12-31T23:00:01Z"));
        Files.delete(old);
        Files.delete(in.path("a"));
        log.run();
        log.run();
        assertThat(log.positions()).hasSize(3);
        log.run();
        assertThat(log.positions()).containsOnlyKeys("since");
    }

    @Test
    void aFileThatIsGoneIsRememberedForTheWholeTimeAfterARestart() throws Exception {
        log.start();
        Path file = in.put("a", "1");
        log.run();
        Path away = temporary.resolveSibling("away-" + temporary.getFileName());
        Files.move(file, away);
        log.run();
        log.run();
        log.start();
        log.run();
        log.run();
        Files.move(away, file);
        assertThat(log.run()).isEmpty();
    }

    @Test
    void listingTakesNoMoreThanATenthOfTheTime() throws Exception {
        FileLog slow = new FileLog(
                temporary.toString(),
                FileStreamOptions.defaults().withMaxFilesPerBatch(2).withFilter(file -> {
                    clock.advance(Duration.ofMillis(100)); // as long as it takes to look at a file
                    return true;
                }),
                clock);
        slow.start();
        in.put("a", "1");
        in.put("b", "2");
        in.put("c", "3");
        assertThat(slow.run()).containsExactly("1", "2"); // the listing took 300 ms
        in.put("d", "4");
        assertThat(slow.run()).containsExactly("3");
        assertThat(slow.run()).isEmpty();
        assertThat(slow.run()).containsExactly("4");
    }

    @Test
    void aFileThatHasChangedSinceTheListingIsNotTakenAsItWas() throws Exception {
        FileLog slow = new FileLog(
                temporary.toString(),
                FileStreamOptions.defaults().withMaxFilesPerBatch(1).withFilter(file -> {
                    clock.advance(Duration.ofMillis(200));
                    return true;
                }),
                clock);
        slow.start();
        in.put("a", "1");
        in.put("b", "2");
        in.put("c", "3");
        assertThat(slow.run()).containsExactly("1"); // the next listing is six seconds later
        in.put("b", "new");
        Files.delete(in.path("c"));
        assertThat(slow.run()).isEmpty();
        assertThat(slow.run()).containsExactly("new");
        assertThat(slow.run()).isEmpty();
    }

    @Test
    void aPositionThatIsNoneIsNamed() throws IOException {
        for (String damaged : new String[] {"", "1", "x 1969-12-31T23:00:00Z", "1 yesterday"}) {
            log.positions().put("/in/a", damaged + " ");
            assertThatIllegalArgumentException()
                    .isThrownBy(log::start)
                    .withMessage(
                            "The position '/in/a' must be a size and a time, such as '120 2017-09-06T03:28:05Z', but was '"
                                    + damaged + " '");
        }
    }
}
