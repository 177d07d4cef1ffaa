package io.dstream.local;

import io.dstream.function.StreamingException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one action: claimed one by one by the thread that called it and by workers that happen to be free. After
 * the first failure no more are claimed.
 *
 * <p>Thread-safe.
 */
final class TaskSet<R> {

    private final TaskBody<R> body;

    // Mutable state, guarded by this
    private final Object[] results;
    private final Set<Thread> running = new HashSet<>();
    private int next;
    private @Nullable Throwable failure;

    TaskSet(int size, TaskBody<R> body) {
        this.body = body;
        this.results = new Object[size];
    }

    /** Runs tasks on the calling thread until none is left to claim. */
    void work() {
        for (int index = claim(); index >= 0; index = claim()) {
            runTask(index);
        }
    }

    /**
     * Waits for the tasks that run on other threads. If the calling thread is interrupted, these are interrupted too and no
     * more are claimed; they are waited for all the same, because whoever called goes on to undo what they do.
     */
    synchronized List<R> await() {
        InterruptedException interruption = awaitRunning();
        if (interruption != null) {
            Thread.currentThread().interrupt();
            throw new StreamingException("Interrupted while tasks were running", interruption);
        }
        if (failure != null) {
            throw StreamingException.unchecked(failure);
        }
        return results();
    }

    /** The interrupt that came meanwhile; null if there was none. */
    private @Nullable InterruptedException awaitRunning() {
        InterruptedException interruption = null;
        while (!running.isEmpty()) {
            try {
                wait();
            } catch (InterruptedException caught) {
                interruption = caught;
                next = results.length;
                running.forEach(Thread::interrupt);
            }
        }
        return interruption;
    }

    @SuppressWarnings("unchecked") // filled with what the body returned
    private List<R> results() {
        return (List<R>) Arrays.asList(results);
    }

    private void runTask(int index) {
        try {
            succeeded(index, body.run(index));
        } catch (Throwable taskFailure) {
            failed(taskFailure);
        }
    }

    private synchronized int claim() {
        if (failure != null || next == results.length) {
            return -1;
        }
        running.add(Thread.currentThread());
        return next++;
    }

    private synchronized void succeeded(int index, R result) {
        results[index] = result;
        ended();
    }

    private synchronized void failed(Throwable taskFailure) {
        if (failure == null) {
            failure = taskFailure;
        } else if (failure != taskFailure) {
            failure.addSuppressed(taskFailure);
        }
        ended();
    }

    private void ended() {
        running.remove(Thread.currentThread());
        notifyAll();
    }

    /** What a task does, given its index. */
    @FunctionalInterface
    interface TaskBody<R> {
        R run(int index) throws Exception;
    }
}
