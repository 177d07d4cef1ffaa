package io.dstream.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.input.Block;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.BlockStore;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BlockTrackerTest {

    private final BlockStore blocks = Blocks.store(5);
    private final BlockTracker<Integer> tracker = new BlockTracker<>(5, () -> blocks.hasRoom(StorageLevel.MEMORY_ONLY));

    @Test
    void aBatchGetsTheBlocksThatWaitInTheirOrder() {
        add(1, 2);
        add(3);
        assertThat(records(batch(1))).containsExactly(1, 2, 3);
        assertThat(records(batch(2))).isEmpty();
    }

    @Test
    void aBatchThatHasItsBlocksKeepsThem() {
        add(1);
        batch(1);
        add(2);
        assertThat(records(batch(1))).containsExactly(1);
        assertThat(records(tracker.blocksOf(time(1)))).containsExactly(1);
    }

    @Test
    void aBatchGetsNoMoreThanItMayHaveAndTheRestWaitsInOrder() {
        add(1, 2, 3);
        add(4, 5, 6, 7, 8, 9, 10, 11);
        assertThat(records(batch(1))).containsExactly(1, 2, 3, 4, 5);
        assertThat(records(batch(2))).containsExactly(6, 7, 8, 9, 10);
        assertThat(tracker.hasUnallocated()).isTrue();
        assertThat(records(batch(3))).containsExactly(11);
        assertThat(tracker.hasUnallocated()).isFalse();
    }

    @Test
    void releasedBatchesAreForgottenAndTheOthersKept() {
        add(1);
        batch(1);
        add(2);
        batch(2);
        tracker.release(time(1));
        assertThat(tracker.blocksOf(time(1))).isEmpty();
        assertThat(records(tracker.blocksOf(time(2)))).containsExactly(2);
    }

    @Test
    void aDividedBlockIsLetGoWithItsLastPart() {
        add(1, 2, 3, 4, 5, 6, 7);
        batch(1);
        batch(2);
        assertThat(blocks.hasRoom(StorageLevel.MEMORY_ONLY)).isFalse();
        tracker.release(time(1));
        assertThat(blocks.hasRoom(StorageLevel.MEMORY_ONLY)).isFalse();
        tracker.release(time(2));
        assertThat(blocks.bytesInMemory()).isZero();
    }

    @Test
    void thereIsRoomAgainWhenABatchIsReleased() throws Exception {
        add(1, 2, 3, 4, 5);
        batch(1);
        add(6, 7, 8, 9, 10);
        CompletableFuture<Void> room = CompletableFuture.runAsync(this::awaitRoom);
        assertThat(room).isNotDone();
        tracker.release(time(1));
        room.get();
    }

    @Test
    void aClosedTrackerDoesNotMakeAnyoneWait() {
        add(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        tracker.close();
        awaitRoom();
    }

    private void awaitRoom() {
        try {
            tracker.awaitRoom();
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }

    private void add(Integer... records) {
        tracker.add(Blocks.block(blocks, List.of(records)));
    }

    private List<Block<Integer>> batch(int second) {
        return tracker.allocate(time(second));
    }

    private static Instant time(int second) {
        return Instant.ofEpochSecond(second);
    }

    private static List<Integer> records(List<Block<Integer>> blocks) {
        return Blocks.records(blocks);
    }
}
