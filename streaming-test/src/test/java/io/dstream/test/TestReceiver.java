package io.dstream.test;

import io.dstream.receiver.Receiver;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A receiver whose calls a test makes. */
final class TestReceiver<T> extends Receiver<T> {

    private final CountDownLatch started = new CountDownLatch(1);

    void awaitStarted() throws InterruptedException {
        started.await();
    }

    void put(T record) throws InterruptedException {
        store(record);
    }

    void report(String message) {
        reportError(message, null);
    }

    void restartBecause(String message, @Nullable Throwable cause) {
        restart(message, cause);
    }

    void stopForGood() {
        stop("told by the test");
    }

    @Override
    protected void onStart() {
        started.countDown();
    }

    @Override
    protected void onStop() {}
}
