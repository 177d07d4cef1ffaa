package io.dstream.receiver;

import io.dstream.event.ReceiverInfo;
import io.dstream.input.InputContext;
import io.dstream.time.Backoff;
import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import io.dstream.time.StreamThread;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
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
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Receiver<T> receiver;
    private final BlockGenerator<T> generator;
    private final Duration restartDelay;
    private final InputContext context;
    private final StreamThread thread;
    private final Signal stopping = new Signal();
    private final Signal ended = new Signal();

    // Mutable state
    private volatile boolean stored; // since the last start of the receiver
    private volatile Attempt attempt = new Attempt(); // replaced by the supervisor's thread
    private boolean active; // this and all below: guarded by this
    private long restarts;
    private @Nullable String lastError;
    private @Nullable Instant lastErrorTime;

    ReceiverSupervisor(Receiver<T> receiver, BlockGenerator<T> generator, Duration restartDelay, InputContext context) {
        this.receiver = receiver;
        this.generator = generator;
        this.restartDelay = restartDelay;
        this.context = context;
        this.thread = StreamThread.daemon(context.pipeline() + "-" + context.input(), this::supervise);
    }

    void start() {
        receiver.attach(this);
        thread.start();
    }

    /** Tells the receiver to stop; does not wait for it. */
    void initiateStop() {
        stopping.set();
        attempt.end();
    }

    /** Waits for the receiver's thread to end; it is interrupted if it takes too long. */
    void awaitStop() throws InterruptedException {
        if (!endsInTime()) {
            log.warn("{} does not end; its thread is interrupted", thread.getName());
            thread.interrupt();
        }
    }

    /**
     * Makes sure that the receiver's thread has ended, so that the receiver can be started again.
     *
     * @throws IllegalStateException if it does not end, even by an interrupt
     */
    void requireGone() throws InterruptedException {
        if (!ended.isSet()) {
            thread.interrupt();
        }
        if (!endsInTime()) {
            throw new IllegalStateException(
                    thread.getName() + " of the last run has not ended: onStop() must make" + " onStart() return");
        }
    }

    private boolean endsInTime() throws InterruptedException {
        StreamClock clock = StreamClock.system();
        return clock.await(ended, clock.now().plus(PATIENCE));
    }

    void store(T record) throws InterruptedException {
        generator.store(record);
        if (!stored) {
            stored = true;
        }
    }

    /** The trouble of a network or a disk is told in a line; the trace is for anything else. */
    void reportError(String message, @Nullable Throwable cause) {
        String error = cause == null ? message : message + ": " + describe(cause);
        log.warn("{}: {}", thread.getName(), error, cause instanceof IOException ? null : cause);
        noteError(error);
    }

    void restart(String message, @Nullable Throwable cause) {
        Attempt current = attempt;
        if (!current.over.isSet()) {
            reportError(message, cause);
            current.end();
        }
    }

    void stopForGood(String message) {
        log.info("{} stops: {}", thread.getName(), message);
        initiateStop();
    }

    boolean isAttemptOver() {
        return attempt.over.isSet() || stopping.isSet();
    }

    synchronized ReceiverInfo info() {
        return new ReceiverInfo(context.pipeline(), context.input(), active, restarts, lastError, lastErrorTime);
    }

    private void supervise() {
        try {
            Backoff backoff = new Backoff(restartDelay);
            do {
                runAttempt();
                if (stored) {
                    backoff.reset();
                }
            } while (isRestartDue(backoff.next()));
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        } finally {
            ended.set();
        }
    }

    private boolean isRestartDue(Duration delay) throws InterruptedException {
        if (context.clock().await(stopping, context.clock().now().plus(delay))) {
            return false;
        }
        noteRestart();
        return true;
    }

    private void runAttempt() {
        Attempt current = new Attempt();
        attempt = current;
        stored = false;
        setActive(true);
        try {
            if (!stopping.isSet() && current.claimStart()) {
                receiver.onStart();
                current.over.await();
            }
        } catch (Throwable failure) {
            Thread.interrupted(); // an interrupt without a stop is a failure like any other
            restart("The receiver failed", failure);
        } finally {
            current.end();
            setActive(false);
        }
    }

    private void setActive(boolean newActive) {
        synchronized (this) {
            active = newActive;
        }
        ReceiverInfo info = info();
        context.events().post(listener -> {
            if (newActive) {
                listener.onReceiverStarted(info);
            } else {
                listener.onReceiverStopped(info);
            }
        });
    }

    private synchronized void noteRestart() {
        restarts++;
    }

    private void noteError(String error) {
        synchronized (this) {
            lastError = error;
            lastErrorTime = context.clock().now();
        }
        ReceiverInfo info = info();
        context.events().post(listener -> listener.onReceiverError(info));
    }

    private static String describe(Throwable cause) {
        return cause instanceof IOException && cause.getMessage() != null ? cause.getMessage() : cause.toString();
    }

    /** From a call of {@code onStart} to the one call of {@code onStop} that answers it. */
    private final class Attempt {

        private final Signal over = new Signal();

        // Mutable state, guarded by this
        private boolean started;
        private boolean stopped;

        /** Whether the receiver may be started, which it may not after the end of the attempt. */
        synchronized boolean claimStart() {
            started = !stopped;
            return started;
        }

        void end() {
            over.set();
            if (claimStop()) {
                stopReceiver();
            }
        }

        private synchronized boolean claimStop() {
            boolean due = started && !stopped;
            stopped = true;
            return due;
        }

        private void stopReceiver() {
            try {
                receiver.onStop();
            } catch (Throwable failure) {
                reportError("The receiver failed while it was stopped", failure);
            }
        }
    }
}
