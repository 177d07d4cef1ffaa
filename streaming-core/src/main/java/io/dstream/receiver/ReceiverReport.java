package io.dstream.receiver;

import io.dstream.event.ReceiverInfo;
import io.dstream.event.ReceiverInfo.State;
import io.dstream.event.StreamingListener;
import io.dstream.function.StreamingException;
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
    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(1);

    private static final int MAX_LENGTH = 1_000; // of an error in characters: it may have a record in it

    private final String receiver;
    private final InputContext context;
    private final BlockStore blocks;

    // Mutable state, guarded by this
    private State state = State.INITIALIZED;
    private long restarts;
    private @Nullable String lastError;
    private @Nullable Instant lastErrorTime;
    private @Nullable Instant lastReport; // by the receiver itself
    private long untold; // reports since then

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
        long left = takeUntold();
        if (left > 0) {
            log.warn("Receiver '{}' of pipeline '{}': {} more reports", context.input(), context.pipeline(), left);
        }
        change(newState);
        post(StreamingListener::onReceiverStopped);
    }

    synchronized void restarted() {
        restarts++;
    }

    /** As {@link #error}, but once a second at most, whatever the text, with the number of reports that were not told. */
    void reported(String message, @Nullable Throwable cause) {
        if (isSoon()) {
            return;
        }
        long before = takeUntold();
        error(before == 0 ? message : message + " (and " + before + " more before)", cause);
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

    /** Counts what comes too soon. */
    private synchronized boolean isSoon() {
        Instant now = context.clock().now();
        boolean isSoon = lastReport != null && now.isBefore(lastReport.plus(BETWEEN_REPORTS));
        if (isSoon) {
            untold++;
        } else {
            lastReport = now;
        }
        return isSoon;
    }

    private synchronized long takeUntold() {
        long taken = untold;
        untold = 0;
        return taken;
    }

    private void post(BiConsumer<StreamingListener, ReceiverInfo> event) {
        ReceiverInfo info = info();
        context.events().post(listener -> event.accept(listener, info));
    }

    private static String text(String message, @Nullable Throwable cause) {
        String text = cause == null ? message : message + ": " + describe(cause);
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
    }

    private static String describe(Throwable cause) {
        boolean tellsAll = cause instanceof IOException || cause instanceof StreamingException;
        return tellsAll && cause.getMessage() != null ? cause.getMessage() : cause.toString();
    }
}
