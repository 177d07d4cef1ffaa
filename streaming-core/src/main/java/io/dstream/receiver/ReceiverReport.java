package io.dstream.receiver;

import io.dstream.event.ReceiverInfo;
import io.dstream.event.ReceiverInfo.State;
import io.dstream.event.StreamingListener;
import io.dstream.input.InputContext;
import io.dstream.storage.BlockStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is told about a receiver in one run of its pipeline: in events, in its information, and in the log.
 *
 * <p>Thread-safe.
 */
final class ReceiverReport {

    private static final Logger log = LoggerFactory.getLogger(ReceiverReport.class);

    /** Receivers report every record that is odd, and all records may be. */
    private static final Duration REPETITIONS_TOLD = Duration.ofSeconds(1);

    private final String receiver;
    private final InputContext context;
    private final BlockStore blocks;

    // Mutable state, guarded by this
    private State state = State.INITIALIZED;
    private long restarts;
    private @Nullable String lastError;
    private @Nullable Instant lastErrorTime;
    private @Nullable String lastReport; // by the receiver itself
    private @Nullable Instant lastReportTime;
    private long repetitions; // of it, untold

    /**
     * @param receiver the name of its class
     * @param context of the input it feeds
     * @param blocks where its blocks are kept
     */
    ReceiverReport(String receiver, InputContext context, BlockStore blocks) {
        this.receiver = receiver;
        this.context = context;
        this.blocks = blocks;
    }

    synchronized ReceiverInfo info() {
        return new ReceiverInfo(
                context.pipeline(),
                context.input(),
                receiver,
                state,
                restarts,
                blocks.bytesInMemory(),
                blocks.bytesOnDisk(),
                lastError,
                lastErrorTime);
    }

    void started() {
        change(State.STARTED);
        post(StreamingListener::onReceiverStarted);
    }

    /** It is not started any more: until its restart, or for good. */
    void stopped(State newState) {
        change(newState);
        post(StreamingListener::onReceiverStopped);
    }

    synchronized void restarted() {
        restarts++;
    }

    /** As {@link #error}, but the same once a second at most, with the number of times that it was not told. */
    void reported(String message, @Nullable Throwable cause) {
        String error = text(message, cause);
        if (isRepetition(error)) {
            return;
        }
        long untold = takeRepetitions(error);
        error(untold == 0 ? message : message + " (and " + untold + " more before)", cause);
    }

    /** The trouble of a network or a disk is told in a line; the trace is for anything else. */
    void error(String message, @Nullable Throwable cause) {
        String error = text(message, cause);
        log.warn(
                "Receiver '{}' of pipeline '{}': {}",
                context.input(),
                context.pipeline(),
                error,
                cause instanceof IOException ? null : cause);
        note(error);
        post(StreamingListener::onReceiverError);
    }

    private synchronized void change(State newState) {
        state = newState;
    }

    private synchronized void note(String error) {
        lastError = error;
        lastErrorTime = context.clock().now();
    }

    private synchronized boolean isRepetition(String error) {
        boolean isSoon = error.equals(lastReport)
                && lastReportTime != null
                && context.clock().now().isBefore(lastReportTime.plus(REPETITIONS_TOLD));
        repetitions += isSoon ? 1 : 0;
        return isSoon;
    }

    private synchronized long takeRepetitions(String error) {
        long untold = error.equals(lastReport) ? repetitions : 0;
        repetitions = 0;
        lastReport = error;
        lastReportTime = context.clock().now();
        return untold;
    }

    private void post(BiConsumer<StreamingListener, ReceiverInfo> event) {
        ReceiverInfo info = info();
        context.events().post(listener -> event.accept(listener, info));
    }

    private static String text(String message, @Nullable Throwable cause) {
        return cause == null ? message : message + ": " + describe(cause);
    }

    private static String describe(Throwable cause) {
        return cause instanceof IOException && cause.getMessage() != null ? cause.getMessage() : cause.toString();
    }
}
