package io.dstream.receiver;

import io.dstream.event.ReceiverInfo.State;
import io.dstream.function.StreamingException;
import io.dstream.input.InputContext;
import io.dstream.storage.Codec;
import io.dstream.time.Backoff;
import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import io.dstream.time.StreamThread;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a receiver going: starts it on a thread of its own, and starts it again after every failure, with a delay that
 * doubles while nothing is stored.
 *
 * <p>Thread-safe. One supervisor serves one start of the pipeline.
 */
final class ReceiverSupervisor<T> {

    private static final Logger log = LoggerFactory.getLogger(ReceiverSupervisor.class);
    private static final String FAILED = "The receiver failed";
    private static final String REFUSED = "What the receiver stores is refused";

    private final Receiver<T> receiver;
    private final BlockGenerator<T> generator;
    private final ReceiverReport report;
    private final Codec<Object> codec;
    private final Duration restartDelay;
    private final Duration patience;
    private final StreamClock clock;
    private final String name;
    private final ReceiverThreads threads;
    private final StreamThread thread;
    private final Signal stopping = new Signal();
    private final Signal ended = new Signal();

    /** Which start has started a thread, as a number from 1; inherited by the threads that such a thread starts. */
    private final InheritableThreadLocal<Integer> startedBy = new InheritableThreadLocal<>();

    // Mutable state
    private volatile @Nullable Instant patienceEnd; // from the first call of initiateStop on, in real time
    private int starts; // of the supervisor's thread
    private volatile boolean stored; // since the last start of the receiver
    private volatile Attempt attempt = new Attempt(0); // replaced by the supervisor's thread

    /**
     * @param receiver what is kept going
     * @param generator gets what is stored
     * @param report is told what happens
     * @param codec decodes what is stored as bytes
     * @param restartDelay the first delay before a restart
     * @param patience how long, in real time, what is told to end may take before it is interrupted
     * @param context of the input that the receiver feeds
     */
    ReceiverSupervisor(
            Receiver<T> receiver,
            BlockGenerator<T> generator,
            ReceiverReport report,
            Codec<Object> codec,
            Duration restartDelay,
            Duration patience,
            InputContext context) {
        this.receiver = receiver;
        this.generator = generator;
        this.report = report;
        this.codec = codec;
        this.restartDelay = restartDelay;
        this.patience = patience;
        this.clock = context.clock();
        this.name = context.pipeline() + "-" + context.input();
        this.threads = new ReceiverThreads("dstream-" + name, this);
        this.thread = StreamThread.daemon(threads, name, this::supervise);
    }

    /**
     * Starts the receiver on its thread.
     *
     * @throws IllegalStateException if another supervisor keeps the receiver going
     */
    void start() {
        receiver.attach(this);
        thread.start();
    }

    boolean isEnded() {
        return ended.isSet();
    }

    /** Tells the receiver to stop; does not wait for it. */
    void initiateStop() {
        if (patienceEnd == null) {
            patienceEnd = fromNow();
        }
        stopping.set();
        Attempt current = attempt;
        current.claimEnd(null);
        current.end();
    }

    /** Waits for the receiver's thread to end; it is interrupted if that takes too long since it was told to stop. */
    void awaitStop() throws InterruptedException {
        Instant deadline = patienceEnd;
        if (!endsUntil(deadline == null ? fromNow() : deadline)) {
            log.warn("{} does not end; its thread is interrupted", thread.getName());
            interrupt();
        }
    }

    /**
     * Makes sure that the receiver's thread has ended, so that the receiver can be started again.
     *
     * @throws IllegalStateException if it does not end, even by an interrupt
     */
    void requireGone() throws InterruptedException {
        if (!ended.isSet()) {
            interrupt();
        }
        if (!endsUntil(fromNow())) {
            throw new IllegalStateException(
                    thread.getName() + " of the last run has not ended: onStop() must make" + " onStart() return");
        }
    }

    private void interrupt() {
        thread.interrupt();
        attempt.interruptStop();
    }

    private Instant fromNow() {
        return StreamClock.system().now().plus(patience);
    }

    private boolean endsUntil(Instant deadline) throws InterruptedException {
        return StreamClock.system().await(ended, deadline);
    }

    /** What is refused is told; whether the receiver goes on is for whoever stores to decide. */
    void store(T record) throws InterruptedException {
        try {
            generator.store(record);
        } catch (StreamingException refusal) {
            reportError(REFUSED, refusal);
            throw refusal;
        }
        if (!stored) {
            stored = true;
        }
    }

    /**
     * Stores records together; refuses them as {@link #store} does.
     *
     * @param together not modified afterwards
     */
    void storeTogether(List<T> together) throws InterruptedException {
        try {
            generator.storeTogether(together);
            stored = true;
        } catch (IOException | StreamingException failure) {
            reportError(REFUSED, failure);
            throw failure instanceof StreamingException refusal
                    ? refusal
                    : new StreamingException(String.valueOf(failure.getMessage()), failure);
        }
    }

    /** As {@link #storeTogether}, of what a codec has encoded. */
    void storeEncoded(byte[] bytes) throws InterruptedException {
        List<T> together;
        try {
            together = decode(bytes);
        } catch (StreamingException refusal) {
            reportError(REFUSED, refusal);
            throw refusal;
        }
        storeTogether(together);
    }

    @SuppressWarnings("unchecked") // that they are T is for the receiver to know
    private List<T> decode(byte[] bytes) {
        if (codec.decode(bytes) instanceof List<?> records) {
            return (List<T>) records;
        }
        throw new StreamingException("Bytes were stored that are not those of a list; encode the records as one");
    }

    void reportError(String message, @Nullable Throwable cause) {
        report.reported(message, cause);
    }

    /**
     * Ends the receiver and starts it again; does nothing if it is to be ended already.
     *
     * @param delay before the start; null for the one that doubles
     * @return whether it is this call that ends it
     */
    boolean restart(String message, @Nullable Throwable cause, @Nullable Duration delay) {
        Attempt current = attempt;
        boolean first = current.claimEnd(delay);
        if (first) {
            report.error(message, cause); // before anybody is told that it has ended
            current.end();
        }
        return first;
    }

    /**
     * As {@link #restart}, for a thread that the receiver started and that has ended by a failure; called by that thread. If it was
     * left behind by an earlier start, it is only told.
     */
    boolean restartAfterFailureOf(Thread failed, Throwable failure) {
        Integer start = startedBy.get();
        Attempt current = attempt;
        if (start != null && start != current.number && !isAttemptOver()) {
            report.error("The thread '" + failed.getName() + "' of an earlier start of the receiver failed", failure);
            return true;
        }
        return restart("The thread '" + failed.getName() + "' of the receiver failed", failure, null);
    }

    void stopForGood(String message, @Nullable Throwable cause) {
        log.info("{} stops: {}", thread.getName(), message);
        if (cause != null) {
            report.error(message, cause);
        }
        initiateStop(); // first: whoever is refused then is no failure of the receiver
        generator.refuse();
    }

    boolean isAttemptOver() {
        return attempt.isOver() || stopping.isSet();
    }

    private void supervise() {
        try {
            Backoff backoff = new Backoff(restartDelay);
            Attempt last;
            do {
                last = runAttempt();
                if (stored) {
                    backoff.reset();
                }
            } while (isRestartDue(last.delayOr(backoff)));
        } finally {
            threads.leave();
            ended.set();
        }
    }

    /** What ends the thread is the signal: an interrupt may be one that came too late for {@code onStart}. */
    private boolean isRestartDue(Duration delay) {
        Instant due = clock.now().plus(delay);
        boolean isStopped = uninterruptibly(() -> clock.await(stopping, due));
        if (!isStopped) {
            report.restarted();
        }
        return !isStopped;
    }

    /** A wait that an interrupt begins anew. */
    private interface Waiting {
        boolean await() throws InterruptedException;
    }

    private static boolean uninterruptibly(Waiting waiting) {
        while (true) {
            try {
                return waiting.await();
            } catch (InterruptedException meantForTheReceiver) {
                log.debug("Thread {} was interrupted and waits on", Thread.currentThread());
            }
        }
    }

    private Attempt runAttempt() {
        starts++;
        Attempt current = new Attempt(starts);
        attempt = current;
        startedBy.set(starts);
        stored = false;
        if (!stopping.isSet()) {
            report.started();
            try {
                current.run();
            } finally {
                report.stopped(stopping.isSet() ? State.STOPPED : State.RESTARTING);
            }
        }
        return current;
    }

    /**
     * From a call of {@code onStart} to the one call of {@code onStop} that answers it. While {@code onStart} runs, a thread of
     * its own calls {@code onStop}: who ends the attempt may be a thread that {@code onStop} waits for, or must not be held up. It
     * also interrupts {@code onStart} if that does not return, so that a restart does not depend on it.
     */
    private final class Attempt {

        private final int number;
        private final Signal over = new Signal();
        private final Signal startReturned = new Signal();
        private final Signal stopCalled = new Signal(); // onStop has returned

        // Mutable state, guarded by this
        private boolean starting; // onStart runs
        private boolean ending; // it was asked to
        private boolean stopClaimed; // somebody calls onStop, or nobody has to
        private @Nullable Duration delay; // before the next one
        private @Nullable StreamThread stopper;

        Attempt(int number) {
            this.number = number;
        }

        boolean isOver() {
            return over.isSet();
        }

        synchronized Duration delayOr(Backoff backoff) {
            return delay == null ? backoff.next() : delay;
        }

        /** Calls onStart and, when the attempt is over, sees to it that onStop was called. */
        void run() {
            if (!begin()) {
                return;
            }
            try {
                start();
                over.await();
            } catch (Throwable failure) {
                Thread.interrupted(); // an interrupt without a stop is a failure like any other
                restart(FAILED, failure, null);
            } finally {
                finish();
            }
        }

        private void start() throws Exception {
            try {
                receiver.onStart();
            } finally {
                setStarting(false);
                startReturned.set();
            }
        }

        /** Nothing may begin while onStop runs; an interrupt that was meant for onStart does not count any more. */
        private void finish() {
            if (claimStop()) {
                callStop();
            }
            uninterruptibly(() -> {
                stopCalled.await();
                return true;
            });
            Thread.interrupted();
        }

        /** Whether it is this call that is to end the attempt. */
        synchronized boolean claimEnd(@Nullable Duration nextDelay) {
            boolean first = !ending;
            ending = true;
            delay = first ? nextDelay : delay;
            return first;
        }

        void end() {
            over.set();
            StreamThread own = claimStopWhileStarting();
            if (own != null) {
                own.start();
            }
        }

        private synchronized boolean begin() {
            starting = !ending;
            return starting;
        }

        private synchronized void setStarting(boolean newStarting) {
            starting = newStarting;
        }

        private synchronized @Nullable StreamThread claimStopWhileStarting() {
            if (starting && claimStop()) {
                stopper = StreamThread.daemon(name + "-stop", this::callStopAside);
                return stopper;
            }
            return null;
        }

        private synchronized boolean claimStop() {
            boolean due = !stopClaimed;
            stopClaimed = true;
            return due;
        }

        private void callStop() {
            try {
                onStop();
            } finally {
                stopCalled.set();
            }
        }

        private void callStopAside() {
            try {
                onStop();
                interruptStartAfterAWhile();
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            } finally {
                stopCalled.set();
            }
        }

        private void onStop() {
            try {
                receiver.onStop();
            } catch (Throwable failure) {
                report.error("The receiver failed while it was stopped", failure);
            }
        }

        /** Whoever stops the receiver for good does that itself. */
        private void interruptStartAfterAWhile() throws InterruptedException {
            if (!stopping.isSet() && !StreamClock.system().await(startReturned, fromNow()) && !stopping.isSet()) {
                report.error("onStart() has not returned after onStop(); its thread is interrupted", null);
                thread.interrupt();
            }
        }

        synchronized void interruptStop() {
            if (stopper != null) {
                stopper.interrupt();
            }
        }
    }
}
