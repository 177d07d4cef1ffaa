package io.dstream.scheduler;

import io.dstream.event.PipelineInfo.State;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run of a pipeline does, and what it waits for or has halted on.
 *
 * <p>Thread-safe. The actions given at construction are called after a change, outside of any lock.
 */
final class PipelineStatus {

    private final Runnable onWaiting;
    private final Runnable onChange;

    // Mutable state, guarded by this
    private State state = State.ACTIVE;
    private final Map<Object, Throwable> missing = new LinkedHashMap<>(); // by who waits for it
    private @Nullable Throwable failure;

    /**
     * @param onWaiting called when the wait for surroundings has begun or ended, by the thread that waits
     * @param onChange called after that and after every other change
     */
    PipelineStatus(Runnable onWaiting, Runnable onChange) {
        this.onWaiting = onWaiting;
        this.onChange = onChange;
    }

    synchronized State state() {
        return state == State.ACTIVE && !missing.isEmpty() ? State.WAITING : state;
    }

    /** What it waits for or has halted on; null if there is nothing. */
    synchronized @Nullable Throwable problem() {
        return failure != null || missing.isEmpty()
                ? failure
                : missing.values().iterator().next();
    }

    /** What it has halted on, once it has ended. */
    synchronized @Nullable Throwable failure() {
        return state.isEnd() ? failure : null;
    }

    /** Someone waits for its surroundings. */
    void waitsFor(Object who, Throwable cause) {
        synchronized (this) {
            missing.put(who, cause);
        }
        onWaiting.run();
        onChange.run();
    }

    /** Someone has its surroundings back; does nothing if it did not wait. */
    void goesOn(Object who) {
        boolean waited;
        synchronized (this) {
            waited = missing.remove(who) != null;
        }
        if (waited) {
            onWaiting.run();
            onChange.run();
        }
    }

    synchronized boolean isWaiting() {
        return !missing.isEmpty();
    }

    /** Something has failed for good: the run is about to end. Of several failures the first counts and tells the others. */
    synchronized void fail(Throwable cause) {
        if (failure == null && !state.isEnd()) {
            failure = cause;
            state = State.STOPPING;
        } else if (failure != null && failure != cause) {
            failure.addSuppressed(cause);
        }
    }

    /** Told to stop; does nothing unless it was active. */
    void stopping() {
        synchronized (this) {
            if (state != State.ACTIVE) {
                return;
            }
            state = State.STOPPING;
        }
        onChange.run();
    }

    /** The run is over: halted if it has failed, else stopped. Telling that is left to the caller. */
    synchronized void end() {
        state = failure == null ? State.STOPPED : State.FAILED;
        missing.clear();
    }
}
