package io.dstream.test;

import io.dstream.rdd.StorageLevel;
import io.dstream.receiver.Receiver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A receiver whose calls a test makes. */
final class TestReceiver<T> extends Receiver<T> {

    private final CountDownLatch started = new CountDownLatch(1);

    TestReceiver() {}

    TestReceiver(StorageLevel level) {
        super(level);
    }

    void awaitStarted() throws InterruptedException {
        started.await();
    }

    void put(T record) throws InterruptedException {
        store(record);
    }

    void putTogether(Collection<T> records) throws InterruptedException {
        store(records);
    }

    void putTogether(Iterator<T> records) throws InterruptedException {
        store(records);
    }

    void putEncoded(ByteBuffer bytes) throws InterruptedException {
        storeEncoded(bytes);
    }

    void report(String message) {
        reportError(message, null);
    }

    void restartBecause(String message, @Nullable Throwable cause) {
        restart(message, cause);
    }

    void restartAfter(Duration delay, String message) {
        restart(message, null, delay);
    }

    void stopForGood() {
        stop("told by the test");
    }

    void stopForGood(String message, Throwable cause) {
        stop(message, cause);
    }

    @Override
    protected void onStart() {
        started.countDown();
    }

    @Override
    protected void onStop() {}
}
