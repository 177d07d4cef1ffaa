package io.dstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.function.StreamingException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class TaskSetTest {

    private final CountDownLatch started = new CountDownLatch(1);
    private final AtomicInteger claimed = new AtomicInteger();
    private final AtomicBoolean returned = new AtomicBoolean();
    private final AtomicBoolean interruptedBeforeReturn = new AtomicBoolean();
    private volatile Thread caller = Thread.currentThread(); // that of the test method, once it runs

    /** What is changed by a task is undone as soon as the caller goes on, so no task may run then. */
    @Test
    void anInterruptedCallerWaitsForTheTasksThatRunAndNoMoreAreClaimed() throws Exception {
        caller = Thread.currentThread();
        TaskSet<Integer> tasks = new TaskSet<>(3, this::untilInterrupted);
        Thread worker = new Thread(tasks::work);
        worker.start();
        started.await();
        caller.interrupt();
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(tasks::await)
                .withCauseInstanceOf(InterruptedException.class);
        returned.set(true);
        assertThat(Thread.interrupted()).as("the caller's flag").isTrue();
        worker.join();
        assertThat(interruptedBeforeReturn).isTrue();
        assertThat(claimed).hasValue(1);
    }

    @Test
    void ofSeveralFailuresTheFirstIsThrownAndTellsTheOthers() {
        assertThatIllegalStateException()
                .isThrownBy(failing(index -> new IllegalStateException("task " + index))::await)
                .satisfies(failure -> {
                    assertThat(failure.getSuppressed()).hasSize(1);
                    assertThat(List.of(failure.getMessage(), failure.getSuppressed()[0].getMessage()))
                            .containsExactlyInAnyOrder("task 0", "task 1");
                });
    }

    @Test
    void aFailureThatSeveralTasksThrowIsThrownOnce() {
        IllegalStateException same = new IllegalStateException("the same");
        assertThatIllegalStateException()
                .isThrownBy(failing(index -> same)::await)
                .withNoCause()
                .satisfies(failure -> {
                    assertThat(failure).isSameAs(same);
                    assertThat(failure.getSuppressed()).isEmpty();
                });
    }

    /** Two tasks that run side by side and fail then. */
    private static TaskSet<Integer> failing(IntFunction<RuntimeException> failure) {
        CountDownLatch bothRun = new CountDownLatch(2);
        TaskSet<Integer> tasks = new TaskSet<>(2, index -> {
            bothRun.countDown();
            bothRun.await();
            throw failure.apply(index);
        });
        new Thread(tasks::work).start();
        tasks.work();
        return tasks;
    }

    /** The first one goes on after the interrupt until the caller waits again, or has returned although it must not. */
    private int untilInterrupted(int index) {
        if (claimed.incrementAndGet() > 1) {
            return index;
        }
        started.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interruption) {
            while (caller.getState() != Thread.State.WAITING && !returned.get()) {
                Thread.onSpinWait();
            }
            interruptedBeforeReturn.set(!returned.get());
        }
        return index;
    }
}
