package io.dstream.receiver;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several threads store, alone and together, while blocks are cut and allocated, until a stop at any moment. */
class BlockHandOverTest {

    private static final int MAX_PER_BATCH = 40;
    private static final Duration INTERVAL = Duration.ofMillis(200);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "MEMORY_ONLY, 60",
        "MEMORY_ONLY_SER, 15",
        "MEMORY_AND_DISK, 15",
        "DISK_ONLY, 10",
    })
    void everyAcceptedRecordIsInOneBatchAndTheOrderOfEveryThreadKept(StorageLevel level, int seeds) throws Exception {
        for (int seed = 0; seed < seeds; seed++) {
            try (Run run = new Run(level, seed)) {
                run.check();
            }
        }
        try (var left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    /**
     * A record.
     *
     * @param thread that has stored it
     * @param number of the record among those of the thread, from 0
     */
    private static String record(int thread, int number) {
        return thread + ":" + number;
    }

    private final class Run implements AutoCloseable {

        private final Random random;
        private final int seed;
        private final ManualClock clock = new ManualClock(Instant.EPOCH);
        private final BlockStore blocks;
        private final BlockTracker<String> tracker;
        private final BlockGenerator<String> generator;
        private final List<String> read = new ArrayList<>();
        private int batches;

        Run(StorageLevel level, int seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.blocks = new BlockStore(
                    "test", directory, new BlockStore.Bounds(5_000, MAX_PER_BATCH, 50_000), Codec.allowing(List.of()));
            this.tracker = new BlockTracker<>(MAX_PER_BATCH, () -> blocks.hasRoom(level));
            RateController rate =
                    new RateController("test", Duration.ofSeconds(1), BackpressureSettings.defaults(), Progress.none());
            rate.follow(random.nextInt(3) == 0 ? 500 : RateController.UNLIMITED);
            this.generator = new BlockGenerator<>(
                    "test",
                    new BlockGenerator.Limits(INTERVAL, 50, 4_000),
                    level,
                    clock,
                    new RateLimiter(rate, clock),
                    blocks,
                    tracker,
                    LoggedBlocks.none(),
                    failure -> {
                        throw new IllegalStateException(failure);
                    });
        }

        void check() throws Exception {
            generator.start();
            List<CompletableFuture<Integer>> accepted = new ArrayList<>();
            for (int thread = random.nextInt(3); thread >= 0; thread--) {
                int own = thread;
                accepted.add(0, CompletableFuture.supplyAsync(() -> storeUntilRefused(own, new Random(seed + own))));
            }
            for (int i = random.nextInt(20); i > 0; i--) {
                step();
            }
            stop();
            Map<Integer, Integer> numbers = new HashMap<>();
            for (String record : read) {
                int thread = Integer.parseInt(record.substring(0, 1));
                assertThat(record).as("seed %d", seed).isEqualTo(record(thread, numbers.getOrDefault(thread, 0)));
                numbers.merge(thread, 1, Integer::sum);
            }
            for (int thread = 0; thread < accepted.size(); thread++) {
                assertThat(numbers.getOrDefault(thread, 0))
                        .as("seed %d", seed)
                        .isEqualTo(accepted.get(thread).get());
            }
        }

        private void step() throws Exception {
            switch (random.nextInt(5)) {
                case 0 -> generator.cut();
                case 1 -> clock.advance(INTERVAL.dividedBy(1 + random.nextInt(3)));
                case 2 -> {
                    generator.setPaused(true);
                    generator.setPaused(false);
                }
                default -> runBatch();
            }
        }

        /** Half of the batches are let go one batch later. */
        private void runBatch() throws Exception {
            batches++;
            Instant time = Instant.ofEpochSecond(batches);
            if (tracker.hasRoom()) {
                generator.cut();
            }
            List<Block<String>> blocksOfBatch = tracker.allocate(time);
            assertThat(BlockTracker.sizeOf(blocksOfBatch)).isLessThanOrEqualTo(MAX_PER_BATCH);
            read.addAll(Blocks.records(blocksOfBatch));
            tracker.release(time.minusSeconds(random.nextInt(2)));
        }

        private void stop() throws Exception {
            generator.stopWaiting();
            generator.close();
            while (tracker.hasUnallocated()) {
                runBatch();
            }
        }

        private int storeUntilRefused(int thread, Random choice) {
            int number = 0;
            try {
                while (true) {
                    if (choice.nextInt(4) > 0) {
                        generator.store(record(thread, number));
                        number++;
                    } else {
                        List<String> together = new ArrayList<>();
                        for (int i = choice.nextInt(60); i > 0; i--) {
                            together.add(record(thread, number + together.size()));
                        }
                        generator.storeTogether(together);
                        number += together.size();
                    }
                }
            } catch (IllegalStateException refused) {
                return number;
            } catch (InterruptedException | IOException failure) {
                throw new IllegalStateException(failure);
            }
        }

        @Override
        public void close() {
            blocks.close();
        }
    }
}
