package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.function.StreamingException;
import io.dstream.storage.SimulatedDisk.Crash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WriteAheadLogTest {

    private static final long SEGMENT = 2_000;
    private static final Codec<Object> CODEC = Codec.allowing(List.of());

    private final SimulatedDisk disk = new SimulatedDisk(new Random(5));

    @Test
    void anInputGetsItsBlocksBackAfterARestart() throws IOException {
        try (WriteAheadLog log = open()) {
            write(log, "socket-0", 0, "first", "second", "third");
            write(log, "queue-0", 7, "other");
            write(log, "socket-0", 1);
            assertThat(log.blocks("socket-0", 0)).isEmpty(); // those of earlier runs
        }
        try (WriteAheadLog log = open()) {
            assertThat(log.inputs()).containsExactly("queue-0", "socket-0");
            List<LoggedBlock> blocks = log.blocks("socket-0", 0);
            assertThat(blocks).extracting(LoggedBlock::number).containsExactly(0L, 1L);
            assertThat(blocks).extracting(LoggedBlock::records).containsExactly(3, 0);
            assertThat(blocks).extracting(LoggedBlock::input).containsOnly("socket-0");
            assertThat(text(blocks.get(0))).isEqualTo("first second third");
            assertThat(text(blocks.get(1))).isEmpty();
            assertThat(log.blocks("socket-0", 1)).hasSize(1);
            assertThat(log.blocks("socket-0", 2)).isEmpty();
            assertThat(log.blocks("never", 0)).isEmpty();
            assertThat(text(log.blocks("queue-0", 0).get(0))).isEqualTo("other");
        }
    }

    @Test
    void blocksComeInTheOrderOfTheirNumbers() throws IOException {
        try (WriteAheadLog log = open()) {
            write(log, "socket-0", 2, "c");
            write(log, "socket-0", 0, "a");
            write(log, "socket-0", 2, "c again");
        }
        assertThat(open().blocks("socket-0", 0))
                .extracting(WriteAheadLogTest::text)
                .containsExactly("a", "c again");
    }

    @Test
    void blocksCanBeReadWhileTheLogGoesOn() throws IOException {
        WriteAheadLog killed = open();
        for (int i = 0; i < 12; i++) {
            write(killed, "socket-0", i, i + "x".repeat(500));
        }
        WriteAheadLog log = open();
        List<LoggedBlock> blocks = log.blocks("socket-0", 0);
        for (int i = 12; i < 30; i++) {
            write(log, "socket-0", i, i + "x".repeat(500));
            assertThat(blocks).extracting(block -> text(block).replace("x", "")).containsExactly(numbers(0, 12));
        }
        log.release("socket-0", 5);
        assertThat(log.blocks("socket-0", 0)).extracting(LoggedBlock::number).startsWith(6L);
        assertThat(log.blocks("socket-0", 0))
                .extracting(block -> text(block).replace("x", ""))
                .containsExactly(numbers(6, 12));
    }

    @Test
    void filesAllOfWhoseBlocksAreReleasedAreDeleted() throws IOException {
        WriteAheadLog log = open();
        write(log, "rare", 0, "rare");
        for (int i = 0; i < 40; i++) {
            write(log, "often", i, "x".repeat(500));
            log.release("often", i - 2);
        }
        assertThat(segments()).contains(1L).hasSizeLessThan(6);
        assertThat(log.bytes()).isLessThan(6 * SEGMENT);
        log.release("rare", 0);
        for (int i = 40; i < 60; i++) {
            write(log, "often", i, "x".repeat(500));
            log.release("often", i - 2);
        }
        assertThat(segments()).doesNotContain(1L).hasSizeLessThan(6);
        log.close();
        try (WriteAheadLog next = open()) {
            assertThat(next.blocks("often", 58)).hasSize(2);
            next.release("often", 59);
            next.release("rare", 0);
            assertThat(next.inputs()).isEmpty();
        }
    }

    @Test
    void segmentsWithoutBlocksAreDeletedToo() throws IOException {
        WriteAheadLog log = open();
        for (int i = 0; i < 20; i++) {
            write(log, "often", i, "x".repeat(3_000));
            log.release("often", i);
            log.release("often", i);
        }
        assertThat(segments()).hasSizeLessThan(4);
    }

    @Test
    void whatCannotBeLetGoOfNowIsLater() throws IOException {
        WriteAheadLog log = open();
        for (int i = 0; i < 20; i++) {
            write(log, "often", i, "x".repeat(500));
        }
        disk.setFate((number, operation) -> {
            throw new IOException("no space left");
        });
        log.release("often", 19);
        disk.setFate(SimulatedDisk.Fate.GOOD);
        assertThat(segments()).hasSizeGreaterThan(4);
        write(log, "often", 20, "x");
        assertThat(segments()).hasSizeLessThan(3);
        assertThat(open().blocks("often", 20)).hasSize(1);
    }

    @Test
    void aBlockThatCannotBeWrittenIsTold() throws IOException {
        WriteAheadLog log = open();
        write(log, "socket-0", 0, "a");
        disk.setFate((number, operation) -> {
            throw new IOException("no space left");
        });
        assertThatIOException()
                .isThrownBy(() -> write(log, "socket-0", 1, "b"))
                .withMessageContaining("write-ahead log cannot be written")
                .withMessageContaining("no space left");
        disk.setFate(SimulatedDisk.Fate.GOOD);
        write(log, "socket-0", 2, "c");
        assertThat(open().blocks("socket-0", 0)).extracting(LoggedBlock::number).containsExactly(0L, 2L);
    }

    @Test
    void aNegativeNumberIsRefused() throws IOException {
        WriteAheadLog log = open();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(log, "socket-0", -1, "a"))
                .withMessageContaining("'number'");
        log.close();
        assertThatIllegalStateException().isThrownBy(() -> write(log, "socket-0", 1, "a"));
    }

    @Test
    void aRecordOfALaterVersionIsRefused() throws IOException {
        JournalFiles files = new JournalFiles("write-ahead log", "orders", "blocks-", ".wal");
        JournalState none = new JournalState(List.of(), null, null, 1, List.of());
        try (Journal journal = new Journal(disk, files, SEGMENT, none, (from, to) -> {})) {
            journal.write(List.of(new JournalRecord((byte) 2, new byte[0])), segment -> {});
        }
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(this::open)
                .withMessageContaining("blocks-0000000000000001.wal")
                .withMessageContaining("type 2");
    }

    @Test
    void itLivesBesideTheBatchLog(@TempDir Path parent) throws IOException {
        try (CheckpointDirectory directory = CheckpointDirectory.open(parent, "orders");
                WriteAheadLog log = directory.writeAheadLog();
                BatchLog batches = directory.batchLog(Codec.allowing(List.of()), 1, percent -> {})) {
            write(log, "socket-0", 0, "block");
            assertThat(batches.checkpoint().lastRun()).isNull();
        }
        try (CheckpointDirectory directory = CheckpointDirectory.open(parent, "orders");
                WriteAheadLog log = directory.writeAheadLog()) {
            assertThat(log.blocks("socket-0", 0))
                    .extracting(WriteAheadLogTest::text)
                    .containsExactly("block");
        }
    }

    @Test
    void whatManyWritersWereToldToBeSafeIs() throws Exception {
        for (int seed = 0; seed < 20 * TestJournal.ROUNDS; seed++) {
            Random random = new Random(seed);
            SimulatedDisk shared = new SimulatedDisk(random);
            WriteAheadLog log = WriteAheadLog.open(shared, "orders", SEGMENT);
            int end = random.nextInt(120);
            shared.setFate((number, operation) -> {
                if (number >= end) {
                    throw new Crash(end);
                }
                if (number % 17 == 16) {
                    throw new IOException("input/output error");
                }
            });
            List<Writer> writers = IntStream.range(0, 6)
                    .mapToObj(i -> new Writer("input-" + i, log))
                    .toList();
            writers.forEach(Thread::start);
            for (Writer writer : writers) {
                writer.join();
            }
            WriteAheadLog left = WriteAheadLog.open(shared.afterCut(), "orders", SEGMENT);
            for (Writer writer : writers) {
                List<Long> numbers = left.blocks(writer.getName(), writer.released + 1).stream()
                        .map(LoggedBlock::number)
                        .toList();
                assertThat(numbers).as("seed %d", seed).containsAll(writer.kept());
            }
        }
    }

    @Test
    void aCutAfterEveryOperationLosesNothing() throws IOException {
        for (int seed = 0; seed < 4 * TestJournal.ROUNDS; seed++) {
            for (int end = 0; end < 80; end++) {
                Lives lives = new Lives(seed);
                SimulatedDisk first = new SimulatedDisk(lives.random);
                first.crashBefore(end);
                lives.check("seed " + seed + ", ended before operation " + end, first, SimulatedDisk::afterCut);
                first = new SimulatedDisk(lives.random);
                lives = new Lives(seed);
                first.crashBefore(end);
                lives.check("seed " + seed + ", killed before operation " + end, first, SimulatedDisk::afterKill);
            }
        }
    }

    private WriteAheadLog open() throws IOException {
        return WriteAheadLog.open(disk, "orders", SEGMENT);
    }

    private List<Long> segments() {
        return new JournalFiles("", "", "blocks-", ".wal").segments(disk.list());
    }

    private static String[] numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toArray(String[]::new);
    }

    private static void write(WriteAheadLog log, String input, long number, String... rows) throws IOException {
        new BlockLog(log, input, CODEC, true).write(number, List.of(List.of(rows)));
    }

    private static String text(LoggedBlock block) {
        List<String> rows = new ArrayList<>();
        try {
            new RecoveredRows<String>(block, CODEC).open(0, block.records()).forEachRemaining(rows::add);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
        return String.join(" ", rows);
    }

    /** Writes blocks of an input and releases them some time later, until the program ends. */
    private static final class Writer extends Thread {

        private final WriteAheadLog log;
        private final List<Long> written = new ArrayList<>();
        private long released = -1;

        Writer(String input, WriteAheadLog log) {
            super(input);
            this.log = log;
        }

        List<Long> kept() {
            return written.stream().filter(number -> number > released).toList();
        }

        @Override
        public void run() {
            try {
                for (long number = 0; number < 100; number++) {
                    write(number);
                }
            } catch (Crash end) {
                assertThat(end).hasMessageContaining("Ended before operation");
            }
        }

        private void write(long number) {
            try {
                WriteAheadLogTest.write(log, getName(), number, "x".repeat((int) (number * 7 % 300)));
                written.add(number);
            } catch (IOException failure) {
                assertThat(failure).hasMessageContaining("input/output error");
            }
            if (number % 5 == 4) {
                released = number - 3;
                log.release(getName(), released);
            }
        }
    }

    /** Programs that go on with a log one after the other, and which blocks the next one must find. */
    private static final class Lives {

        private final Random random;
        private final Map<String, NavigableMap<Long, String>> safe = new TreeMap<>();
        private final Map<String, Long> released = new TreeMap<>();
        private final Map<String, Long> next = new TreeMap<>();

        Lives(long seed) {
            this.random = new Random(seed);
        }

        void check(String how, SimulatedDisk first, UnaryOperator<SimulatedDisk> end) throws IOException {
            try {
                live(first, 30);
                SimulatedDisk second = end.apply(first);
                second.crashBefore(random.nextInt(20));
                live(second, 6);
                requireFound(WriteAheadLog.open(second.afterCut(), "orders", SEGMENT));
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError(how, failure);
            }
        }

        private void live(SimulatedDisk disk, int blocks) throws IOException {
            WriteAheadLog log = WriteAheadLog.open(disk, "orders", SEGMENT);
            requireFound(log);
            try (log) {
                released.forEach(log::release);
                for (int i = 0; i < blocks; i++) {
                    write("input-" + random.nextInt(3), log);
                    release("input-" + random.nextInt(3), log);
                }
            } catch (Crash end) {
                assertThat(end).hasMessageContaining("Ended before operation");
            }
        }

        private void write(String input, WriteAheadLog log) throws IOException {
            long number = next.merge(input, 1L, Long::sum);
            String block = input + number + "x".repeat(random.nextInt(600));
            WriteAheadLogTest.write(log, input, number, block);
            safe.computeIfAbsent(input, none -> new TreeMap<>()).put(number, block);
        }

        private void release(String input, WriteAheadLog log) {
            NavigableMap<Long, String> blocks = safe.getOrDefault(input, new TreeMap<>());
            if (!blocks.isEmpty() && random.nextInt(3) == 0) {
                long upTo = blocks.lastKey() - random.nextInt(3);
                released.merge(input, upTo, Math::max);
                log.release(input, upTo);
            }
        }

        private void requireFound(WriteAheadLog log) {
            safe.forEach((input, blocks) -> {
                long from = released.getOrDefault(input, 0L) + 1;
                Map<Long, String> found = new TreeMap<>();
                log.blocks(input, from).forEach(block -> found.put(block.number(), text(block)));
                assertThat(found).containsAllEntriesOf(blocks.tailMap(from, true));
            });
        }
    }
}
