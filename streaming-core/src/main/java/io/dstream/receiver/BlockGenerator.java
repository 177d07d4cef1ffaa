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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes blocks of what a receiver stores, and keeps them where they are to be: single records are gathered, and a thread of its
 * own cuts a block of them at every block interval; {@link #cut} cuts one more when a batch is allocated, so that a record stored
 * before a tick is in the batch of that tick. Records stored together are a block at once.
 *
 * <p>Thread-safe. Blocks are in the order in which records were accepted. A full buffer, no room for further blocks, or a pause,
 * make both wait. From {@link #stopWaiting} on nobody waits: who waits then is let in, and whoever comes later and would have to
 * wait for room is refused. So memory is bounded while a receiver stops, however long it takes.
 *
 * <p>With a write-ahead log a block counts once it is written there. While the log cannot be written, blocks wait in the generator, and
 * so does whoever stores records together; every cut tries again. Records stored one by one that cannot be encoded are blocks by
 * themselves, in memory alone; those around them are not affected.
 */
final class BlockGenerator<T> {

    private final Limits limits;
    private final StorageLevel level;
    private final StreamClock clock;
    private final RateLimiter limiter;
    private final BlockStore blocks;
    private final BlockTracker<T> tracker;
    private final LoggedBlocks<T> log;
    private final Consumer<Throwable> onFailure;
    private final StreamThread thread;
    private final Signal closing = new Signal();

    /** Held while blocks are cut and kept, so that they stay in order; writing files happens under it. */
    private final ReentrantLock handingOver = new ReentrantLock();

    // Mutable state
    private Instant nextCut = Instant.MAX; // of the thread, once it is started
    private boolean failing; // the last block could not be kept; guarded by handingOver, as are the next two
    private boolean unencodable; // that some are was told
    private @Nullable SourceUnavailableException unwritable; // why the log is, for which blocks wait
    private final Deque<Buffer<T>> cut = new ArrayDeque<>(); // and to be kept; this and all below guarded by this
    private Buffer<T> buffer = new Buffer<>();
    private final RowSizes sizes = new RowSizes();
    private long records; // in the buffer and those that were cut
    private long bytes;
    private boolean paused;
    private boolean stopping; // nobody waits any more
    private boolean closed; // nothing is accepted any more

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
     * @param onFailure is told when blocks cannot be kept: once, until one can again; and once that some cannot be encoded
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
            Consumer<Throwable> onFailure) {
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
     * @throws IllegalStateException if nothing is accepted any more, or only what finds room and this does not
     * @throws StreamingException if it is the first of a class that cannot be encoded, and may have to be
     */
    void store(T record) throws InterruptedException {
        if (log.isWriting() || level.needsCodec()) {
            blocks.requireEncodable(record);
        }
        limiter.acquire(1);
        synchronized (this) {
            requireNoWait(!isFull());
            while ((paused || isFull()) && !stopping) {
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
     * Makes one block of records, behind all that were stored before, and returns when it is kept. If there are none, it makes no
     * block, but returns when those before are kept.
     *
     * @param together not modified afterwards
     * @throws IllegalStateException as {@link #store}; no record is accepted
     * @throws IOException if it cannot be kept; no record is accepted
     * @throws StreamingException if one of them cannot be encoded and would have to be; no record is accepted
     */
    void storeTogether(List<T> together) throws InterruptedException, IOException {
        limiter.acquire(together.size());
        requireNoWait(tracker.hasRoom());
        awaitResumed();
        Buffer<T> own = new Buffer<>(together, RowSizes.ofAll(together));
        if (!keepNow(own)) {
            awaitKept(own);
            own.requireAccepted();
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

    /** Lets in whoever waits to store, once: the receiver is stopping, and what it has in hand is to be in a batch. */
    synchronized void stopWaiting() {
        stopping = true;
        limiter.release();
        tracker.stopWaiting();
        notifyAll();
    }

    /** Accepts nothing more; what was accepted still becomes blocks. */
    synchronized void refuse() {
        closed = true;
        stopWaiting();
    }

    synchronized void setPaused(boolean newPaused) {
        paused = newPaused;
        notifyAll();
    }

    /**
     * Refuses further records and hands over the last block, in memory if it cannot be kept elsewhere. What has to be in a log that
     * cannot be written waits for a further cut.
     */
    void close() {
        closing.set();
        refuse();
        cut();
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
            if (!own.records.isEmpty()) {
                add(own, blocks.put(own.records, own.bytes, level));
            }
            return true;
        } catch (SourceUnavailableException failure) {
            unwritable = failure;
            enqueue(own);
            return false;
        } finally {
            handingOver.unlock();
        }
    }

    private synchronized void enqueue(Buffer<T> own) {
        cut.add(own);
        records += own.records.size();
        bytes += own.bytes;
    }

    /** It is taken back if the caller is interrupted meanwhile, or nothing is accepted any more. */
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
            throw refusal();
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

    /** Not more than one of those who wait for room goes beyond it. */
    private void lockWithRoom() throws InterruptedException {
        handingOver.lockInterruptibly();
        while (!tracker.hasRoom() && !isStopping()) {
            handingOver.unlock();
            tracker.awaitRoom();
            handingOver.lockInterruptibly();
        }
    }

    private boolean isFull() {
        return records >= limits.records() || bytes >= limits.bytes();
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    private synchronized void awaitResumed() throws InterruptedException {
        while (paused && !stopping) {
            wait();
        }
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw refusal();
        }
    }

    private synchronized void requireNoWait(boolean hasRoom) {
        if (stopping && !hasRoom) {
            throw refusal();
        }
    }

    private static IllegalStateException refusal() {
        return new IllegalStateException("The receiver is stopped; what it stores is not accepted");
    }

    private synchronized void cutBuffer() {
        if (!buffer.records.isEmpty()) {
            cut.add(buffer);
            buffer = new Buffer<>();
        }
    }

    /** An error such as a lack of memory is told as well, and its block tried again. */
    private void keepCutOrTell() {
        try {
            keepCut();
        } catch (SourceUnavailableException failure) {
            unwritable = failure;
            tell(failure);
        } catch (IOException | RuntimeException | Error failure) {
            try {
                tell(failure);
            } finally {
                keepCutInMemoryAtTheEnd();
            }
        }
    }

    private void tell(Throwable failure) {
        boolean first = !failing;
        failing = true;
        if (first) {
            onFailure.accept(failure);
        }
    }

    private void keepCut() throws IOException {
        for (Buffer<T> next = firstCut(); next != null; next = firstCut()) {
            if (!next.records.isEmpty()) {
                keep(next);
            }
            failing = false;
            remove(next);
        }
        unwritable = null;
    }

    private void keep(Buffer<T> next) throws IOException {
        try {
            add(next, blocks.put(next.records, next.bytes, level));
        } catch (SourceUnavailableException unwritten) {
            throw unwritten;
        } catch (StreamingException | StackOverflowError notEncodable) {
            tellUnencodable(next, notEncodable);
            refuseOrKeepUnlogged(next, notEncodable);
        }
    }

    /** Whoever awaits a block hears that it was refused; others were accepted before anybody could know. */
    private void refuseOrKeepUnlogged(Buffer<T> next, Throwable failure) {
        if (next.awaited) {
            next.refusal = failure;
        } else if (next.sorted) {
            tracker.add(Block.of(inMemory(next)));
        } else {
            replace(next, next.runs(blocks::isEncodable));
        }
    }

    /** They are kept next, in their order. */
    private synchronized void replace(Buffer<T> first, List<Buffer<T>> runs) {
        cut.remove(first);
        bytes -= first.bytes;
        for (int i = runs.size() - 1; i >= 0; i--) {
            cut.addFirst(runs.get(i));
            bytes += runs.get(i).bytes;
        }
    }

    private void tellUnencodable(Buffer<T> next, Throwable failure) {
        boolean first = !unencodable && !next.awaited;
        unencodable |= first;
        if (first) {
            onFailure.accept(failure);
        }
    }

    /** What cannot be written is not kept. */
    private void add(Buffer<T> next, StoredRows<T> rows) {
        try {
            tracker.add(log.write(next.records, rows));
        } catch (RuntimeException | Error failure) {
            rows.release();
            throw failure;
        }
    }

    private void keepCutInMemoryAtTheEnd() {
        if (!closing.isSet()) {
            return;
        }
        try {
            for (Buffer<T> next = firstCut(); next != null; next = firstCut()) {
                if (!next.records.isEmpty()) {
                    keepInMemory(next);
                }
                remove(next);
            }
        } catch (SourceUnavailableException failure) {
            unwritable = failure;
        }
    }

    private void keepInMemory(Buffer<T> next) {
        try {
            add(next, inMemory(next));
        } catch (SourceUnavailableException unwritten) {
            throw unwritten;
        } catch (RuntimeException | Error notWritten) {
            refuseOrKeepUnlogged(next, notWritten);
        }
    }

    private StoredRows<T> inMemory(Buffer<T> next) {
        return blocks.putInMemory(next.records, next.bytes);
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
                if (tracker.awaitRoom()) {
                    cut();
                }
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

        private final boolean awaited; // by whoever stores the records
        private final boolean sorted; // either all of them can be encoded or none

        // Mutable state
        private final List<T> records;
        private long bytes;
        private @Nullable Throwable refusal; // why they are not accepted; before it is removed from those that were cut

        Buffer() {
            this(new ArrayList<>(), 0, false, false);
        }

        /** Of records that somebody stores together and waits for. */
        Buffer(List<T> records, long bytes) {
            this(records, bytes, true, false);
        }

        private Buffer(List<T> records, long bytes, boolean awaited, boolean sorted) {
            this.records = records;
            this.bytes = bytes;
            this.awaited = awaited;
            this.sorted = sorted;
        }

        /** The same records, divided wherever one follows another that is not like it. */
        List<Buffer<T>> runs(Predicate<T> isEncodable) {
            List<Buffer<T>> runs = new ArrayList<>();
            boolean encodable = false; // those of the last run
            for (T record : records) {
                boolean isLike = isEncodable.test(record) == encodable;
                if (!isLike || runs.isEmpty()) {
                    encodable = isLike == encodable;
                    runs.add(new Buffer<>(new ArrayList<>(), 0, false, true));
                }
                runs.get(runs.size() - 1).add(record, RowSizes.ofAll(List.of(record)));
            }
            return runs;
        }

        void requireAccepted() {
            if (refusal != null) {
                throw StreamingException.unchecked(refusal);
            }
        }

        void add(T record, long size) {
            records.add(record);
            bytes += size;
        }
    }
}
