package io.dstream.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BlockGeneratorTest {

    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final BlockTracker<Integer> tracker = new BlockTracker<>(1_000_000);
    private final BlockGenerator<Integer> generator = new BlockGenerator<>("test", INTERVAL, 3, clock, tracker);

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
        generator.close();
    }

    @Test
    void aFullBufferMakesStoreWaitUntilACut() throws Exception {
        CompletableFuture<Void> storing = storeInBackground(List.of(1, 2, 3, 4));
        while (!tracker.hasUnallocated() || !storing.isDone()) {
            generator.cut();
            Thread.onSpinWait();
        }
        generator.cut();
        assertThat(allocated(1)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void aPauseMakesStoreWait() throws Exception {
        generator.setPaused(true);
        CompletableFuture<Void> storing = storeInBackground(List.of(1));
        generator.cut();
        assertThat(tracker.hasUnallocated()).isFalse();
        generator.setPaused(false);
        storing.get();
        generator.cut();
        assertThat(allocated(1)).containsExactly(1);
    }

    @Test
    void closingHandsOverTheLastBlockAndRefusesMore() throws Exception {
        generator.store(1);
        generator.close();
        assertThat(allocated(1)).containsExactly(1);
        assertThatIllegalStateException().isThrownBy(() -> generator.store(2)).withMessageContaining("not accepted");
    }

    @Test
    void whateverTheMomentOfClosingEveryAcceptedRecordIsInExactlyOneBlock() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            acceptedRecordsAreHandedOverOnce(new Random(seed));
        }
    }

    private static void acceptedRecordsAreHandedOverOnce(Random random) throws Exception {
        ManualClock clock = new ManualClock(Instant.EPOCH);
        BlockTracker<Integer> tracker = new BlockTracker<>(1_000_000);
        BlockGenerator<Integer> generator = new BlockGenerator<>("test", INTERVAL, 50, clock, tracker);
        generator.start();
        CompletableFuture<Integer> accepted = CompletableFuture.supplyAsync(() -> storeUntilRefused(generator));
        for (int i = random.nextInt(20); i > 0; i--) {
            clock.advance(INTERVAL.dividedBy(1 + random.nextInt(3)));
            generator.cut();
        }
        generator.close();
        List<Integer> handedOver = records(tracker.allocate(Instant.EPOCH));
        assertThat(handedOver).hasSize(accepted.get());
        for (int i = 0; i < handedOver.size(); i++) {
            assertThat(handedOver.get(i)).isEqualTo(i);
        }
    }

    private static int storeUntilRefused(BlockGenerator<Integer> generator) {
        for (int i = 0; ; i++) {
            try {
                generator.store(i);
            } catch (IllegalStateException refused) {
                return i;
            } catch (InterruptedException interruption) {
                throw new IllegalStateException(interruption);
            }
        }
    }

    private CompletableFuture<Void> storeInBackground(List<Integer> records) {
        return CompletableFuture.runAsync(() -> {
            for (int record : records) {
                try {
                    generator.store(record);
                } catch (InterruptedException interruption) {
                    throw new IllegalStateException(interruption);
                }
            }
        });
    }

    private List<Integer> allocated(int second) {
        return records(allocatedBlocks(second));
    }

    private List<Block<Integer>> allocatedBlocks(int second) {
        return tracker.allocate(Instant.ofEpochSecond(second));
    }

    private static List<Integer> records(List<Block<Integer>> blocks) {
        return blocks.stream().flatMap(block -> block.records().stream()).toList();
    }
}
