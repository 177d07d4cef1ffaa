package io.dstream.benchmarks;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** What plain Java needs to do something on two threads. */
final class TwoThreads implements AutoCloseable {

    private final ExecutorService other = Executors.newSingleThreadExecutor();

    /** Calls the body with 0 on this thread and with 1 on the other, and waits for both. */
    void run(IntConsumer body) {
        Future<?> second = other.submit(() -> body.accept(1));
        body.accept(0);
        try {
            second.get();
        } catch (InterruptedException | ExecutionException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        other.shutdown();
    }
}
