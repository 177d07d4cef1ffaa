package io.dstream.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.event.ListenerBus;
import io.dstream.function.StreamingException;
import io.dstream.input.BackpressureSettings;
import io.dstream.input.InputContext;
import io.dstream.input.LoggedBlocks;
import io.dstream.input.RateController;
import io.dstream.input.SourceUnavailableException;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.BlockLog;
import io.dstream.storage.BlockStore;
import io.dstream.storage.CheckpointDirectory;
import io.dstream.storage.Codec;
import io.dstream.storage.Progress;
import io.dstream.storage.WriteAheadLog;
import io.dstream.time.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of blocks while the write-ahead log cannot be written, because its directory is away. */
class LoggedBlocksTest {

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final BlockStore blocks = Blocks.store(1_000_000);
    private final BlockTracker<Object> tracker = new BlockTracker<>(1_000_000, () -> true);
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @TempDir
    private Path temporary;

    private CheckpointDirectory directory;
    private WriteAheadLog log;
    private BlockGenerator<Object> generator;

    @BeforeEach
    void open() throws IOException {
        directory = CheckpointDirectory.open(temporary.resolve("there"), "orders");
        log = directory.writeAheadLog();
        generator = generator(Progress.none());
    }

    @AfterEach
    void close() throws IOException {
        setThere(true);
        generator.close();
        log.close();
        directory.close();
    }

    @Test
    void aBatchWaitsAndHasEverythingInOrderWhenTheLogIsThereAgain() throws Exception {
        setThere(false);
        CompletableFuture<Void> storing = storeInBackground(1);
        generator.store(2);
        assertThatExceptionOfType(SourceUnavailableException.class)
                .isThrownBy(generator::cutForBatch)
                .withMessageContaining("write-ahead log cannot be written")
                .withMessageContaining("streaming.checkpoint.directory");
        generator.store(3);
        generator.cut();
        assertThat(tracker.hasUnallocated()).isFalse();
        assertThat(storing).isNotDone();
        setThere(true);
        generator.cutForBatch();
        storing.get();
        assertThat(Blocks.records(tracker.allocate(Instant.EPOCH))).containsExactly(1, 2, 3);
        assertThat(failures).hasSize(1);
    }

    @Test
    void whoIsInterruptedMeanwhileTakesItsRecordsBack() throws Exception {
        setThere(false);
        CompletableFuture<Void> storing = storeInBackground(1, Thread::interrupt);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(storing::get)
                .withCauseInstanceOf(InterruptedException.class);
        generator.cutForBatch(); // nothing waits for the log any more, so it is not missed
        assertThat(tracker.hasUnallocated()).isFalse();
    }

    @Test
    void whatWasNotWrittenAtTheEndIsRefusedOrWaitsOn() throws Exception {
        setThere(false);
        CompletableFuture<Void> storing = storeInBackground(1);
        generator.store(2);
        generator.close();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(storing::get)
                .withCauseInstanceOf(IllegalStateException.class);
        assertThat(tracker.hasUnallocated()).isFalse();
        assertThat(generator.hasUncut()).isTrue();
        setThere(true);
        generator.cutForBatch();
        assertThat(Blocks.records(tracker.allocate(Instant.EPOCH))).containsExactly(2);
        assertThat(generator.hasUncut()).isFalse();
    }

    @Test
    void whoWaitsHearsThatARecordCannotBeEncoded() throws Exception {
        setThere(false);
        generator.store(1);
        generator.cut();
        CompletableFuture<Void> storing = storeInBackground(new NotAllowed(2));
        setThere(true);
        generator.cutForBatch();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(storing::get)
                .withCauseInstanceOf(StreamingException.class)
                .withMessageContaining("must not be in files");
        assertThat(Blocks.records(tracker.allocate(Instant.EPOCH))).containsExactly(1);
    }

    @Test
    void aPositionThatIsNoneIsNamed() {
        for (String text : new String[] {"", "1", "x 0", "1 y"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> generator(new Progress(Map.of("next-block", text), new TreeMap<>())))
                    .withMessage(
                            "The position 'next-block' must be the numbers of a block and of a record in it, such as"
                                    + " '12 0', but was '" + text + "'");
        }
    }

    private BlockGenerator<Object> generator(Progress progress) {
        RateController rate = new RateController(
                "receiver-0", Duration.ofSeconds(1), BackpressureSettings.defaults(), Progress.none());
        rate.follow(RateController.UNLIMITED);
        InputContext context = new InputContext(
                "orders",
                "receiver-0",
                clock,
                Duration.ofSeconds(1),
                1_000_000,
                new ListenerBus(List.of()),
                progress,
                rate,
                new BlockLog(log, "receiver-0", Codec.allowing(List.of()), true));
        return new BlockGenerator<>(
                "test",
                new BlockGenerator.Limits(Duration.ofMillis(200), 1_000_000, 1_000_000),
                StorageLevel.MEMORY_ONLY,
                clock,
                new RateLimiter(rate, clock),
                blocks,
                tracker,
                LoggedBlocks.of(context),
                failures::add);
    }

    /** Returns when it waits for the log. */
    private CompletableFuture<Void> storeInBackground(Object record) {
        return storeInBackground(record, waiting -> {});
    }

    private CompletableFuture<Void> storeInBackground(Object record, Consumer<Thread> whenItWaits) {
        CompletableFuture<Void> storing = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                generator.storeTogether(List.of(record));
                storing.complete(null);
            } catch (InterruptedException | IOException | RuntimeException failure) {
                storing.completeExceptionally(failure);
            }
        });
        thread.start();
        awaitWaiting(thread);
        whenItWaits.accept(thread);
        return storing;
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private void setThere(boolean there) throws IOException {
        Path here = temporary.resolve("there");
        Path away = temporary.resolve("away");
        if (there && Files.exists(away)) {
            Files.move(away, here);
        } else if (!there) {
            Files.move(here, away);
        }
    }

    /** Not in an allowed package. */
    private record NotAllowed(int value) {}
}
