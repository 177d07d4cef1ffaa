package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.rdd.RDD;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs made at random put out what a naive model says they must, however often the process dies in the midst of a batch.
 * {@code -Ddstream.crash.seeds=400} runs so many of them, and {@code -Ddstream.crash.seed=…} begins with that one, which a failure
 * tells.
 */
class CrashTest {

    private static final int BATCHES = 14;
    private static final long FIRST = Long.getLong("dstream.crash.seed", System.nanoTime());
    private static final int SEEDS = Integer.getInteger("dstream.crash.seeds", 40);

    @TempDir
    private Path temporary;

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void programsPutOutTheSameHoweverOftenTheyCrash() {
        int lives = 0;
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            lives += new Run(seed, temporary.resolve(String.valueOf(seed))).live();
        }
        assertThat(lives).isGreaterThan(SEEDS);
    }

    /** One program in its lives, which end by crashes. */
    private static final class Run {

        private final long seed;
        private final Path directory;
        private final RandomProgram program;
        private final SplittableRandom random;
        private final List<Map<Integer, List<String>>> seen = new ArrayList<>(); // by output and batch

        Run(long seed, Path directory) {
            this.seed = seed;
            this.directory = directory;
            this.program = new RandomProgram(seed);
            this.random = new SplittableRandom(seed);
            program.outputs().forEach(output -> seen.add(new HashMap<>()));
        }

        /** Runs all batches and compares what was seen. */
        int live() {
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
        private int live(int life, int from) {
            Path own = directory.resolve(String.valueOf(life));
            Crashes crashes = new Crashes(own, directory.resolve(String.valueOf(life + 1)), random.split());
            try (TestStreamingContext test = new TestStreamingContext(
                    config -> config.withCheckpointDirectory(own).withParallelism(1 + random.nextInt(3)))) {
                GoldenProgram built = new GoldenProgram(test.context(), program.vector(), crashes);
                for (int i = 0; i < program.outputs().size(); i++) {
                    int index = i;
                    built.text(program.outputs().get(i)).foreachRDD((rdd, time) -> see(index, rdd, time, crashes));
                }
                test.clock().advance(Duration.ofSeconds(from - 1));
                for (int batch = from; batch <= BATCHES && !crashes.isDead(); batch++) {
                    test.runBatch();
                }
            } catch (RuntimeException failure) {
                throw new IllegalStateException(this + " in life " + life + " from batch " + from, failure);
            }
            return crashes.next();
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
