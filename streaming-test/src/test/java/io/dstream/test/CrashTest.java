package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.rdd.RDD;
import io.dstream.storage.BatchLog;
import io.dstream.storage.CheckpointDirectory;
import io.dstream.storage.Codec;
import io.dstream.storage.LoggedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs made at random put out what a naive model says they must, however often the process dies in the midst of a batch.
 * Some have a batch that fails and is skipped, and some a snapshot of their log in each life.
 * {@code -Ddstream.crash.seeds=400} runs so many of them, and {@code -Ddstream.crash.seed=…} begins with that one, which a failure
 * tells.
 */
class CrashTest {

    private static final int BATCHES = 14;
    private static final long FIRST = Long.getLong("dstream.crash.seed", System.nanoTime());
    private static final int SEEDS = Integer.getInteger("dstream.crash.seeds", 40);
    private static final int RUNS_WORTH_A_SNAPSHOT = 17; // each has a segment of its own

    @TempDir
    private Path temporary;

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void programsPutOutTheSameHoweverOftenTheyCrash() throws IOException {
        int lives = 0;
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            lives += new Run(seed, temporary.resolve(String.valueOf(seed))).live();
        }
        assertThat(lives).isGreaterThan(SEEDS);
        assertThat(snapshots()).isPositive();
    }

    private long snapshots() throws IOException {
        try (Stream<Path> files = Files.walk(temporary)) {
            return files.filter(file -> file.toString().endsWith(".snap")).count();
        }
    }

    /** One program in its lives, which end by crashes. */
    private static final class Run {

        private final long seed;
        private final Path directory;
        private final RandomProgram program;
        private final SplittableRandom random;
        private final int skipped; // the number of a batch that always fails; 0 for none
        private final List<Map<Integer, List<String>>> seen = new ArrayList<>(); // by output and batch

        Run(long seed, Path directory) {
            this.seed = seed;
            this.directory = directory;
            this.program = new RandomProgram(seed);
            this.random = new SplittableRandom(seed);
            this.skipped = seed % 3 == 0 ? random.nextInt(1, BATCHES + 1) : 0;
            program.outputs().forEach(output -> seen.add(new HashMap<>()));
        }

        /** Runs all batches and compares what was seen. */
        int live() throws IOException {
            int lives = 1;
            int next = live(lives, 1);
            while (next > 0) {
                lives++;
                next = live(lives, next);
            }
            check(lives);
            return lives;
        }

        /** One life, from a batch on; returns the batch from which the next is to be, or 0 if there is none. */
        private int live(int life, int from) throws IOException {
            Path own = directory.resolve(String.valueOf(life));
            if (seed % 5 == 0) {
                makeSnapshot(own);
            }
            Crashes crashes = new Crashes(own, directory.resolve(String.valueOf(life + 1)), random.split());
            try (TestStreamingContext test = new TestStreamingContext(config -> config.withCheckpointDirectory(own)
                    .withParallelism(1 + random.nextInt(3))
                    .withFailure(Failures.skipAfter(1)))) {
                GoldenProgram built = new GoldenProgram(test.context(), program.vector(), crashes);
                for (int i = 0; i < program.outputs().size(); i++) {
                    int index = i;
                    built.text(program.outputs().get(i)).foreachRDD((rdd, time) -> see(index, rdd, time, crashes));
                }
                test.context().queueStream(new ConcurrentLinkedQueue<>()).foreachRDD((rdd, time) -> fail(time));
                test.clock().advance(Duration.ofSeconds(from - 1));
                for (int batch = from; batch <= BATCHES && !crashes.isDead(); batch++) {
                    assertThat(batch == skipped ? test.runFailingBatch() : test.runBatch())
                            .isNotNull();
                }
            } catch (RuntimeException failure) {
                throw new IllegalStateException(this + " in life " + life + " from batch " + from, failure);
            }
            return crashes.next();
        }

        /** By runs that end at once; there is none before the first life. */
        private static void makeSnapshot(Path checkpoints) throws IOException {
            for (int i = 0; i < RUNS_WORTH_A_SNAPSHOT; i++) {
                try (CheckpointDirectory directory = CheckpointDirectory.open(checkpoints, "default");
                        BatchLog log = directory.batchLog(Codec.allowing(List.of()), BATCHES, percent -> {})) {
                    LoggedRun last = log.checkpoint().lastRun();
                    if (last != null) {
                        log.begin(last);
                    }
                }
            }
        }

        /** The last output: those before have succeeded. */
        private void fail(Instant time) {
            if (time.getEpochSecond() == skipped) {
                throw new IllegalStateException("This batch is to be skipped");
            }
        }

        private void see(int output, RDD<String> rdd, Instant time, Crashes crashes) {
            crashes.step(time, false);
            int batch = (int) time.getEpochSecond();
            List<String> rows =
                    looksAt(batch, output) ? rdd.collect().stream().sorted().toList() : List.of();
            if (!crashes.isDead()) {
                seen.get(output).put(batch, rows);
            }
        }

        private boolean looksAt(int batch, int output) {
            return (output == 0 && seed % 2 == 0) || batch % 3 == 0;
        }

        private void check(int lives) {
            TreeSet<Integer> all =
                    IntStream.rangeClosed(1, BATCHES).boxed().collect(Collectors.toCollection(TreeSet::new));
            all.remove(skipped);
            ProgramModel model = new ProgramModel(program.vector(), all);
            for (int i = 0; i < program.outputs().size(); i++) {
                Map<Integer, List<String>> expected =
                        model.rows(program.outputs().get(i));
                for (int batch : all) {
                    if (looksAt(batch, i)) {
                        assertThat(seen.get(i).get(batch))
                                .as("batch %d of output %d after %d lives of %s", batch, i, lives, this)
                                .isEqualTo(expected.get(batch));
                    }
                }
            }
        }

        @Override
        public String toString() {
            return program.toString();
        }
    }
}
