package io.dstream.receiver;

import io.dstream.input.Block;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Knows which blocks wait for a batch and which batch has which blocks, until they are released.
 *
 * <p>Thread-safe. What is kept is bounded by whoever asks {@link #awaitRoom} before adding a block.
 */
final class BlockTracker<T> {

    private final int maxRecordsPerBatch;
    private final BooleanSupplier room;
    // Mutable state, guarded by this
    private final Deque<Block<T>> unallocated = new ArrayDeque<>();
    private final Map<Instant, List<Block<T>>> allocated = new HashMap<>();
    private boolean stopping; // nobody waits any more

    /**
     * @param maxRecordsPerBatch how many records a batch may have
     * @param room whether there is room for further blocks, which changes when some are released
     */
    BlockTracker(int maxRecordsPerBatch, BooleanSupplier room) {
        this.maxRecordsPerBatch = maxRecordsPerBatch;
        this.room = room;
    }

    /**
     * Takes what earlier runs have left.
     *
     * @param ofBatches the blocks of the batches that are to be read again
     * @param waiting those that are in no batch yet
     */
    synchronized void restore(Map<Instant, List<Block<T>>> ofBatches, List<Block<T>> waiting) {
        allocated.putAll(ofBatches);
        unallocated.addAll(waiting);
    }

    /**
     * Waits until there is room for a further block, or nobody waits for that any more.
     *
     * @return whether there is room
     */
    synchronized boolean awaitRoom() throws InterruptedException {
        while (!hasRoom() && !stopping) {
            wait();
        }
        return hasRoom();
    }

    /** Whether a further block may be added. */
    boolean hasRoom() {
        return room.getAsBoolean();
    }

    /** Makes {@link #awaitRoom} return at once from now on. */
    synchronized void stopWaiting() {
        stopping = true;
        notifyAll();
    }

    synchronized void add(Block<T> block) {
        unallocated.add(block);
    }

    /** Gives a batch the blocks that wait, as far as it may have them; a batch that has blocks keeps them. */
    synchronized List<Block<T>> allocate(Instant batchTime) {
        return allocated.computeIfAbsent(batchTime, time -> takeForBatch());
    }

    synchronized List<Block<T>> blocksOf(Instant batchTime) {
        return allocated.getOrDefault(batchTime, List.of());
    }

    synchronized boolean hasUnallocated() {
        return !unallocated.isEmpty();
    }

    /** Lets go of the blocks of all batches up to a time, and returns them. */
    List<Block<T>> release(Instant upTo) {
        List<Block<T>> released = takeUpTo(upTo);
        released.forEach(Block::release);
        tellRoom();
        return released;
    }

    private synchronized List<Block<T>> takeUpTo(Instant upTo) {
        List<Instant> over =
                allocated.keySet().stream().filter(time -> !time.isAfter(upTo)).toList();
        return over.stream()
                .map(allocated::remove)
                .filter(Objects::nonNull)
                .flatMap(List::stream)
                .toList();
    }

    private synchronized void tellRoom() {
        notifyAll();
    }

    private List<Block<T>> takeForBatch() {
        List<Block<T>> taken = new ArrayList<>();
        int left = maxRecordsPerBatch;
        while (left > 0 && !unallocated.isEmpty()) {
            Block<T> block = unallocated.remove();
            if (block.size() > left) {
                unallocated.addFirst(block.tail(left));
                block = block.head(left);
            }
            taken.add(block);
            left -= block.size();
        }
        return taken;
    }

    static long sizeOf(List<? extends Block<?>> blocks) {
        return blocks.stream().mapToLong(Block::size).sum();
    }
}
