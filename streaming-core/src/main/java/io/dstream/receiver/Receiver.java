package io.dstream.receiver;

import io.dstream.function.StreamingException;
import io.dstream.rdd.StorageLevel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes in records from a system that pushes them: extend it to connect one.
 *
 * <p>{@code onStart} is called by a thread of the receiver's own. It may do all the work there, for as long as the
 * receiver is not stopped, or start threads and return. {@code onStop}, called by another thread as long as {@code onStart} runs,
 * must make it return and those threads end. Both are called again for every restart, one after the other. An exception from
 * {@code onStart}, or one that ends a thread which was started in it and is in its group, restarts the receiver, after a delay that
 * doubles as long as nothing is stored. A thread that an earlier start has left behind restarts nothing when it fails.
 *
 * <p>The other methods are thread-safe; they may be called from the moment {@code onStart} is called.
 *
 * <p>There are two ways to store. Single records are gathered into blocks: fast, and for systems that cannot send a record
 * again, because {@code store} returns before the record is safe. Records that are stored together are one block, and the call
 * returns when that is kept: a receiver may acknowledge them to its system then.
 *
 * @param <T> type of the records
 */
public abstract class Receiver<T> {

    private final StorageLevel storageLevel;

    // Mutable state
    private volatile @Nullable ReceiverSupervisor<T> supervisor; // set before the first onStart

    /** One whose records are kept in memory until their batch has ended. */
    protected Receiver() {
        this(StorageLevel.MEMORY_ONLY);
    }

    /**
     * @param storageLevel where records are kept until their batch has ended; not {@link StorageLevel#NONE}. Records that may
     *     have to become bytes have to be of allowed classes, as those in object files
     * @throws IllegalArgumentException if {@code storageLevel} is {@link StorageLevel#NONE}
     */
    protected Receiver(StorageLevel storageLevel) {
        if (storageLevel == StorageLevel.NONE) {
            throw new IllegalArgumentException("'storageLevel' must be a level that keeps records, but was NONE");
        }
        this.storageLevel = storageLevel;
    }

    /**
     * Looks at what the receiver was configured with, before it is started by the start of its pipeline; what this throws fails that start. Called by
     * the thread that starts the pipeline, without a wait for other systems: that they are away is for {@link #onStart}. Nothing else
     * of the receiver may be used here.
     */
    protected void checkConfiguration() {}

    /** Connects and takes in records; may block until the receiver is stopped. */
    protected abstract void onStart() throws Exception;

    /** Lets go of what {@code onStart} holds and makes it, and the threads it started, end. */
    protected abstract void onStop() throws Exception;

    /** What kind of receiver this is: the first part of its input's id. */
    protected String kind() {
        return "receiver";
    }

    /**
     * Adds a record, which may be null, to the current block. Returns before the record is in a batch; waits while the pipeline cannot keep
     * up, or more would be stored than the rate allows. While the pipeline stops, it waits no more.
     *
     * @throws IllegalStateException if the receiver was stopped by {@link #stop(String)} or has ended, or if its pipeline stops and
     *     there is no room: the record is not accepted
     * @throws StreamingException if it may have to become bytes and is the first of a class that cannot, naming the class and the
     *     remedy: the record is not accepted, which is reported. Who catches it leaves the record out; else it ends
     *     {@code onStart} or its thread, which restarts the receiver
     * @throws InterruptedException if the calling thread is interrupted while it waits: the record is not accepted
     */
    protected final void store(T record) throws InterruptedException {
        requireSupervisor().store(record);
    }

    /**
     * Makes one block of some records, behind all that were stored before. Returns when it is kept; waits as {@link #store(Object)}
     * does.
     *
     * @param records in their order; copied. If there are none, there is no block, but all that were stored before are kept when this
     *     returns
     * @throws IllegalStateException as {@link #store(Object)}: no record is accepted
     * @throws StreamingException if they cannot be kept, naming what is to be done: no record is accepted, which is reported. Who
     *     catches it may store them again
     * @throws InterruptedException if the calling thread is interrupted while it waits: no record is accepted
     */
    protected final void store(Collection<? extends T> records) throws InterruptedException {
        store(records.iterator());
    }

    /**
     * As {@link #store(Collection)}. What the iterator throws is thrown, and no record is accepted.
     *
     * @param records read to its end by the calling thread
     */
    protected final void store(Iterator<? extends T> records) throws InterruptedException {
        requireSupervisor().storeTogether(listOf(records));
    }

    /**
     * As {@link #store(Collection)}, of records that a {@linkplain io.dstream.storage.Codec codec} has encoded as a list, such as
     * another process sends them. They are decoded here, so that bytes which are no records fail this call, and no batch.
     *
     * @param bytes the bytes from its position to its limit, which are left as they are
     * @throws StreamingException also if the bytes are no list, or something in it is not of an allowed class
     */
    protected final void storeEncoded(ByteBuffer bytes) throws InterruptedException {
        ReceiverSupervisor<T> current = requireSupervisor();
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        current.storeEncoded(copy);
    }

    /**
     * Makes an error visible, in events and in the receiver's information, and goes on. Errors that come within a second of one that
     * was told are counted.
     */
    protected final void reportError(String message, @Nullable Throwable cause) {
        requireSupervisor().reportError(message, cause);
    }

    /**
     * Stops the receiver and starts it again after a delay, which doubles as long as nothing is stored; returns at once. A second
     * call before that does nothing. If {@code onStart} has not returned five seconds after {@code onStop}, its thread is interrupted.
     */
    protected final void restart(String message, @Nullable Throwable cause) {
        requireSupervisor().restart(message, cause, null);
    }

    /**
     * As {@link #restart(String, Throwable)}, after this delay.
     *
     * @param delay not negative; zero if at once, also when that is asked for in every start
     * @throws IllegalArgumentException if {@code delay} is negative
     */
    protected final void restart(String message, @Nullable Throwable cause, Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("'delay' must not be negative, but was " + delay);
        }
        requireSupervisor().restart(message, cause, delay);
    }

    /** Stops the receiver until its pipeline is started again; returns at once. Nothing is accepted from then on. */
    protected final void stop(String message) {
        stop(message, null);
    }

    /**
     * As {@link #stop(String)}.
     *
     * @param cause what made it necessary, which is reported; null if nothing is wrong
     */
    protected final void stop(String message, @Nullable Throwable cause) {
        requireSupervisor().stopForGood(message, cause);
    }

    /** Whether the receiver is to end its work: it is stopped, or about to be restarted. */
    protected final boolean isStopped() {
        return requireSupervisor().isAttemptOver();
    }

    final StorageLevel storageLevel() {
        return storageLevel;
    }

    final synchronized void attach(ReceiverSupervisor<T> newSupervisor) {
        ReceiverSupervisor<T> current = supervisor;
        if (current != null && !current.isEnded()) {
            throw new IllegalStateException(
                    "The receiver feeds another stream already; make one for each stream, or use that stream twice");
        }
        supervisor = newSupervisor;
    }

    private static <T> List<T> listOf(Iterator<? extends T> records) {
        List<T> list = new ArrayList<>();
        records.forEachRemaining(list::add);
        return list;
    }

    private ReceiverSupervisor<T> requireSupervisor() {
        ReceiverSupervisor<T> current = supervisor;
        if (current == null) {
            throw new IllegalStateException(
                    "The receiver is not started; this method may be called from onStart() on, not before");
        }
        return current;
    }
}
