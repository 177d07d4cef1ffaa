package io.dstream.test;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Work on a thread of its own, of which a test knows when it waits. */
final class Background {

    private final CompletableFuture<Void> result = new CompletableFuture<>();
    private final Thread thread;

    private Background(Work work) {
        this.thread = new Thread(() -> {
            try {
                work.run();
                result.complete(null);
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
    }

    /** What is to be done. */
    interface Work {
        void run() throws Exception;
    }

    static Background run(Work work) {
        Background background = new Background(work);
        background.thread.setDaemon(true);
        background.thread.start();
        return background;
    }

    /** Returns when the thread waits; fails when the work is done. */
    void awaitWaiting() {
        while (thread.getState() != Thread.State.WAITING) {
            if (result.isDone()) {
                throw new AssertionError("The work is done: " + result);
            }
            Thread.onSpinWait();
        }
    }

    /** Waits for the end of the work, and throws what it has thrown. */
    void get() throws Exception {
        try {
            result.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception cause ? cause : failure;
        }
    }
}
