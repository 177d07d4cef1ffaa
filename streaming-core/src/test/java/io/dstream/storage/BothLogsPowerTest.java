package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import io.dstream.storage.SimulatedDisk.Crash;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Ends a program that sums up blocks, with the log of its blocks and that of its batches on one disk, at every step. The next one goes on
 * as an input and a pipeline do; in the end each block that was acknowledged is in the sum once.
 */
class BothLogsPowerTest {

    private static final int BATCHES = 20;
    private static final String SUM = "sum";
    private static final String INPUT = "socket-0";
    private static final String NEXT = "next"; // the number of the first block that is not in the sum, or in a batch
    private static final Codec<Object> CODEC = Codec.allowing(List.of());
    private static final LogSettings SETTINGS = new LogSettings(1_500, 3_000, 4, 1_000);
    private static final long SEGMENT_BYTES = 600;

    @Test
    void aCutAfterEveryOperationLosesNoBlockAndDoublesNone() throws IOException {
        for (int seed = 0; seed < TestJournal.ROUNDS; seed++) {
            int operations = operations(seed);
            for (int end = 0; end <= operations; end++) {
                check(seed, end, SimulatedDisk::afterCut);
            }
        }
    }

    @Test
    void aKillLosesNoBlockAndDoublesNoneEvenIfThePowerIsCutLater() throws IOException {
        for (int seed = 0; seed < 60 * TestJournal.ROUNDS; seed++) {
            check(seed, new Random(seed).nextInt(150), SimulatedDisk::afterKill);
        }
    }

    private static int operations(int seed) throws IOException {
        Random random = new Random(seed);
        SimulatedDisk disk = new SimulatedDisk(random);
        new Blocks(random).live(disk, BATCHES);
        return disk.operations().size();
    }

    private static void check(int seed, int end, UnaryOperator<SimulatedDisk> firstEnd) throws IOException {
        Random random = new Random(seed);
        SimulatedDisk first = new SimulatedDisk(random);
        first.crashBefore(end);
        Blocks blocks = new Blocks(random);
        try {
            blocks.live(first, BATCHES);
            SimulatedDisk second = firstEnd.apply(first);
            second.crashBefore(random.nextInt(40));
            blocks.live(second, 5);
            blocks.requireInSumOnce(second.afterCut());
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("seed " + seed + ", ended before operation " + end, failure);
        }
    }

    /** The blocks that programs write one after the other: that of number n has the row n. */
    private static final class Blocks {

        private final Random random;

        // Mutable state
        private long acknowledged; // how many, from number 0 on

        Blocks(Random random) {
            this.random = random;
        }

        /** A program, which may be ended at any step. */
        void live(SimulatedDisk disk, int batches) throws IOException {
            try (Program program = new Program(disk)) {
                program.begin();
                for (int i = 0; i < batches; i++) {
                    for (int left = random.nextInt(3); left > 0; left--) {
                        program.write();
                        acknowledged = program.written;
                    }
                    program.runBatch();
                }
            } catch (Crash end) {
                assertThat(end).hasMessageContaining("Ended before operation");
            }
        }

        void requireInSumOnce(SimulatedDisk disk) throws IOException {
            try (Program program = new Program(disk)) {
                program.begin();
                program.runBatch();
                assertThat(program.written).isGreaterThanOrEqualTo(acknowledged);
                assertThat(program.next).isEqualTo(program.written);
                assertThat(program.sum).isEqualTo(program.written * (program.written - 1) / 2);
            }
        }
    }

    /** An input that logs its blocks, and a pipeline that sums them up. */
    private static final class Program implements AutoCloseable {

        private final FileBatchLog batches;
        private final BlockLog blocks;
        private final WriteAheadLog blockFiles;
        private final Map<Long, Long> rows =
                new HashMap<>(); // by the number of the block, of those that are not in the sum

        // Mutable state
        private long sum;
        private long next; // the number of the first block that is not in the sum
        private long written; // the number of the next block
        private Instant last = Instant.ofEpochSecond(1_000_000);

        Program(SimulatedDisk disk) throws IOException {
            batches = FileBatchLog.open(disk, "orders", CODEC, SETTINGS, bytes -> {}, Runnable::run);
            blockFiles = WriteAheadLog.open(disk, "orders", SEGMENT_BYTES);
            blocks = new BlockLog(blockFiles, INPUT, CODEC, true);
            batches.checkpoint().<String, Long>forEachState(SUM, this::restore);
            written = next;
            for (LoggedBlock block : blocks.blocks(next)) {
                assertThat(block.number()).isEqualTo(written);
                rows.put(written++, blocks.<Long>rows(block).open().next());
            }
            Instant allocated = batches.checkpoint().lastAllocated();
            last = allocated == null ? last : allocated;
        }

        private boolean restore(String key, long state, long time) {
            if (key.equals(SUM)) {
                sum = Math.max(sum, state); // both only grow, so the last state is the largest
            } else {
                next = Math.max(next, state);
            }
            return true;
        }

        /** Begins a run, and ends the batches of the one before. */
        void begin() throws IOException {
            List<LoggedBatch> uncommitted = batches.checkpoint().uncommitted();
            batches.begin(new LoggedRun(
                    Instant.EPOCH,
                    Duration.ofSeconds(1),
                    Instant.EPOCH,
                    List.of(
                            new Part(Role.INPUT, INPUT, "socket", true),
                            new Part(Role.STATE, SUM, "updateStateByKey", true))));
            for (LoggedBatch batch : uncommitted) {
                run(batch);
            }
        }

        void write() throws IOException {
            blocks.write(written, List.of(List.of(written)));
            rows.put(written, written);
            written++;
        }

        /** Everything that is written and in no batch. */
        void runBatch() throws IOException {
            last = last.plusSeconds(1);
            LoggedBatch batch =
                    new LoggedBatch(last, Map.of(INPUT, LogModel.input(Map.of(NEXT, Long.toString(written)))));
            batches.allocated(batch);
            run(batch);
        }

        private void run(LoggedBatch batch) throws IOException {
            batches.requireAllocated(batch.time());
            long until = Long.parseLong(batch.inputs().get(INPUT).positions().get(NEXT));
            for (; next < until; next++) {
                sum += rows.remove(next);
            }
            BatchCommit commit = batches.commit(batch.time());
            commit.states(SUM, List.of(SUM, NEXT), List.of(sum, next), new long[2]);
            commit.released(INPUT, batch.time());
            batches.committed(commit);
            blocks.release(next - 1);
        }

        @Override
        public void close() throws IOException {
            blockFiles.close();
            batches.close();
        }
    }
}
