package io.dstream.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.input.Block;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.BlockStore;
import java.time.Instant;
import java.util.List;
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
        Background room = Background.run(() -> assertThat(tracker.awaitRoom()).isTrue());
        room.awaitWaiting();
        tracker.release(time(1));
        room.get();
    }

    @Test
    void nobodyWaitsAfterTheStopAndThereIsNoRoomForThat() throws Exception {
        add(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        Background room = Background.run(() -> assertThat(tracker.awaitRoom()).isFalse());
        room.awaitWaiting();
        tracker.stopWaiting();
        room.get();
        assertThat(tracker.awaitRoom()).isFalse();
        batch(1);
        batch(2);
        batch(3);
        tracker.release(time(3));
        assertThat(tracker.awaitRoom()).isTrue();
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
