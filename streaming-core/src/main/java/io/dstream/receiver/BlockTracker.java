package io.dstream.receiver;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows which blocks wait for a batch and which batch has which blocks, until they are released.
 *
 * <p>Thread-safe. Memory is bounded by whoever asks {@link #awaitRoom} before adding a block.
 */
final class BlockTracker<T> {

    private final int maxRecordsPerBatch;
    // Mutable state, guarded by this
    private final Deque<Block<T>> unallocated = new ArrayDeque<>();
    private final Map<Instant, List<Block<T>>> allocated = new HashMap<>();
    private long held; // records in both
    private boolean closing;

    /**
     * @param maxRecordsPerBatch how many records a batch may have, and a block; twice as many may be held
     */
    BlockTracker(int maxRecordsPerBatch) {
        this.maxRecordsPerBatch = maxRecordsPerBatch;
    }

    /** Waits until there is room for more records, or until the tracker takes the last ones whatever the room. */
    synchronized void awaitRoom() throws InterruptedException {
        while (!hasRoom()) {
            wait();
        }
    }

    /** Whether a further block may be added: as many records as a batch may have are in batches, or wait, at most. */
    synchronized boolean hasRoom() {
        return held <= maxRecordsPerBatch || closing;
    }

    /** Makes {@link #awaitRoom} return at once from now on: what is left is in memory already. */
    synchronized void close() {
        closing = true;
        notifyAll();
    }

    synchronized void add(Block<T> block) {
        unallocated.add(block);
        held += block.size();
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

    /** Lets go of the blocks of all batches up to a time. */
    synchronized void release(Instant upTo) {
        allocated.entrySet().removeIf(batch -> {
            boolean over = !batch.getKey().isAfter(upTo);
            held -= over ? sizeOf(batch.getValue()) : 0;
            return over;
        });
        notifyAll();
    }

    private List<Block<T>> takeForBatch() {
        List<Block<T>> taken = new ArrayList<>();
        int room = maxRecordsPerBatch;
        while (room > 0 && !unallocated.isEmpty()) {
            Block<T> block = unallocated.remove();
            if (block.size() > room) {
                unallocated.addFirst(block.tail(room));
                block = block.head(room);
            }
            taken.add(block);
            room -= block.size();
        }
        return taken;
    }

    static long sizeOf(List<? extends Block<?>> blocks) {
        return blocks.stream().mapToLong(Block::size).sum();
    }
}
