package io.dstream.local;

import io.dstream.engine.Engine;
import io.dstream.engine.StateStore;
import io.dstream.rdd.RunScope;
import io.dstream.rdd.UnitOfWork;
import io.dstream.storage.BlockStore;
import io.dstream.storage.Codec;
import io.dstream.time.StreamThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Runs plans on threads of this process, without serializing anything.
 *
 * <p>The thread that calls an action works on its tasks; {@code parallelism - 1} workers help when they are free. Nobody
 * ever waits for a worker to become free, so a task that blocks holds up its own action only. An action called inside a
 * task runs on that task's thread alone.
 *
 * <p>Thread-safe.
 */
public final class LocalEngine implements Engine {

    private final int parallelism;
    private final BlockStore rows;
    private final Codec<Object> codec;
    private final List<StreamThread> workers = new ArrayList<>();

    private final KeptPlans kept = new KeptPlans();

    // Mutable state
    private final BlockingQueue<TaskSet<?>> offers = new LinkedBlockingQueue<>();
    private final ThreadLocal<Boolean> inTask = ThreadLocal.withInitial(() -> false);
    private final ThreadLocal<@Nullable UnitOfWork> currentWork = ThreadLocal.withInitial(() -> null);
    private final ThreadLocal<@Nullable OutputAttempt> currentAttempt = ThreadLocal.withInitial(() -> null);
    private volatile boolean closed;

    /**
     * Makes the engine and starts its workers.
     *
     * @param parallelism how many tasks of one action may run at once, at least 1
     * @param rows where rows are kept that are persisted
     * @param codec for rows in files that are saved
     * @throws IllegalArgumentException if {@code parallelism} is below 1
     */
    public LocalEngine(int parallelism, BlockStore rows, Codec<Object> codec) {
        if (parallelism < 1) {
            throw new IllegalArgumentException("'parallelism' must be at least 1, but was " + parallelism);
        }
        this.parallelism = parallelism;
        this.rows = rows;
        this.codec = codec;
        for (int i = 1; i < parallelism; i++) {
            workers.add(StreamThread.daemon("engine-" + i, this::help));
        }
        workers.forEach(Thread::start);
    }

    @Override
    public RunScope openBatch(String batch) {
        return new LocalScope(this, batch, false, new UnitOfWork(null));
    }

    @Override
    public RunScope openLasting(String owner) {
        return new LocalScope(this, owner, true, null);
    }

    @Override
    public StateStore openState() {
        return new LocalStateStore();
    }

    @Override
    public @Nullable UnitOfWork currentWork() {
        return currentWork.get();
    }

    /** The attempt at an output with dead letters in which the calling thread works; null if it works in none. */
    @Nullable
    OutputAttempt currentAttempt() {
        return currentAttempt.get();
    }

    /** Is told that something was computed that is kept; if that depends on an attempt that fails, it is forgotten. */
    void computed(Runnable forget) {
        OutputAttempt attempt = currentAttempt.get();
        if (attempt != null) {
            attempt.computed(forget);
        }
    }

    @Override
    public void close() {
        closed = true;
        workers.forEach(Thread::interrupt);
    }

    BlockStore rows() {
        return rows;
    }

    KeptPlans kept() {
        return kept;
    }

    Codec<Object> codec() {
        return codec;
    }

    int parallelism() {
        return parallelism;
    }

    /**
     * Runs a body for every index from 0 to below {@code size} and gives back the results in that order.
     *
     * @param worthHelp whether workers are asked to help; waking one takes longer than a task that has nothing to do
     * @param outer the work that this is a part of; null if there is none
     */
    <R> List<R> run(int size, TaskSet.TaskBody<R> body, boolean worthHelp, @Nullable UnitOfWork outer) {
        UnitOfWork action = new UnitOfWork(outer);
        OutputAttempt attempt = currentAttempt.get();
        TaskSet<R> tasks = new TaskSet<>(size, index -> runInside(action, attempt, () -> body.run(index)));
        int helpers = worthHelp && !inTask.get() ? Math.min(workers.size(), size - 1) : 0;
        offer(tasks, helpers);
        work(tasks);
        if (helpers > 0) {
            offers.removeIf(offer -> offer == tasks);
        }
        List<R> results = tasks.await();
        action.done();
        return results;
    }

    /** Runs work on the calling thread as a unit that lies in another; null if it lies in none. */
    <R> R runInside(@Nullable UnitOfWork outer, Callable<R> work) throws Exception {
        return runInside(outer, currentAttempt.get(), work);
    }

    /** As {@link #runInside(UnitOfWork, Callable)}, in an attempt at an output; null if it is in none. */
    <R> R runInside(@Nullable UnitOfWork outer, @Nullable OutputAttempt attempt, Callable<R> work) throws Exception {
        UnitOfWork before = currentWork.get();
        OutputAttempt attemptBefore = currentAttempt.get();
        UnitOfWork unit = new UnitOfWork(outer);
        currentWork.set(unit);
        currentAttempt.set(attempt);
        try {
            R result = work.call();
            unit.done();
            return result;
        } finally {
            currentWork.set(before);
            currentAttempt.set(attemptBefore);
        }
    }

    private void offer(TaskSet<?> tasks, int helpers) {
        for (int i = 0; i < helpers; i++) {
            offers.add(tasks);
        }
    }

    private void work(TaskSet<?> tasks) {
        boolean nested = inTask.get();
        inTask.set(true);
        try {
            tasks.work();
        } finally {
            inTask.set(nested);
        }
    }

    private void help() {
        try {
            while (!closed) {
                work(offers.take());
                Thread.interrupted(); // an interrupt was meant for the action that is over
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
