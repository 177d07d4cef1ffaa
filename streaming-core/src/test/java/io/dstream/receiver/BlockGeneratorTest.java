package io.dstream.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.function.StreamingException;
import io.dstream.input.BackpressureSettings;
import io.dstream.input.Block;
import io.dstream.input.LoggedBlocks;
import io.dstream.input.RateController;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.BlockStore;
import io.dstream.storage.Codec;
import io.dstream.storage.Progress;
import io.dstream.time.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockGeneratorTest {

    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final int MAX_RECORDS = 3;
    private static final long PLENTY = Long.MAX_VALUE;

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private List<Throwable> failures = new ArrayList<>();
    private BlockStore blocks = Blocks.store(1_000_000);
    private BlockTracker<Object> tracker = new BlockTracker<>(1_000_000, () -> true);
    private BlockGenerator<Object> generator = generator(StorageLevel.MEMORY_ONLY, PLENTY);

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        generator.close();
        blocks.close();
    }

    @Test
    void whatIsStoredBeforeACutIsInTheBlock() throws Exception {
        generator.store(1);
        generator.store(2);
        generator.cut();
        generator.store(3);
        assertThat(allocated(1)).containsExactly(1, 2);
    }

    @Test
    void aCutOfNothingMakesNoBlock() {
        generator.cut();
        assertThat(tracker.hasUnallocated()).isFalse();
    }

    @Test
    void itsThreadCutsABlockAtEveryInterval() throws Exception {
        generator.start();
        generator.store(1);
        clock.awaitWaiting(1);
        clock.advance(INTERVAL);
        while (!tracker.hasUnallocated()) {
            Thread.onSpinWait();
        }
        assertThat(allocated(1)).containsExactly(1);
    }

    @Test
    void intervalsThatPassWithoutRoomAreNotMadeUpFor() throws Exception {
        AtomicBoolean room = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger(); // once for each cut, at least
        tracker = new BlockTracker<>(1_000_000, () -> asked.incrementAndGet() > 0 && room.get());
        generator = generator(StorageLevel.MEMORY_ONLY, PLENTY);
        generator.start();
        clock.awaitWaiting(1);
        clock.advance(INTERVAL);
        while (asked.get() == 0) {
            Thread.onSpinWait();
        }
        clock.advance(INTERVAL.multipliedBy(1_000));
        room.set(true);
        tracker.release(Instant.EPOCH);
        clock.awaitWaiting(1);
        assertThat(asked).hasValueLessThan(10);
    }

    @Test
    void aFullBufferMakesStoreWaitUntilACut() throws Exception {
        Background storing = storeInBackground(List.of(1, 2, 3, 4));
        storing.awaitWaiting();
        generator.cut();
        storing.get();
        generator.cut();
        assertThat(allocated(1)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void aBufferIsFullOfFewRecordsToo() throws Exception {
        use(StorageLevel.MEMORY_ONLY, 1_000);
        generator.store("x".repeat(2_000));
        Background storing = storeInBackground(List.of("y"));
        storing.awaitWaiting();
        generator.cut();
        storing.get();
    }

    @Test
    void aPauseMakesStoreWait() throws Exception {
        generator.setPaused(true);
        Background storing = storeInBackground(List.of(1));
        Background together = storeTogetherInBackground(List.of(2));
        storing.awaitWaiting();
        together.awaitWaiting();
        generator.cut();
        assertThat(tracker.hasUnallocated()).isFalse();
        generator.setPaused(false);
        storing.get();
        together.get();
        generator.cut();
        assertThat(allocated(1)).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void recordsStoredTogetherAreABlockBehindWhatWasStoredBefore() throws Exception {
        generator.store(1);
        generator.storeTogether(List.of(2, 3, 4, 5));
        generator.store(6);
        generator.cut();
        List<Block<Object>> allocated = tracker.allocate(Instant.EPOCH);
        assertThat(allocated.stream().map(Block::size)).containsExactly(1, 4, 1);
        assertThat(Blocks.records(allocated)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void recordsStoredTogetherWaitForRoomAndAreABlockThen() throws Exception {
        blocks = Blocks.store(2);
        tracker = new BlockTracker<>(2, () -> blocks.hasRoom(StorageLevel.MEMORY_ONLY));
        generator = generator(StorageLevel.MEMORY_ONLY, PLENTY);
        generator.storeTogether(List.of(1, 2, 3, 4, 5));
        Background storing = storeTogetherInBackground(List.of(6));
        storing.awaitWaiting();
        assertThat(allocated(1)).containsExactly(1, 2);
        assertThat(allocated(2)).containsExactly(3, 4);
        assertThat(allocated(3)).containsExactly(5);
        assertThat(allocated(4)).isEmpty();
        tracker.release(Instant.ofEpochSecond(3));
        storing.get();
        assertThat(allocated(5)).containsExactly(6);
    }

    @Test
    void anEmptyCollectionIsNoBlockButWhatWasStoredBeforeIsKept() throws Exception {
        generator.store(1);
        generator.storeTogether(List.of());
        assertThat(tracker.allocate(Instant.EPOCH).stream().map(Block::size)).containsExactly(1);
    }

    @Test
    void whoWaitsForTheBufferIsLetInByTheStopAndWhoComesLaterIsRefused() throws Exception {
        generator.store(1);
        generator.store(2);
        generator.store(3);
        Background storing = storeInBackground(List.of(4));
        storing.awaitWaiting();
        generator.stopWaiting();
        storing.get();
        for (int i = 0; i < 100; i++) {
            assertRefused(() -> generator.store(5));
        }
        generator.cut();
        generator.store(6); // there is room
        generator.close();
        assertThat(allocated(1)).containsExactly(1, 2, 3, 4, 6);
    }

    @Test
    void whoWaitsForRoomIsLetInByTheStopAndWhoComesLaterIsRefused() throws Exception {
        blocks = Blocks.store(2);
        tracker = new BlockTracker<>(100, () -> blocks.hasRoom(StorageLevel.MEMORY_ONLY));
        generator = generator(StorageLevel.MEMORY_ONLY, PLENTY);
        generator.start();
        generator.storeTogether(List.of(1, 2, 3));
        Background storing = storeTogetherInBackground(List.of(4));
        storing.awaitWaiting();
        generator.stopWaiting();
        storing.get();
        for (int i = 0; i < 100; i++) {
            assertRefused(() -> generator.storeTogether(List.of(5)));
        }
        generator.store(6);
        for (int i = 0; i < 3; i++) { // the thread goes on, and cuts nothing
            clock.awaitWaiting(1);
            clock.advance(INTERVAL);
        }
        assertThat(allocated(1)).containsExactly(1, 2, 3, 4);
        generator.close();
        assertThat(allocated(2)).containsExactly(6);
    }

    @Test
    void nothingIsAcceptedAfterTheRefusalAndWhatWasBecomesABlock() throws Exception {
        generator.store(1);
        generator.setPaused(true);
        Background storing = storeInBackground(List.of(2));
        storing.awaitWaiting();
        generator.refuse();
        assertRefused(storing::get);
        assertRefused(() -> generator.store(3));
        assertRefused(() -> generator.storeTogether(List.of(3)));
        generator.cut();
        assertThat(allocated(1)).containsExactly(1);
    }

    @Test
    void closingHandsOverTheLastBlockAndRefusesMore() throws Exception {
        generator.store(1);
        generator.close();
        assertThat(allocated(1)).containsExactly(1);
        assertThatIllegalStateException().isThrownBy(() -> generator.store(2)).withMessageContaining("not accepted");
        assertThatIllegalStateException()
                .isThrownBy(() -> generator.storeTogether(List.of(2)))
                .withMessageContaining("not accepted");
        assertThat(allocated(2)).isEmpty();
    }

    @Test
    void blocksOnDiskAreReadFromTheirFilesAndTheseDeletedWhenTheyAreReleased() throws Exception {
        use(StorageLevel.DISK_ONLY, PLENTY);
        generator.store(1);
        generator.cut();
        generator.storeTogether(List.of(2, 3));
        assertThat(files()).hasSize(2);
        assertThat(blocks.bytesInMemory()).isZero();
        assertThat(allocated(1)).containsExactly(1, 2, 3);
        tracker.release(Instant.ofEpochSecond(1));
        assertThat(files()).isEmpty();
        assertThat(blocks.bytesOnDisk()).isZero();
    }

    @Test
    void aDiskThatFailsKeepsWhatWasAcceptedAndIsToldOnce() throws Exception {
        use(StorageLevel.DISK_ONLY, PLENTY);
        Files.delete(directory); // so that no file can be made in it
        generator.store(1);
        generator.cut();
        generator.cut();
        assertThat(tracker.hasUnallocated()).isFalse();
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("set streaming.storage.directory to another directory"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> generator.storeTogether(List.of(2)));
        Files.createDirectory(directory);
        generator.storeTogether(List.of(3));
        assertThat(allocated(1)).containsExactly(1, 3);
    }

    @Test
    void aDiskThatFailsSlowsTheReceiverDown() throws Exception {
        use(StorageLevel.DISK_ONLY, PLENTY);
        Files.delete(directory);
        for (int i = 0; i < MAX_RECORDS; i++) {
            generator.store(i);
            generator.cut();
        }
        Background storing = storeInBackground(List.of(3));
        storing.awaitWaiting();
        generator.cut();
        storing.awaitWaiting();
        Files.createDirectory(directory);
        generator.cut();
        storing.get();
        generator.cut();
        assertThat(allocated(1)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void whatAFailingDiskDoesNotTakeIsInMemoryWhenItIsClosed() throws Exception {
        use(StorageLevel.DISK_ONLY, PLENTY);
        Files.delete(directory);
        generator.store(1);
        generator.cut();
        generator.store(2);
        generator.close();
        assertThat(allocated(1)).containsExactly(1, 2);
        Files.createDirectory(directory);
    }

    @Test
    void aRecordThatCannotBeEncodedIsRefusedAtOnce() throws Exception {
        for (StorageLevel level :
                List.of(StorageLevel.DISK_ONLY, StorageLevel.MEMORY_AND_DISK, StorageLevel.MEMORY_ONLY_SER)) {
            use(level, PLENTY);
            assertThatExceptionOfType(StreamingException.class)
                    .isThrownBy(() -> generator.store(new NotAllowed()))
                    .withMessageContaining(NotAllowed.class.getName())
                    .withMessageContaining("in none of the allowed packages");
            generator.cut();
            assertThat(tracker.hasUnallocated()).isFalse();
        }
        use(StorageLevel.MEMORY_ONLY, PLENTY);
        generator.store(new NotAllowed());
    }

    @Test
    void aRecordOfWhichThatIsFoundOutLaterStaysInMemory() throws Exception {
        use(StorageLevel.DISK_ONLY, PLENTY);
        generator.storeTogether(List.of("a"));
        generator.store((Object) new ArrayList<>());
        ArrayList<Object> poison = new ArrayList<>(List.of(new NotAllowed()));
        generator.store((Object) poison);
        generator.cut();
        generator.store((Object) poison);
        generator.cut();
        assertThat(failures).singleElement().isInstanceOf(StreamingException.class);
        assertThat(allocated(1)).containsExactly("a", new ArrayList<>(), poison, poison);
    }

    @Test
    void recordsThatStayInMemoryFindNoMoreRoomThanThereIsMemory() throws Exception {
        for (StorageLevel level : List.of(StorageLevel.DISK_ONLY, StorageLevel.MEMORY_AND_DISK)) {
            use(level, PLENTY, 2_000);
            if (level == StorageLevel.MEMORY_AND_DISK) {
                generator.storeTogether(List.of("x".repeat(2_000))); // from now on in files
            }
            generator.store((Object) new ArrayList<>());
            generator.cut();
            for (int i = 0; i < 20 && blocks.hasRoom(level); i++) {
                generator.store((Object) new ArrayList<>(List.of(new NotAllowed())));
                generator.cut();
            }
            assertThat(blocks.hasRoom(level)).as("%s", level).isFalse();
            allocated(1);
            tracker.release(Instant.ofEpochSecond(1));
            assertThat(blocks.hasRoom(level)).isTrue();
        }
    }

    @Test
    void anErrorIsToldAndTheThreadTriesAgain() throws Exception {
        AtomicInteger errors = new AtomicInteger(2);
        Codec<Object> exhausted = new Codec<>() {
            private final Codec<Object> codec = Codec.allowing(List.of());

            @Override
            public byte[] encode(Object value) {
                if (value instanceof List && errors.getAndDecrement() > 0) { // a block, not a record
                    throw new OutOfMemoryError("of the test");
                }
                return codec.encode(value);
            }

            @Override
            public Object decode(byte[] bytes) {
                return codec.decode(bytes);
            }
        };
        blocks = new BlockStore("test", directory, new BlockStore.Bounds(PLENTY, PLENTY, PLENTY), exhausted);
        generator = generator(StorageLevel.MEMORY_ONLY_SER, PLENTY);
        generator.start();
        generator.store(1);
        while (!tracker.hasUnallocated()) {
            clock.awaitWaiting(1);
            clock.advance(INTERVAL);
        }
        assertThat(failures).singleElement().isInstanceOf(OutOfMemoryError.class);
        errors.set(1);
        generator.store(2);
        generator.close();
        assertThat(allocated(1)).containsExactly(1, 2);
    }

    @Test
    void whatCannotBeToldIsInMemoryAllTheSameWhenItIsClosed() throws Exception {
        use(StorageLevel.DISK_ONLY, PLENTY);
        Files.delete(directory);
        failures = new ArrayList<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public boolean add(Throwable failure) {
                throw new IllegalStateException("nobody listens");
            }
        };
        generator.store(1);
        assertThatIllegalStateException().isThrownBy(() -> generator.close()).withMessage("nobody listens");
        assertThat(allocated(1)).containsExactly(1);
        Files.createDirectory(directory);
    }

    @Test
    void aDirectoryThatWasTidiedUpIsMadeAgain() throws Exception {
        use(StorageLevel.DISK_ONLY, PLENTY);
        generator.storeTogether(List.of(1));
        assertThat(allocated(1)).containsExactly(1);
        tracker.release(Instant.ofEpochSecond(1));
        try (var made = Files.list(directory)) {
            Files.delete(made.findFirst().orElseThrow());
        }
        generator.storeTogether(List.of(2));
        assertThat(allocated(2)).containsExactly(2);
        assertThat(failures).isEmpty();
    }

    private void use(StorageLevel level, long maxBytes) {
        use(level, maxBytes, PLENTY);
    }

    private void use(StorageLevel level, long maxBytes, long maxBytesOfBlocks) {
        close();
        blocks = new BlockStore(
                "test", directory, new BlockStore.Bounds(maxBytesOfBlocks, PLENTY, PLENTY), Codec.allowing(List.of()));
        tracker = new BlockTracker<>(1_000_000, () -> true);
        generator = generator(level, maxBytes);
    }

    private BlockGenerator<Object> generator(StorageLevel level, long maxBytes) {
        RateController rate =
                new RateController("test", Duration.ofSeconds(1), BackpressureSettings.defaults(), Progress.none());
        return new BlockGenerator<>(
                "test",
                new BlockGenerator.Limits(INTERVAL, MAX_RECORDS, maxBytes),
                level,
                clock,
                new RateLimiter(rate, clock),
                blocks,
                tracker,
                LoggedBlocks.none(),
                failure -> failures.add(failure));
    }

    private Background storeInBackground(List<Object> records) {
        return Background.run(() -> {
            for (Object record : records) {
                generator.store(record);
            }
        });
    }

    private Background storeTogetherInBackground(List<Object> records) {
        return Background.run(() -> generator.storeTogether(records));
    }

    private static void assertRefused(ThrowingCallable storing) {
        assertThatIllegalStateException()
                .isThrownBy(storing)
                .withMessage("The receiver is stopped; what it stores is not accepted");
    }

    private List<Path> files() throws IOException {
        try (var paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).toList();
        }
    }

    private List<Object> allocated(int second) {
        return Blocks.records(tracker.allocate(Instant.ofEpochSecond(second)));
    }

    /** A class of no allowed package. */
    private static final class NotAllowed {

        @SuppressWarnings("unused") // so that it is a class with a value
        private final List<Integer> numbers = IntStream.range(0, 3).boxed().toList();
    }
}
