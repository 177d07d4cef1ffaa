package io.dstream.receiver;

import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import io.dstream.time.StreamThread;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers single records into blocks: a thread of its own cuts one at every block interval, and {@link #cut} one more
 * when a batch is allocated, so that a record stored before a tick is in the batch of that tick.
 *
 * <p>Thread-safe. A full buffer, or a pause, makes {@link #store} wait.
 */
final class BlockGenerator<T> {

    private final Duration interval;
    private final int maxBuffered;
    private final StreamClock clock;
    private final BlockTracker<T> tracker;
    private final StreamThread thread;
    private final Signal closing = new Signal();

    // Mutable state
    private Instant nextCut = Instant.MAX; // of the thread, once it is started; all below guarded by this
    private List<T> buffer = new ArrayList<>();
    private boolean paused;
    private boolean releasing; // nothing makes a receiver wait any more
    private boolean closed;

    /**
     * @param name names the thread
     * @param interval how often a block is cut
     * @param maxBuffered how many records may wait for the next cut
     * @param clock tells when to cut
     * @param tracker gets the blocks
     */
    BlockGenerator(String name, Duration interval, int maxBuffered, StreamClock clock, BlockTracker<T> tracker) {
        this.interval = interval;
        this.maxBuffered = maxBuffered;
        this.clock = clock;
        this.tracker = tracker;
        this.thread = StreamThread.daemon(name + "-blocks", this::cutRegularly);
    }

    /** Cuts the first block one interval from now. */
    void start() {
        nextCut = clock.now().plus(interval);
        thread.start();
    }

    /**
     * Adds a record to the current block.
     *
     * @throws IllegalStateException if the generator is closed
     */
    synchronized void store(T record) throws InterruptedException {
        while ((paused || buffer.size() >= maxBuffered) && !releasing) {
            wait();
        }
        if (closed) {
            throw new IllegalStateException("The receiver is stopped; the record was not accepted");
        }
        buffer.add(record);
    }

    /** Hands over what is buffered as a block, if there is anything. */
    synchronized void cut() {
        if (!buffer.isEmpty()) {
            tracker.add(new Block<>(buffer));
            buffer = new ArrayList<>();
            notifyAll();
        }
    }

    /** Lets go of whoever waits in {@link #store}: the receiver is stopping, and what it has is to be in a batch. */
    synchronized void release() {
        releasing = true;
        tracker.close();
        notifyAll();
    }

    synchronized void setPaused(boolean newPaused) {
        paused = newPaused;
        notifyAll();
    }

    /** Refuses further records and hands over the last block. */
    synchronized void close() {
        release();
        closed = true;
        closing.set();
        cut();
    }

    private void cutRegularly() {
        try {
            while (!clock.await(closing, nextCut)) {
                tracker.awaitRoom();
                cut();
                nextCut = nextCut.plus(interval);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
