package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.UnixOperatingSystemMXBean;
import io.dstream.function.StreamingException;
import io.dstream.rdd.StorageLevel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class BlockStoreTest {

    private static final List<Integer> ROWS = IntStream.range(0, 250).boxed().toList();
    private static final long PLENTY = Long.MAX_VALUE;

    @TempDir
    private Path directory;

    private BlockStore store = new BlockStore("test", Path.of("."), new BlockStore.Bounds(1, 1, 1), codec());

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void rowsAreReadAsTheyWereKeptAndInParts(StorageLevel level) throws Exception {
        use(PLENTY, PLENTY, PLENTY);
        for (StoredRows<Integer> kept : List.of(store.put(ROWS, 1_000, level), filled(ROWS, level))) {
            assertThat(kept.size()).isEqualTo(250);
            assertThat(read(kept.open())).isEqualTo(ROWS);
            assertThat(read(kept.open(90, 210))).isEqualTo(ROWS.subList(90, 210));
            assertThat(read(kept.open(250, 250))).isEmpty();
            assertThat(kept.partition(3, 5).size()).isEqualTo(2);
            assertThat(read(kept.partition(3, 5).open())).containsExactly(3, 4);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void whatIsReleasedTakesNothing(StorageLevel level) throws Exception {
        use(PLENTY, PLENTY, PLENTY);
        StoredRows<Integer> kept = store.put(ROWS, 1_000, level);
        StoredRows<Integer> empty = store.put(List.of(), 0, level);
        assertThat(store.bytesInMemory() + store.bytesOnDisk()).isPositive();
        assertThat(files()).hasSize(level == StorageLevel.DISK_ONLY ? 2 : 0);
        assertThat(read(empty.open())).isEmpty();
        kept.release();
        kept.release();
        empty.release();
        assertThat(store.bytesInMemory()).isZero();
        assertThat(store.bytesOnDisk()).isZero();
        assertThat(files()).isEmpty();
    }

    @Test
    void rowsGoToDiskWhenThereIsNoMoreMemoryForThem() throws Exception {
        use(1_000, PLENTY, PLENTY);
        StoredRows<Integer> first = store.put(ROWS, 1_000, StorageLevel.MEMORY_AND_DISK);
        assertThat(files()).isEmpty();
        StoredRows<Integer> second = store.put(ROWS, 1_000, StorageLevel.MEMORY_AND_DISK);
        assertThat(files()).hasSize(1);
        first.release();
        store.put(ROWS, 1_000, StorageLevel.MEMORY_AND_DISK);
        assertThat(files()).hasSize(1);
        assertThat(read(second.open())).isEqualTo(ROWS);
    }

    @Test
    void rowsThatComeOneByOneGoToDiskTogetherAsSoonAsThereIsNoMoreMemory() throws Exception {
        use(3_000, PLENTY, PLENTY);
        StoredRows<Integer> few = filled(ROWS.subList(0, 50), StorageLevel.MEMORY_AND_DISK);
        assertThat(files()).isEmpty();
        StoredRows<Integer> many = filled(ROWS, StorageLevel.MEMORY_AND_DISK);
        assertThat(files()).hasSize(1);
        assertThat(read(few.open())).isEqualTo(ROWS.subList(0, 50));
        assertThat(read(many.open())).isEqualTo(ROWS);
    }

    @Test
    void thereIsRoomAsLongAsABoundIsNotReached() throws Exception {
        use(1_000, 250, 300);
        assertRoom(true, true, true, true);
        StoredRows<Integer> inMemory = store.put(ROWS, 1_000, StorageLevel.MEMORY_ONLY);
        assertRoom(false, false, true, true);
        inMemory.release();
        StoredRows<Integer> onDisk = store.put(ROWS, 0, StorageLevel.DISK_ONLY);
        assertRoom(true, true, true, false);
        store.put(ROWS, 10, StorageLevel.MEMORY_ONLY);
        assertRoom(true, true, true, false);
        store.put(List.of(1), 10, StorageLevel.MEMORY_ONLY); // one row too many
        assertRoom(false, false, false, false);
        onDisk.release();
        assertRoom(false, false, true, true);
    }

    @ParameterizedTest
    @EnumSource(names = {"MEMORY_ONLY_SER", "DISK_ONLY"})
    void rowsThatBecomeBytesAreOtherObjectsForEveryReader(StorageLevel level) throws Exception {
        use(PLENTY, PLENTY, PLENTY);
        StoredRows<List<Integer>> kept = store.put(List.of(new ArrayList<>(List.of(1))), 1, level);
        kept.open().next().add(2);
        assertThat(kept.open().next()).containsExactly(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"MEMORY_ONLY_SER", "MEMORY_AND_DISK", "DISK_ONLY"})
    void rowsThatCannotBeEncodedAreRefusedByNameAndLeaveNothingBehind(StorageLevel level) throws Exception {
        use(PLENTY, PLENTY, PLENTY);
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> filled(List.of(new NotAllowed(1)), level))
                .withMessageContaining("Class " + NotAllowed.class.getName() + " must not be in files")
                .withMessageContaining("StreamingConfig.withAllowedPackages");
        assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> store.requireEncodable(new NotAllowed(1)));
        assertThat(files()).isEmpty();
        store.requireEncodable(1);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void rowsWhoseComputationFailsLeaveNothingBehind(StorageLevel level) throws Exception {
        use(100, PLENTY, PLENTY);
        assertThatIllegalStateException()
                .isThrownBy(() -> store.<Integer>fill(level, rows -> {
                    ROWS.forEach(rows);
                    throw new IllegalStateException("poison");
                }))
                .withMessage("poison");
        assertThat(store.bytesInMemory() + store.bytesOnDisk()).isZero();
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void manySmallOnesAreBoundedTooAndWhatIsReleasedMakesRoom(StorageLevel level) throws Exception {
        use(100_000, PLENTY, PLENTY);
        List<StoredRows<Integer>> kept = new ArrayList<>();
        while (store.hasRoom(level) && kept.size() < 2_000) {
            kept.add(store.put(List.of(1), 1, level));
        }
        assertThat(kept).hasSizeBetween(100, 1_000);
        kept.forEach(StoredRows::release);
        assertRoom(true, true, true, true);
    }

    @ParameterizedTest
    @EnumSource(names = {"MEMORY_ONLY_SER", "DISK_ONLY"})
    void partsDoNotDecodeWhatIsBeforeThem(StorageLevel level) throws Exception {
        AtomicInteger decoded = new AtomicInteger();
        store = new BlockStore(
                "test", directory, new BlockStore.Bounds(PLENTY, PLENTY, PLENTY), counting(decoded::incrementAndGet));
        StoredRows<Integer> kept = store.put(IntStream.range(0, 10_000).boxed().toList(), 0, level);
        for (int from = 0; from < 10_000; from += 150) {
            int until = Math.min(from + 150, 10_000);
            assertThat(read(kept.open(from, until)))
                    .isEqualTo(IntStream.range(from, until).boxed().toList());
        }
        assertThat(decoded).hasValueLessThan(200); // of a hundred chunks
    }

    @Test
    void aFileThatIsDamagedBeforeAPartIsClosed() throws Exception {
        use(PLENTY, PLENTY, PLENTY);
        StoredRows<Integer> kept = store.put(ROWS, 0, StorageLevel.DISK_ONLY);
        Path file = files().get(0);
        byte[] bytes = Files.readAllBytes(file);
        bytes[ObjectFile.HEADER_LENGTH] ^= 1;
        Files.write(file, bytes);
        long before = openFiles();
        for (int i = 0; i < 20; i++) {
            assertThatExceptionOfType(StreamingException.class)
                    .isThrownBy(() -> kept.open(240, 250))
                    .withMessageContaining("is damaged at byte 5");
        }
        assertThat(openFiles()).isLessThan(before + 20);
    }

    @Test
    void anInterruptedThreadReadsOn() throws Exception {
        use(PLENTY, PLENTY, PLENTY);
        StoredRows<Integer> kept = store.put(ROWS, 0, StorageLevel.DISK_ONLY);
        Thread.currentThread().interrupt();
        try {
            assertThat(read(kept.open())).isEqualTo(ROWS);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void filesCannotBeReadByOthers() throws Exception {
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            use(PLENTY, PLENTY, PLENTY);
            store.put(ROWS, 0, StorageLevel.DISK_ONLY);
            Path file = files().get(0);
            assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(Files.getPosixFilePermissions(file.getParent()))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void closingDeletesEverythingAndNothingIsWrittenAfterwards() throws Exception {
        use(PLENTY, PLENTY, PLENTY);
        StoredRows<Integer> kept = store.put(ROWS, 0, StorageLevel.DISK_ONLY);
        Iterator<Integer> open = kept.open();
        store.close();
        store.close();
        assertThat(directory).isEmptyDirectory();
        assertThat(read(open)).isEqualTo(ROWS);
        assertThatIOException()
                .isThrownBy(() -> store.put(ROWS, 0, StorageLevel.DISK_ONLY))
                .withMessageContaining("the store of 'test' is closed");
        kept.release();
    }

    @Test
    void aDirectoryThatCannotBeWrittenToIsToldWithTheRemedy() throws Exception {
        Path missing = directory.resolve("missing");
        store = new BlockStore("test", missing, new BlockStore.Bounds(PLENTY, PLENTY, PLENTY), codec());
        store.requireWritable(StorageLevel.MEMORY_ONLY);
        store.requireWritable(StorageLevel.MEMORY_ONLY_SER);
        for (StorageLevel level : List.of(StorageLevel.MEMORY_AND_DISK, StorageLevel.DISK_ONLY)) {
            assertThatIOException()
                    .isThrownBy(() -> store.requireWritable(level))
                    .withMessageStartingWith("Rows of 'test' cannot be written to a file in " + missing)
                    .withMessageContaining("NoSuchFileException")
                    .withMessageEndingWith("set streaming.storage.directory to another directory");
        }
        Files.createDirectory(missing);
        store.requireWritable(StorageLevel.DISK_ONLY);
        store.put(ROWS, 0, StorageLevel.DISK_ONLY);
    }

    @Test
    void rowsThatAreReadAfterTheirReleaseAreToldToBeGone() throws Exception {
        use(PLENTY, PLENTY, PLENTY);
        StoredRows<Integer> kept = store.put(ROWS, 0, StorageLevel.DISK_ONLY);
        kept.release();
        assertThatIllegalStateException().isThrownBy(kept::open).withMessageContaining("kept no more");
    }

    private void use(long bytesInMemory, long rowsInMemory, long bytesOnDisk) {
        store.close();
        store = new BlockStore(
                "test", directory, new BlockStore.Bounds(bytesInMemory, rowsInMemory, bytesOnDisk), codec());
    }

    private <T> StoredRows<T> filled(List<T> rows, StorageLevel level) throws Exception {
        return store.fill(level, rows::forEach);
    }

    private void assertRoom(boolean memory, boolean serialized, boolean memoryAndDisk, boolean disk) {
        assertThat(Stream.of(
                                StorageLevel.MEMORY_ONLY,
                                StorageLevel.MEMORY_ONLY_SER,
                                StorageLevel.MEMORY_AND_DISK,
                                StorageLevel.DISK_ONLY)
                        .map(store::hasRoom))
                .containsExactly(memory, serialized, memoryAndDisk, disk);
    }

    private List<Path> files() throws IOException {
        try (var paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).toList();
        }
    }

    private static <T> List<T> read(Iterator<T> rows) throws Exception {
        List<T> read = new ArrayList<>();
        rows.forEachRemaining(read::add);
        if (rows instanceof AutoCloseable closeable) {
            closeable.close();
        }
        return read;
    }

    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getOpenFileDescriptorCount()
                : 0;
    }

    private static Codec<Object> counting(Runnable onDecode) {
        Codec<Object> codec = codec();
        return new Codec<>() {
            @Override
            public byte[] encode(Object value) {
                return codec.encode(value);
            }

            @Override
            public Object decode(byte[] bytes) {
                onDecode.run();
                return codec.decode(bytes);
            }
        };
    }

    private static Codec<Object> codec() {
        return Codec.allowing(List.of());
    }

    private record NotAllowed(int number) {}
}
