package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import io.dstream.storage.SimulatedDisk.Crash;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Ends a program that logs batches at every step, and lets others go on, each of which compares what it finds with a model: what was
 * acknowledged is there, and what was being written is there wholly or not at all.
 */
class BatchLogPowerTest {

    private static final int BATCHES = 20;
    private static final Codec<Object> CODEC = Codec.allowing(List.of());
    private static final LogSettings SETTINGS = new LogSettings(3_000, 6_000, 4, 1_000);

    @Test
    void aRunThatIsNotCutComesToTheModel() throws IOException {
        for (int seed = 0; seed < 20 * TestJournal.ROUNDS; seed++) {
            Lives lives = new Lives(seed);
            lives.check("seed " + seed, UnaryOperator.identity());
        }
    }

    @Test
    void aCutAfterEveryOperationLosesNothing() throws IOException {
        for (int seed = 0; seed < TestJournal.ROUNDS; seed++) {
            int operations = operations(seed);
            for (int end = 0; end <= operations; end++) {
                Lives lives = new Lives(seed);
                lives.first.crashBefore(end);
                lives.check("seed " + seed + ", ended before operation " + end, SimulatedDisk::afterCut);
            }
        }
    }

    @Test
    void aKillAfterAnyOperationLosesNothingEvenIfThePowerIsCutLater() throws IOException {
        for (int seed = 0; seed < 60 * TestJournal.ROUNDS; seed++) {
            int end = new Random(seed).nextInt(200);
            Lives lives = new Lives(seed);
            lives.first.crashBefore(end);
            lives.check("seed " + seed + ", ended before operation " + end, SimulatedDisk::afterKill);
        }
    }

    @Test
    void failuresOfTheDiskLoseNothing() throws IOException {
        for (int seed = 0; seed < 60 * TestJournal.ROUNDS; seed++) {
            Random random = new Random(seed);
            int end = random.nextInt(300);
            int likelihood = 2 + random.nextInt(30);
            Lives lives = new Lives(seed);
            lives.first.setFate((number, operation) -> {
                if (number >= end) {
                    throw new Crash(end);
                }
                if (random.nextInt(likelihood) == 0) {
                    throw new IOException("input/output error");
                }
            });
            lives.check("seed " + seed + ", ended before operation " + end, SimulatedDisk::afterCut);
        }
    }

    private static int operations(int seed) throws IOException {
        Lives lives = new Lives(seed);
        lives.live(lives.first, BATCHES);
        return lives.first.operations().size();
    }

    /** Programs that go on with a log one after the other, and what the next one must find. */
    private static final class Lives {

        private static final List<String> INPUTS = List.of("kafka", "files", "socket-0");
        private static final List<String> STATEFUL = List.of("counts", "sessions", "mapWithState-0");
        private static final List<String> WINDOWED = List.of("counts", "lines");

        private final Random random;
        private final SimulatedDisk first;

        // Mutable state
        private LogModel safe = new LogModel();
        private final List<LogModel> unsafe = new ArrayList<>(); // what may be found instead
        private LogModel found = safe;
        private final List<LoggedBatch> unallocated = new ArrayList<>(); // told, and not yet durable

        Lives(long seed) {
            this.random = new Random(seed);
            this.first = new SimulatedDisk(random);
        }

        /** Runs two programs, and looks at what a third finds. */
        void check(String how, UnaryOperator<SimulatedDisk> firstEnd) throws IOException {
            try {
                live(first, BATCHES);
                SimulatedDisk second = firstEnd.apply(first);
                second.crashBefore(random.nextInt(30));
                live(second, 3);
                open(second.afterCut());
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError(how, failure);
            }
        }

        void live(SimulatedDisk disk, int batches) throws IOException {
            FileBatchLog log = open(disk);
            try (log) {
                begin(log);
                for (int i = 0; i < batches; i++) {
                    allocateSome(log);
                    run(found.uncommitted().get(0), log);
                }
            } catch (Crash end) {
                assertThat(end).hasMessageContaining("Ended before operation");
            } catch (IOException notClosed) {
                assertThat(notClosed).hasMessage("input/output error");
            }
        }

        private FileBatchLog open(SimulatedDisk disk) throws IOException {
            FileBatchLog log = FileBatchLog.open(disk, "orders", CODEC, SETTINGS, bytes -> {}, Runnable::run);
            found = LogModel.of(log.checkpoint(), INPUTS);
            if (!found.equals(safe)) {
                assertThat(unsafe).as("beside %s", safe).contains(found);
            }
            unallocated.clear();
            return log;
        }

        /** Writes something until it is written. */
        private void write(LogModel after, Writing writing) {
            unsafe.add(after);
            for (int attempt = 1; ; attempt++) {
                try {
                    writing.write();
                    break;
                } catch (IOException failure) {
                    assertThat(attempt).isLessThan(100);
                }
            }
            safe = after;
            found = after;
            unsafe.clear();
        }

        private void begin(FileBatchLog log) {
            List<Part> parts = new ArrayList<>();
            INPUTS.forEach(input -> parts.add(new Part(Role.INPUT, input, "input", true)));
            STATEFUL.forEach(node -> parts.add(new Part(Role.STATE, node, "mapWithState", false)));
            WINDOWED.forEach(node -> parts.add(new Part(Role.PANES, node, "map", false)));
            parts.remove(random.nextInt(parts.size())); // some part is gone, and comes again
            LoggedRun run = new LoggedRun(
                    Instant.ofEpochMilli(random.nextInt()),
                    Duration.ofMillis(1 + random.nextInt(1_000)),
                    Instant.ofEpochMilli(random.nextInt()),
                    parts);
            write(found.begun(run), () -> log.begin(run));
        }

        private void allocateSome(FileBatchLog log) {
            for (int left = found.uncommitted().isEmpty() ? 1 + random.nextInt(3) : random.nextInt(2);
                    left > 0;
                    left--) {
                LoggedBatch batch = batch();
                log.allocated(batch);
                unallocated.add(batch);
            }
            if (found.uncommitted().isEmpty() || random.nextBoolean()) {
                Instant time = unallocated.isEmpty()
                        ? found.uncommitted().get(0).time()
                        : unallocated.get(0).time();
                write(found.allocated(unallocated), () -> log.requireAllocated(time));
                unallocated.clear();
            }
        }

        private LoggedBatch batch() {
            Instant last = unallocated.isEmpty()
                    ? found.lastAllocated()
                    : unallocated.get(unallocated.size() - 1).time();
            Instant time = last == null ? Instant.ofEpochSecond(1_000_000) : last.plusMillis(1 + random.nextInt(5_000));
            Map<String, LoggedBatch.LoggedInput> inputs = new LinkedHashMap<>();
            INPUTS.stream().filter(input -> random.nextInt(4) > 0).forEach(input -> {
                Map<String, String> positions = new HashMap<>();
                IntStream.range(0, random.nextInt(4))
                        .forEach(i -> positions.put("p" + random.nextInt(6), random.nextInt(4) == 0 ? "" : text(20)));
                inputs.put(input, LogModel.input(positions));
            });
            return new LoggedBatch(time, inputs);
        }

        private void run(LoggedBatch batch, FileBatchLog log) {
            write(found, () -> log.requireAllocated(batch.time()));
            BatchCommit commit = log.commit(batch.time());
            LogModel after = found.allocated(unallocated).committed(batch.time());
            if (random.nextInt(8) == 0) {
                commit.skipped();
            } else {
                STATEFUL.stream()
                        .filter(node -> random.nextInt(5) > 0)
                        .forEach(node -> changeStates(node, commit, after));
                WINDOWED.stream().filter(node -> random.nextInt(5) > 0).forEach(node -> addPane(node, commit, after));
                if (random.nextInt(3) == 0) {
                    String name = "a" + random.nextInt(3);
                    long total = random.nextLong();
                    commit.accumulator(name, total);
                    after.accumulated(name, total);
                }
            }
            INPUTS.stream().filter(input -> random.nextInt(3) > 0).forEach(input -> {
                Instant upTo = batch.time().minusMillis(random.nextInt(3) * 3_000L);
                commit.released(input, upTo);
                after.released(input, upTo);
            });
            write(after, () -> log.committed(commit));
            unallocated.clear();
        }

        private void changeStates(String node, BatchCommit commit, LogModel after) {
            Map<Object, Object> changed = new LinkedHashMap<>();
            IntStream.range(0, random.nextInt(random.nextInt(10) == 0 ? 40 : 6)).forEach(i -> {
                Object key = random.nextBoolean() ? (Object) (long) random.nextInt(30) : "key " + random.nextInt(30);
                changed.put(key, random.nextInt(4) == 0 ? null : text(60));
            });
            List<Object> keys = new ArrayList<>(changed.keySet());
            List<Object> states = new ArrayList<>(changed.values());
            long[] times = keys.stream()
                    .mapToLong(key -> random.nextInt(3) * random.nextLong())
                    .toArray();
            int half = keys.size() / 2;
            commit.states(node, keys.subList(0, half), states.subList(0, half), Arrays.copyOf(times, half));
            commit.states(
                    node,
                    keys.subList(half, keys.size()),
                    states.subList(half, keys.size()),
                    Arrays.copyOfRange(times, half, keys.size()));
            after.changed(node, keys, states, times);
        }

        private void addPane(String node, BatchCommit commit, LogModel after) {
            List<List<Object>> partitions = IntStream.range(0, 1 + random.nextInt(3))
                    .mapToObj(partition -> IntStream.range(0, random.nextInt(5))
                            .mapToObj(row -> (Object) text(30))
                            .toList())
                    .toList();
            IntStream.range(0, partitions.size())
                    .forEach(partition -> commit.pane(node, partition, partitions.get(partition)));
            after.pane(node, partitions);
            Instant upTo = commit.batchTime().minusSeconds(10);
            commit.forgetPanes(node, upTo);
            after.forgotten(node, upTo);
        }

        private String text(int longest) {
            return Integer.toString(random.nextInt(1_000)).repeat(1 + random.nextInt(longest / 3));
        }
    }

    /** Something that may fail. */
    @FunctionalInterface
    private interface Writing {
        void write() throws IOException;
    }
}
