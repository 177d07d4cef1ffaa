package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.function.StreamingException;
import io.dstream.rdd.InputPartition;
import io.dstream.storage.LoggedBatch.LoggedInput;
import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchLogTest {

    private static final Part COUNTS = new Part(Role.STATE, "counts", "updateStateByKey", true);
    private static final Part LINES = new Part(Role.PANES, "lines", "map", true);
    private static final Part SOCKET = new Part(Role.INPUT, "socket-0", "socket", false);
    private static final Part PRINT = new Part(Role.OUTPUT, "print-0", "print", false);
    private static final LogSettings LARGE = LogSettings.retaining(3);
    private static final LogSettings SMALL = new LogSettings(2_000, 4_000, 100, 3);

    private final Codec<Object> codec = Codec.allowing(List.of("io.dstream.storage"));
    private final SimulatedDisk disk = new SimulatedDisk(new Random(3));

    @Test
    void aNewLogHasNothing() throws IOException {
        Checkpoint checkpoint = open().checkpoint();
        assertThat(checkpoint.lastAllocated()).isNull();
        assertThat(checkpoint.lastCommitted()).isNull();
        assertThat(checkpoint.commits()).isZero();
        assertThat(checkpoint.lastRun()).isNull();
        assertThat(checkpoint.uncommitted()).isEmpty();
        assertThat(checkpoint.nodes()).isEmpty();
        assertThat(checkpoint.accumulators()).isEmpty();
        assertThat(checkpoint.progress("socket-0")).isEqualTo(Progress.none());
        assertThat(checkpoint.released("socket-0")).isNull();
        assertThat(checkpoint.panes("lines")).isEmpty();
        assertThat(states("counts", checkpoint)).isEmpty();
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void theLogInMemoryRemembersTheLastAllocatedTimeOnly() throws IOException {
        try (BatchLog log = BatchLogs.inMemory().open(percent -> {})) {
            log.begin(run(COUNTS));
            log.allocated(batch(1, Map.of("p", "1")));
            log.requireAllocated(time(1));
            commit(1, log, commit -> states(commit, "counts", Map.of("a", 1L)));
            Checkpoint checkpoint = log.checkpoint();
            assertThat(checkpoint.lastAllocated()).isEqualTo(time(1));
            assertThat(checkpoint.lastCommitted()).isNull();
            assertThat(checkpoint.nodes()).isEmpty();
            assertThat(checkpoint.progress("socket-0")).isEqualTo(Progress.none());
            assertThat(states("counts", checkpoint)).isEmpty();
        }
    }

    @Test
    void whatWasCommittedIsThereAfterARestart() throws IOException {
        LoggedRun run = run(COUNTS, LINES, SOCKET, PRINT);
        try (FileBatchLog log = open()) {
            log.begin(run);
            log.allocated(batch(1, Map.of("p", "1", "q", "1")));
            log.requireAllocated(time(1));
            commit(1, log, commit -> {
                commit.states("counts", Arrays.asList("a", "b", null), List.of(1L, 2L, 3L), new long[] {5, 5, 7});
                commit.pane("lines", 0, List.of("x", "y"));
                commit.pane("lines", 1, List.of());
                commit.accumulator("errors", 17L);
                commit.released("socket-0", time(0));
            });
            log.allocated(batch(2, Map.of("p", "2", "q", "")));
            log.requireAllocated(time(2));
            commit(2, log, commit -> {
                commit.states("counts", List.of("a", "c"), Arrays.asList(null, 4L), new long[] {0, 9});
                commit.pane("lines", 0, List.of("z"));
                commit.released("socket-0", time(1));
            });
        }
        Checkpoint checkpoint = open().checkpoint();
        assertThat(checkpoint.lastRun()).isEqualTo(run);
        assertThat(checkpoint.lastAllocated()).isEqualTo(time(2));
        assertThat(checkpoint.lastCommitted()).isEqualTo(time(2));
        assertThat(checkpoint.commits()).isEqualTo(2);
        assertThat(checkpoint.uncommitted()).isEmpty();
        assertThat(checkpoint.accumulators()).isEqualTo(Map.of("errors", 17L));
        assertThat(checkpoint.progress("socket-0"))
                .isEqualTo(new Progress(
                        Map.of("p", "1", "q", "1"), new TreeMap<>(Map.of(time(2), Map.of("p", "2", "q", "")))));
        assertThat(checkpoint.released("socket-0")).isEqualTo(time(1));
        Map<Object, Object> expected = new HashMap<>(Map.of("b", 2L, "c", 4L));
        expected.put(null, 3L);
        assertThat(states("counts", checkpoint)).isEqualTo(expected);
        assertThat(checkpoint.nodes())
                .containsExactlyInAnyOrder(
                        new LoggedNode(COUNTS, time(2), "java.lang.String", "java.lang.Long", -1),
                        new LoggedNode(LINES, time(2), null, null, -1));
        assertThat(checkpoint.panes("lines")).containsExactly(time(1), time(2));
        List<InputPartition<Object>> pane = checkpoint.pane("lines", time(1));
        assertThat(pane).hasSize(2);
        assertThat(rows(pane.get(0))).containsExactly("x", "y");
        assertThat(rows(pane.get(0))).containsExactly("x", "y");
        assertThat(pane.get(0).size()).isEqualTo(2);
        assertThat(rows(pane.get(1))).isEmpty();
    }

    @Test
    void dataTimesComeBack() throws IOException {
        int count = 2_500;
        long[] times = IntStream.range(0, count)
                .mapToLong(i -> i % 7 * 1_000_000_000_000L - i)
                .toArray();
        List<Long> keys = IntStream.range(0, count).mapToObj(Long::valueOf).toList();
        try (FileBatchLog log = begun()) {
            commit(1, log, commit -> commit.states("counts", keys, keys, times));
        }
        Map<Long, Long> read = new HashMap<>();
        long visited = open().checkpoint().<Long, Long>forEachState("counts", (key, state, time) -> {
            assertThat(state).isEqualTo(key);
            read.put(key, time);
        });
        assertThat(visited).isEqualTo(count);
        assertThat(read).hasSize(count).allSatisfy((key, time) -> assertThat(time)
                .isEqualTo(times[Math.toIntExact(key)]));
    }

    @Test
    void anAllocationIsDurableWhenItIsRequiredOrWithTheNextCommit() throws IOException {
        FileBatchLog log = begun();
        log.allocated(batch(1, Map.of("p", "1")));
        assertThat(open().checkpoint().lastAllocated()).isNull();
        log.requireAllocated(time(1));
        log.allocated(batch(2, Map.of("p", "2")));
        assertThat(open().checkpoint().uncommitted()).containsExactly(batch(1, Map.of("p", "1")));
        int before = disk.operations().size();
        commit(1, log, commit -> {});
        log.requireAllocated(time(2));
        assertThat(disk.operations().subList(before, disk.operations().size())).hasSize(2); // a write and a force
        assertThat(open().checkpoint().uncommitted()).containsExactly(batch(2, Map.of("p", "2")));
    }

    @Test
    void anAllocationThatCannotBeWrittenIsWrittenLater() throws IOException {
        FileBatchLog log = begun();
        log.allocated(batch(1, Map.of()));
        log.allocated(batch(2, Map.of()));
        disk.setFate((number, operation) -> {
            throw new IOException("no space left");
        });
        assertThatIOException()
                .isThrownBy(() -> log.requireAllocated(time(1)))
                .withMessageContaining("batch log cannot be written")
                .withMessageContaining("no space left");
        disk.setFate(SimulatedDisk.Fate.GOOD);
        log.requireAllocated(time(1));
        assertThat(open().checkpoint().uncommitted()).hasSize(2);
    }

    @Test
    void aCommitThatCannotBeWrittenCountsOnceWhenItIs() throws IOException {
        FileBatchLog log = begun();
        BatchCommit commit = log.commit(time(1));
        states(commit, "counts", Map.of("a", 1L));
        disk.setFate((number, operation) -> {
            throw new IOException("no space left");
        });
        assertThatIOException().isThrownBy(() -> log.committed(commit));
        assertThatIOException().isThrownBy(() -> log.committed(commit));
        disk.setFate(SimulatedDisk.Fate.GOOD);
        log.committed(commit);
        log.close();
        Checkpoint checkpoint = open().checkpoint();
        assertThat(checkpoint.commits()).isEqualTo(1);
        assertThat(states("counts", checkpoint)).isEqualTo(Map.of("a", 1L));
    }

    @Test
    void aSkippedBatchChangesNothing() throws IOException {
        try (FileBatchLog log = begun()) {
            log.allocated(batch(1, Map.of("p", "1")));
            commit(1, log, commit -> {
                commit.skipped();
                assertThatIllegalStateException().isThrownBy(() -> states(commit, "counts", Map.of("a", 1L)));
                commit.released("socket-0", time(1));
            });
        }
        Checkpoint checkpoint = open().checkpoint();
        assertThat(checkpoint.lastCommitted()).isEqualTo(time(1));
        assertThat(checkpoint.nodes()).isEmpty();
        assertThat(checkpoint.progress("socket-0").positions()).isEqualTo(Map.of("p", "1"));
    }

    @Test
    void aNodeThatWasEvaluatedWithoutAChangeIsKnown() throws IOException {
        try (FileBatchLog log = begun()) {
            commit(1, log, commit -> states(commit, "counts", Map.of("a", 1L)));
            commit(2, log, commit -> states(commit, "counts", Map.of()));
        }
        assertThat(open().checkpoint().nodes())
                .containsExactly(new LoggedNode(COUNTS, time(2), "java.lang.String", "java.lang.Long", -1));
    }

    @Test
    void panesThatAreForgottenAreGone() throws IOException {
        try (FileBatchLog log = begun()) {
            for (int i = 1; i <= 5; i++) {
                int t = i;
                commit(i, log, commit -> {
                    commit.pane("lines", 0, List.of("row " + t));
                    commit.forgetPanes("lines", time(t - 2));
                });
            }
        }
        Checkpoint checkpoint = open().checkpoint();
        assertThat(checkpoint.panes("lines")).containsExactly(time(4), time(5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> checkpoint.pane("lines", time(3)))
                .withMessageContaining("'batchTime'")
                .withMessageContaining("'lines'");
    }

    @Test
    void manyStatesAreDividedAmongRecords() throws IOException {
        List<Integer> keys = IntStream.range(0, 3_000).boxed().toList();
        String large = "x".repeat(3_000);
        try (FileBatchLog log = begun()) {
            commit(1, log, commit -> {
                commit.states("counts", keys, keys, new long[3_000]);
                commit.states("large", keys, Collections.nCopies(3_000, large), new long[3_000]);
            });
        }
        List<Integer> payloads = new ArrayList<>();
        try (SegmentReader in = new SegmentReader(disk, "log-0000000000000001.seg", 1)) {
            in.header();
            for (StoredRecord record = in.next(in.size()); record != null; record = in.next(in.size())) {
                payloads.add(record.payload().capacity());
            }
        }
        assertThat(payloads).hasSizeBetween(30, 100).allSatisfy(length -> assertThat(length)
                .isLessThan(1_500_000));
        assertThat(states("large", open().checkpoint())).hasSize(3_000).containsEntry(2_999, large);
    }

    @Test
    void partitionsMayBeHandedOverByManyThreads() throws IOException {
        try (FileBatchLog log = begun()) {
            commit(1, log, commit -> IntStream.range(0, 50).parallel().forEach(partition -> {
                states(commit, "counts", Map.of(partition, 2L * partition));
                commit.pane("lines", partition, List.of(partition, "a"));
                commit.pane("lines", partition, List.of("b"));
            }));
        }
        Checkpoint checkpoint = open().checkpoint();
        assertThat(states("counts", checkpoint)).hasSize(50).containsEntry(7, 14L);
        List<InputPartition<Object>> pane = checkpoint.pane("lines", time(1));
        for (int partition = 0; partition < 50; partition++) {
            assertThat(rows(pane.get(partition))).containsExactly(partition, "a", "b");
        }
    }

    @Test
    void snapshotsReplaceWhatIsOld() throws IOException {
        Map<Object, Object> expected = new HashMap<>();
        Random random = new Random(9);
        for (int run = 0; run < 4; run++) {
            try (FileBatchLog log = open(SMALL, Runnable::run)) {
                log.begin(run(COUNTS, LINES, SOCKET));
                for (int i = 1; i <= 100; i++) {
                    int t = run * 100 + i;
                    log.allocated(batch(t, Map.of("p", "" + t)));
                    commit(t, log, commit -> {
                        Map<Object, Object> changed = new HashMap<>();
                        IntStream.range(0, 5).forEach(k -> changed.put("key " + random.nextInt(50), (long) t));
                        expected.putAll(changed);
                        states(commit, "counts", changed);
                        commit.pane("lines", 0, List.of("row " + t));
                        commit.forgetPanes("lines", time(t - 3));
                        commit.accumulator("batches", (long) t);
                        commit.released("socket-0", time(t - 2));
                    });
                    assertThat(disk.list()).hasSizeLessThan(15);
                }
            }
        }
        assertThat(disk.list()).filteredOn(name -> name.startsWith("snapshot")).hasSize(1);
        Checkpoint checkpoint = open().checkpoint();
        assertThat(checkpoint.commits()).isEqualTo(400);
        assertThat(states("counts", checkpoint)).isEqualTo(expected);
        assertThat(checkpoint.panes("lines")).containsExactly(time(398), time(399), time(400));
        assertThat(rows(checkpoint.<Object>pane("lines", time(399)).get(0))).containsExactly("row 399");
        assertThat(checkpoint.accumulators()).isEqualTo(Map.of("batches", 400L));
        assertThat(checkpoint.progress("socket-0").positions()).isEqualTo(Map.of("p", "398"));
        assertThat(checkpoint.progress("socket-0").batches()).containsOnlyKeys(time(399), time(400));
        assertThat(checkpoint.nodes()).extracting(LoggedNode::keyClass).contains("java.lang.String");
    }

    @Test
    void aSnapshotThatCannotBeMadeIsTriedAgainWhileBatchesGoOn() throws IOException {
        FileBatchLog log = open(SMALL, Runnable::run);
        log.begin(run(COUNTS));
        disk.setFate((number, operation) -> {
            if (operation.contains("snapshot") && !operation.startsWith("delete")) {
                throw new IOException("no space left");
            }
        });
        for (int t = 1; t <= 100; t++) {
            int key = t % 10;
            commit(t, log, commit -> states(commit, "counts", Map.of(key, "x".repeat(100))));
        }
        assertThat(disk.list()).noneMatch(name -> name.contains("snapshot"));
        disk.setFate(SimulatedDisk.Fate.GOOD);
        for (int t = 101; t <= 130; t++) {
            int key = t % 10;
            commit(t, log, commit -> states(commit, "counts", Map.of(key, "y".repeat(100))));
        }
        assertThat(disk.list()).filteredOn(name -> name.startsWith("snapshot")).hasSize(1);
        assertThat(new JournalFiles("", "", "log-", ".seg").segments(disk.list()))
                .hasSizeLessThan(5);
        assertThat(states("counts", open().checkpoint())).hasSize(10).containsEntry(3, "y".repeat(100));
    }

    @Test
    void batchesDoNotWaitForSnapshots() throws IOException {
        Queue<Runnable> snapshots = new ArrayDeque<>();
        FileBatchLog log = open(SMALL, snapshots::add);
        log.begin(run(COUNTS));
        for (int t = 1; t <= 100; t++) {
            int key = t % 10;
            commit(t, log, commit -> states(commit, "counts", Map.of(key, "x".repeat(100))));
        }
        assertThat(snapshots).hasSize(1); // one at a time
        snapshots.remove().run();
        commit(101, log, commit -> states(commit, "counts", Map.of(1, "y")));
        assertThat(states("counts", open().checkpoint())).hasSize(10).containsEntry(1, "y");
    }

    @Test
    void whatTheCodeHasNoMoreIsKeptForSomeCommits() throws IOException {
        long[] t = {0};
        try (FileBatchLog log = open(SMALL, Runnable::run)) {
            log.begin(run(COUNTS, LINES, SOCKET));
            log.allocated(batch(1, Map.of("p", "1")));
            commit(++t[0], log, commit -> {
                states(commit, "counts", Map.of("a", 1L));
                commit.pane("lines", 0, List.of("row"));
            });
        }
        try (FileBatchLog log = open(SMALL, Runnable::run)) {
            log.begin(run(new Part(Role.STATE, "filler", "updateStateByKey", true)));
            commit(++t[0], log, commit -> {});
            commit(++t[0], log, commit -> {});
            assertThat(open().checkpoint().nodes())
                    .extracting(LoggedNode::commitsAbsent)
                    .containsExactly(2L, 2L);
        }
        try (FileBatchLog log = open(SMALL, Runnable::run)) {
            assertThat(states("counts", log.checkpoint())).isEqualTo(Map.of("a", 1L));
            log.begin(run(COUNTS, new Part(Role.STATE, "filler", "updateStateByKey", true)));
            fill(t, log);
        }
        try (FileBatchLog log = open(SMALL, Runnable::run)) {
            assertThat(log.checkpoint().nodes())
                    .extracting(node -> node.part().id())
                    .containsExactly("counts", "filler");
            assertThat(log.checkpoint().nodes())
                    .extracting(LoggedNode::isAbsent)
                    .containsExactly(false, false);
            assertThat(states("counts", log.checkpoint())).isEqualTo(Map.of("a", 1L));
            assertThat(log.checkpoint().panes("lines")).isEmpty();
            assertThat(log.checkpoint().progress("socket-0")).isEqualTo(Progress.none());
        }
    }

    @Test
    void damageIsToldByFileAndByte() throws IOException {
        try (FileBatchLog log = begun()) {
            commit(1, log, commit -> states(commit, "counts", Map.of("a", 1L)));
        }
        byte[] bytes = disk.bytes("log-0000000000000001.seg");
        bytes[bytes.length / 2] ^= 8;
        disk.put("log-0000000000000001.seg", bytes);
        assertThatExceptionOfType(DamagedFileException.class)
                .isThrownBy(this::open)
                .withMessageContaining("log-0000000000000001.seg");
    }

    @Test
    void damageToASnapshotIsToldByFileAndByte() throws IOException {
        try (FileBatchLog log = open(SMALL, Runnable::run)) {
            log.begin(run(COUNTS));
            fill(new long[] {0}, log);
        }
        String name = disk.list().stream()
                .filter(file -> file.startsWith("snapshot"))
                .findFirst()
                .orElseThrow();
        byte[] whole = disk.bytes(name);
        Random random = new Random(5);
        for (int at = 0; at < whole.length; at += 1 + random.nextInt(20)) {
            byte[] bytes = whole.clone();
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            disk.put(name, bytes);
            assertThatExceptionOfType(StreamingException.class)
                    .as("at %d", at)
                    .isThrownBy(this::open)
                    .withMessageContaining(name);
            disk.put(name, Arrays.copyOf(whole, at));
            assertThatExceptionOfType(DamagedFileException.class)
                    .as("cut at %d", at)
                    .isThrownBy(this::open)
                    .withMessageContaining(name);
        }
        disk.put(name, Arrays.copyOf(whole, whole.length + 1));
        assertThatExceptionOfType(DamagedFileException.class).isThrownBy(this::open);
    }

    @Test
    void whatHasComeBackStaysHoweverLongItWasAbsent() throws IOException {
        try (FileBatchLog log = open()) {
            log.begin(run(COUNTS, LINES, SOCKET));
            log.allocated(batch(1, Map.of("p", "7")));
            commit(1, log, commit -> {
                states(commit, "counts", Map.of("a", 1L));
                commit.pane("lines", 0, List.of("x"));
                commit.released("socket-0", time(1));
            });
        }
        try (FileBatchLog log = open()) {
            log.begin(run(PRINT));
            for (int t = 2; t < 10; t++) {
                commit(t, log, commit -> {});
            }
        }
        try (FileBatchLog log = open(new LogSettings(2_000, 1, 1, 3), Runnable::run)) {
            assertThat(states("counts", log.checkpoint())).isEqualTo(Map.of("a", 1L));
            log.begin(run(COUNTS, LINES, SOCKET));
            commit(10, log, commit -> states(commit, "counts", Map.of("b", 2L)));
        }
        assertThat(disk.list()).anyMatch(name -> name.endsWith(".snap"));
        Checkpoint checkpoint = open().checkpoint();
        assertThat(states("counts", checkpoint)).isEqualTo(Map.of("a", 1L, "b", 2L));
        assertThat(checkpoint.panes("lines")).containsExactly(time(1));
        assertThat(checkpoint.progress("socket-0").positions()).isEqualTo(Map.of("p", "7"));
    }

    @Test
    void aRecordOfALaterVersionIsRefused() throws IOException {
        JournalFiles files = new JournalFiles("batch log", "orders", "log-", ".seg");
        JournalState none = new JournalState(List.of(), null, null, 1, List.of());
        try (Journal journal = new Journal(disk, files, 1_000, none, (from, to) -> {})) {
            journal.write(List.of(new JournalRecord((byte) 77, new byte[0])), segment -> {});
        }
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(this::open)
                .withMessageContaining("log-0000000000000001.seg")
                .withMessageContaining("its type is 77");
    }

    @Test
    void whatCannotBeReadAnyMoreIsToldWithNodeFileAndByte() throws IOException {
        try (FileBatchLog log = begun()) {
            commit(1, log, commit -> {
                states(commit, "counts", Map.of("a", new Word("x")));
                commit.pane("lines", 0, List.of(new Word("y")));
                commit.accumulator("words", new Word("z"));
            });
        }
        Codec<Object> strict = Codec.allowing(List.of());
        Checkpoint checkpoint = FileBatchLog.open(disk, "orders", strict, LARGE, bytes -> {}, Runnable::run)
                .checkpoint();
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> states("counts", checkpoint))
                .withMessageContaining("states of 'counts' at byte")
                .withMessageContaining("log-0000000000000001.seg")
                .withMessageContaining("BatchLogTest$Word must not be in files");
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> rows(checkpoint.<Object>pane("lines", time(1)).get(0)))
                .withMessageContaining("rows of 'lines' at byte")
                .withMessageContaining("BatchLogTest$Word must not be in files");
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(checkpoint::accumulators)
                .withMessageContaining("accumulator 'words'")
                .withMessageContaining("BatchLogTest$Word must not be in files");
        assertThat(checkpoint.nodes()).extracting(LoggedNode::stateClass).contains(Word.class.getName());
    }

    @Test
    void nothingIsWrittenBeforeARunBeginsAndNothingIsReadAfterIt() throws IOException {
        try (FileBatchLog log = open()) {
            assertThatIllegalStateException().isThrownBy(() -> log.allocated(batch(1, Map.of())));
            assertThatIllegalStateException().isThrownBy(() -> log.requireAllocated(time(1)));
            assertThatIllegalStateException().isThrownBy(() -> log.committed(log.commit(time(1))));
            assertThat(disk.list()).isEmpty();
            log.begin(run(COUNTS));
            assertThatIllegalStateException()
                    .isThrownBy(log::checkpoint)
                    .withMessageContaining("run of pipeline 'orders' has begun");
        }
    }

    @Test
    void badArgumentsAreRefused() throws IOException {
        BatchCommit commit = begun().commit(time(5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> commit.states("counts", List.of(1, 2), List.of(1), new long[2]))
                .withMessageContaining("2, 1 and 2 elements");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> commit.pane("lines", -1, List.of()))
                .withMessageContaining("'partition'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> commit.released("socket-0", time(6)))
                .withMessageContaining("'upTo'");
        commit.pane("lines", 0, List.of());
        assertThatIllegalStateException().isThrownBy(commit::skipped);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogSettings.retaining(-1))
                .withMessageContaining("'retain'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LoggedBatch(Instant.ofEpochSecond(1, 1), Map.of()))
                .withMessageContaining("'time'");
    }

    @Test
    void readingTellsHowManyBytesItHasRead() throws IOException {
        try (FileBatchLog log = begun()) {
            commit(1, log, commit -> states(commit, "counts", Map.of("a", "x".repeat(100_000))));
        }
        long[] read = {0};
        Checkpoint checkpoint = FileBatchLog.open(
                        disk, "orders", codec, LARGE, bytes -> read[0] += bytes, Runnable::run)
                .checkpoint();
        int size = disk.bytes("log-0000000000000001.seg").length;
        assertThat(read[0]).isEqualTo(size);
        states("counts", checkpoint);
        assertThat(read[0]).isBetween(size + 100_000L, 2L * size);
    }

    private FileBatchLog open() throws IOException {
        return open(LARGE, Runnable::run);
    }

    private FileBatchLog open(LogSettings settings, Executor executor) throws IOException {
        return FileBatchLog.open(disk, "orders", codec, settings, bytes -> {}, executor);
    }

    private FileBatchLog begun() throws IOException {
        FileBatchLog log = open();
        log.begin(run(COUNTS, LINES, SOCKET));
        return log;
    }

    /** Until there are snapshots. */
    private static void fill(long[] t, FileBatchLog log) throws IOException {
        for (int i = 0; i < 100; i++) {
            commit(++t[0], log, commit -> states(commit, "filler", Map.of(t[0] % 10, "x".repeat(100))));
        }
    }

    private static void commit(long t, BatchLog log, Changes changes) throws IOException {
        BatchCommit commit = log.commit(time(t));
        changes.addTo(commit);
        log.committed(commit);
    }

    private static void states(BatchCommit commit, String node, Map<?, ?> changed) {
        commit.states(
                node, new ArrayList<>(changed.keySet()), new ArrayList<>(changed.values()), new long[changed.size()]);
    }

    private static Map<Object, Object> states(String node, Checkpoint checkpoint) throws IOException {
        Map<Object, Object> states = new HashMap<>();
        checkpoint.forEachState(node, (key, state, time) -> states.put(key, state));
        return states;
    }

    private static List<Object> rows(InputPartition<Object> partition) throws IOException {
        try {
            List<Object> rows = new ArrayList<>();
            partition.open().forEachRemaining(rows::add);
            return rows;
        } catch (RuntimeException | IOException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException(failure);
        }
    }

    private static LoggedRun run(Part... parts) {
        return new LoggedRun(time(0), Duration.ofSeconds(1), time(0), List.of(parts));
    }

    private static LoggedBatch batch(long t, Map<String, String> positions) {
        return new LoggedBatch(time(t), Map.of("socket-0", new LoggedInput(3, "3 blocks", positions)));
    }

    private static Instant time(long t) {
        return Instant.ofEpochSecond(1_700_000_000 + t);
    }

    record Word(String text) {}

    /** What a batch has changed. */
    @FunctionalInterface
    private interface Changes {
        void addTo(BatchCommit commit);
    }
}
