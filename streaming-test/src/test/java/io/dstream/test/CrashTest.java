package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.StreamingListener;
import io.dstream.time.ManualClock;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs made at random put out what a naive model says they must, however often the process dies in the midst of a batch, or while
 * it takes rows that are acknowledged: each row counts once, in its batch. Some run beside others in one process, some have a batch
 * that fails and is skipped, and some a snapshot of their log in each life. {@code -Ddstream.crash.seeds=400} runs so many of them, and
 * {@code -Ddstream.crash.seed=…} begins with that one, which a failure tells.
 */
class CrashTest {

    private static final int BATCHES = 14;
    private static final int STEPS = 100; // at most, of each pipeline in a life
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final long FIRST = Long.getLong("dstream.crash.seed", System.nanoTime());
    private static final int SEEDS = Integer.getInteger("dstream.crash.seeds", 12);

    @TempDir
    private Path temporary;

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void programsPutOutTheSameHoweverOftenTheyCrash() throws Exception {
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

    /** The programs of one process, or two or three, in its lives, which end by crashes. */
    private static final class Run {

        private final long seed;
        private final Path directory;
        private final SplittableRandom random;
        private final List<CrashedPipeline> pipelines = new ArrayList<>();

        // Mutable state
        private int lives;
        private int batch = 1; // at hand

        Run(long seed, Path directory) {
            this.seed = seed;
            this.directory = directory;
            this.random = new SplittableRandom(seed);
            pipelines.add(new CrashedPipeline("default", seed, BATCHES));
            for (int i = 1; i <= Math.floorMod(seed, 4) - 1; i++) {
                pipelines.add(new CrashedPipeline("derived-" + i, seed + i * 1_000_000L, BATCHES));
            }
        }

        /** Runs all batches and compares what was seen; returns how many lives that took. */
        int live() throws Exception {
            try {
                boolean isDead = true;
                while (isDead) {
                    lives++;
                    isDead = liveOnce(directory.resolve(String.valueOf(lives)));
                }
                pipelines.forEach(CrashedPipeline::check);
                return lives;
            } catch (Exception | AssertionError failure) {
                throw new AssertionError("seed " + seed + ", life " + lives + ", batch " + batch, failure);
            }
        }

        /** Goes on with the batch at hand; returns whether the process has died in one. */
        private boolean liveOnce(Path own) throws Exception {
            for (CrashedPipeline pipeline : pipelines) {
                pipeline.open(own);
            }
            Path next = directory.resolve(String.valueOf(lives + 1));
            Crashes crashes = new Crashes(own, next, STEPS * pipelines.size(), random.split());
            ManualClock clock = new ManualClock(Instant.ofEpochSecond(batch - 1));
            Ends ends = new Ends();
            try (StreamingContext context = new StreamingContext(config(own, clock, ends))) {
                List<CrashedInputs> inputs = define(context, crashes);
                context.start();
                for (int i = batch; i <= BATCHES && !crashes.isDead(); i++) {
                    batch = i;
                    run(inputs, clock, ends);
                }
                context.stop(false, Duration.ZERO);
            }
            return crashes.isDead();
        }

        private StreamingConfig config(Path own, ManualClock clock, Ends ends) {
            return StreamingConfig.defaults()
                    .withBatchInterval(INTERVAL)
                    .withParallelism(1 + random.nextInt(3))
                    .withFailure(Failures.skipAfter(1))
                    .withCheckpointDirectory(own)
                    .withWriteAheadLog(true)
                    .withClock(clock)
                    .withObserver(ends);
        }

        private List<CrashedInputs> define(StreamingContext context, Crashes crashes) {
            List<CrashedInputs> inputs = new ArrayList<>();
            for (CrashedPipeline pipeline : pipelines) {
                StreamingContext own = inputs.isEmpty() ? context : context.pipeline(pipeline.name());
                inputs.add(pipeline.define(own, crashes, random.split()));
            }
            return inputs;
        }

        private void run(List<CrashedInputs> inputs, ManualClock clock, Ends ends) throws InterruptedException {
            for (CrashedInputs ofPipeline : inputs) {
                ofPipeline.send(batch);
            }
            clock.advance(INTERVAL);
            for (CrashedPipeline pipeline : pipelines) {
                if (pipeline.isToRun(batch)) {
                    assertThat(ends.await(pipeline.name(), clock.now()))
                            .isEqualTo(pipeline.skips(batch) ? Status.SKIPPED : Status.COMMITTED);
                }
            }
        }
    }

    /** Tells how batches have ended. */
    private static final class Ends implements StreamingListener {

        private final BlockingQueue<BatchInfo> news = new LinkedBlockingQueue<>();
        private final Map<String, BatchInfo> last = new HashMap<>(); // by pipeline

        @Override
        public void onBatchCompleted(BatchInfo batch) {
            news.add(batch);
        }

        Status await(String pipeline, Instant time) throws InterruptedException {
            while (!last.containsKey(pipeline) || last.get(pipeline).batchTime().isBefore(time)) {
                BatchInfo next = news.poll(1, TimeUnit.MINUTES);
                assertThat(next).as("batch %s of %s", time, pipeline).isNotNull();
                last.put(next.pipeline(), next);
            }
            return last.get(pipeline).status();
        }
    }
}
