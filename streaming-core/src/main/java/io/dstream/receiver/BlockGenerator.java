package io.dstream.receiver;

import io.dstream.function.StreamingException;
import io.dstream.input.Block;
import io.dstream.input.LoggedBlocks;
import io.dstream.input.SourceUnavailableException;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.BlockStore;
import io.dstream.storage.RowSizes;
import io.dstream.storage.StoredRows;
import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import io.dstream.time.StreamThread;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes blocks of what a receiver stores, and keeps them where they are to be: single records are gathered, and a thread of its
 * own cuts a block of them at every block interval; {@link #cut} cuts one more when a batch is allocated, so that a record stored
 * before a tick is in the batch of that tick. Records stored together are a block at once.
 *
 * <p>Thread-safe. Blocks are in the order in which records were accepted. A full buffer, no room for further blocks, or a pause,
 * make both wait.
 *
 * <p>With a write-ahead log a block counts once it is written there. While the log cannot be written, blocks wait in the generator, and
 * records stored together with them; every cut tries again.
 */
final class BlockGenerator<T> {

    private final Limits limits;
    private final StorageLevel level;
    private final StreamClock clock;
    private final RateLimiter limiter;
    private final BlockStore blocks;
    private final BlockTracker<T> tracker;
    private final LoggedBlocks<T> log;
    private final Consumer<Exception> onFailure;
    private final StreamThread thread;
    private final Signal closing = new Signal();

    /** Held while blocks are cut and kept, so that they stay in order; writing files happens under it. */
    private final ReentrantLock handingOver = new ReentrantLock();

    // Mutable state
    private Instant nextCut = Instant.MAX; // of the thread, once it is started
    private boolean failing; // the last block could not be kept; guarded by handingOver
    private @Nullable SourceUnavailableException unwritable; // what the log has met; guarded by handingOver
    private final Deque<Buffer<T>> cut = new ArrayDeque<>(); // and to be kept; this and all below guarded by this
    private Buffer<T> buffer = new Buffer<>();
    private final RowSizes sizes = new RowSizes();
    private long records; // in the buffer and those that were cut
    private long bytes;
    private boolean paused;
    private boolean releasing; // nothing makes a receiver wait any more
    private boolean closed;

    /**
     * @param blockInterval how often a block is cut
     * @param records how many records may wait to be kept
     * @param bytes how many bytes of memory these may take, by estimate
     */
    record Limits(Duration blockInterval, int records, long bytes) {}

    /**
     * @param name names the thread
     * @param limits how much may wait, and how long
     * @param level where blocks are kept
     * @param clock tells when to cut
     * @param limiter slows down what is stored
     * @param blocks keeps blocks
     * @param tracker gets the blocks that are kept
     * @param log where blocks are written before that
     * @param onFailure is told when blocks cannot be kept; once, until one can again
     */
    BlockGenerator(
            String name,
            Limits limits,
            StorageLevel level,
            StreamClock clock,
            RateLimiter limiter,
            BlockStore blocks,
            BlockTracker<T> tracker,
            LoggedBlocks<T> log,
            Consumer<Exception> onFailure) {
        this.limits = limits;
        this.level = level;
        this.clock = clock;
        this.limiter = limiter;
        this.blocks = blocks;
        this.tracker = tracker;
        this.log = log;
        this.onFailure = onFailure;
        this.thread = StreamThread.daemon(name + "-blocks", this::cutRegularly);
    }

    /** Cuts the first block one interval from now. */
    void start() {
        nextCut = clock.now().plus(limits.blockInterval());
        thread.start();
    }

    /**
     * Adds a record to the current block.
     *
     * @throws IllegalStateException if the generator is closed
     * @throws StreamingException if it is the first of a class that cannot be encoded, and may have to be
     */
    void store(T record) throws InterruptedException {
        blocks.requireEncodable(record, log.isWriting() ? StorageLevel.MEMORY_ONLY_SER : level);
        limiter.acquire(1);
        synchronized (this) {
            while (mustWait()) {
                wait();
            }
            requireOpen();
            long size = sizes.of(record);
            buffer.add(record, size);
            records++;
            bytes += size;
        }
    }

    /**
     * Makes one block of records, behind all that were stored before, and returns when it is kept.
     *
     * @param together not modified afterwards
     * @throws IllegalStateException if the generator is closed; no record is accepted
     * @throws IOException if it cannot be kept; no record is accepted
     * @throws StreamingException if one of them cannot be encoded and would have to be; no record is accepted
     */
    void storeTogether(List<T> together) throws InterruptedException, IOException {
        limiter.acquire(together.size());
        awaitResumed();
        Buffer<T> own = new Buffer<>(together, RowSizes.ofAll(together));
        if (!keepNow(own)) {
            awaitKept(own);
        }
    }

    /** Hands over what is buffered as a block, if there is anything; what cannot be kept waits for the next time. */
    void cut() {
        handingOver.lock();
        try {
            cutBuffer();
            keepCutOrTell();
        } finally {
            handingOver.unlock();
        }
    }

    /**
     * As {@link #cut}, for a batch, if there is room.
     *
     * @throws SourceUnavailableException if the log cannot be written, so that the batch has to wait
     */
    void cutForBatch() {
        handingOver.lock();
        try {
            if (tracker.hasRoom() || unwritable != null) {
                cut();
            }
            if (unwritable != null) {
                throw new SourceUnavailableException(String.valueOf(unwritable.getMessage()), unwritable.getCause());
            }
        } finally {
            handingOver.unlock();
        }
    }

    /** Whether there are records that are in no block yet. */
    synchronized boolean hasUncut() {
        return !cut.isEmpty() || !buffer.records.isEmpty();
    }

    /** Lets go of whoever waits to store: the receiver is stopping, and what it has is to be in a batch. */
    synchronized void release() {
        releasing = true;
        limiter.release();
        tracker.close();
        notifyAll();
    }

    synchronized void setPaused(boolean newPaused) {
        paused = newPaused;
        notifyAll();
    }

    /**
     * Refuses further records and hands over the last block, in memory if it cannot be kept elsewhere; but not if it has to be in a
     * log that cannot be written.
     */
    void close() {
        release();
        closing.set();
        handingOver.lock();
        try {
            setClosed();
            cut();
        } finally {
            handingOver.unlock();
        }
    }

    /** Not more than one of those who wait for room goes beyond it. */
    private void lockWithRoom() throws InterruptedException {
        handingOver.lockInterruptibly();
        while (!tracker.hasRoom()) {
            handingOver.unlock();
            tracker.awaitRoom();
            handingOver.lockInterruptibly();
        }
    }

    private boolean mustWait() {
        return (paused || records >= limits.records() || bytes >= limits.bytes()) && !releasing;
    }

    private synchronized void awaitResumed() throws InterruptedException {
        while (paused && !releasing) {
            wait();
        }
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The receiver is stopped; the record was not accepted");
        }
    }

    private synchronized void setClosed() {
        closed = true;
        notifyAll();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Keeps a block, unless the log cannot be written: then it waits, behind those that do already.
     *
     * @return whether it is kept
     */
    private boolean keepNow(Buffer<T> own) throws InterruptedException, IOException {
        lockWithRoom();
        try {
            requireOpen();
            cutBuffer();
            keepCut();
            tracker.add(logged(own.records, blocks.put(own.records, own.bytes, level)));
            unwritable = null;
            return true;
        } catch (SourceUnavailableException failure) {
            unwritable = failure;
            add(own);
            return false;
        } finally {
            handingOver.unlock();
        }
    }

    private synchronized void add(Buffer<T> own) {
        cut.add(own);
        records += own.records.size();
        bytes += own.bytes;
    }

    /** It is taken back if the caller is interrupted meanwhile, or the generator closed. */
    private void awaitKept(Buffer<T> own) throws InterruptedException {
        try {
            awaitGone(own);
        } catch (InterruptedException interruption) {
            if (takeBack(own)) {
                throw interruption;
            }
            Thread.currentThread().interrupt();
            return;
        }
        if (takeBack(own)) {
            requireOpen();
        }
    }

    private synchronized void awaitGone(Buffer<T> own) throws InterruptedException {
        while (cut.contains(own) && !closed) {
            wait();
        }
    }

    /** Whether it was not kept; never while it is being written. */
    private boolean takeBack(Buffer<T> own) {
        handingOver.lock();
        try {
            return remove(own);
        } finally {
            handingOver.unlock();
        }
    }

    private synchronized void cutBuffer() {
        if (!buffer.records.isEmpty()) {
            cut.add(buffer);
            buffer = new Buffer<>();
        }
    }

    private void keepCutOrTell() {
        try {
            keepCut();
            unwritable = null;
        } catch (IOException failure) {
            tell(failure);
        } catch (SourceUnavailableException failure) {
            unwritable = failure;
            tell(failure);
        }
    }

    private void tell(Exception failure) {
        if (!failing) {
            onFailure.accept(failure);
        }
        failing = true;
    }

    private void keepCut() throws IOException {
        for (Buffer<T> next = firstCut(); next != null; next = firstCut()) {
            tracker.add(kept(next));
            failing = false;
            remove(next);
        }
    }

    /** A record that cannot be encoded was accepted before that was found out. */
    private Block<T> kept(Buffer<T> next) throws IOException {
        try {
            return logged(next.records, stored(next));
        } catch (SourceUnavailableException unwritten) {
            throw unwritten;
        } catch (StreamingException notEncodable) {
            onFailure.accept(notEncodable);
            return Block.of(inMemory(next));
        }
    }

    /** What cannot be written is not kept. */
    private Block<T> logged(List<T> block, StoredRows<T> rows) {
        try {
            return log.write(block, rows);
        } catch (RuntimeException | Error failure) {
            rows.release();
            throw failure;
        }
    }

    /** In memory at the end, if it cannot be elsewhere. */
    private StoredRows<T> stored(Buffer<T> next) throws IOException {
        try {
            return blocks.put(next.records, next.bytes, level);
        } catch (IOException failure) {
            if (!isClosed()) {
                throw failure;
            }
            tell(failure);
            return inMemory(next);
        }
    }

    private StoredRows<T> inMemory(Buffer<T> next) {
        try {
            return blocks.put(next.records, next.bytes, StorageLevel.MEMORY_ONLY);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private synchronized @Nullable Buffer<T> firstCut() {
        return cut.peek();
    }

    private synchronized boolean remove(Buffer<T> kept) {
        boolean removed = cut.remove(kept);
        if (removed) {
            records -= kept.records.size();
            bytes -= kept.bytes;
            notifyAll();
        }
        return removed;
    }

    private void cutRegularly() {
        try {
            while (!clock.await(closing, nextCut)) {
                tracker.awaitRoom();
                cut();
                nextCut = nextCut();
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** Intervals that have passed meanwhile, while there was no room, are passed over. */
    private Instant nextCut() {
        Instant next = nextCut.plus(limits.blockInterval());
        Instant now = clock.now();
        return next.isBefore(now) ? now : next;
    }

    /** A block in the making. */
    private static final class Buffer<T> {

        // Mutable state
        private final List<T> records;
        private long bytes;

        Buffer() {
            this(new ArrayList<>(), 0);
        }

        Buffer(List<T> records, long bytes) {
            this.records = records;
            this.bytes = bytes;
        }

        void add(T record, long size) {
            records.add(record);
            bytes += size;
        }
    }
}
