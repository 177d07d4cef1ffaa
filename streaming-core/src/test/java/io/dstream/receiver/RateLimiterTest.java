package io.dstream.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.input.BackpressureSettings;
import io.dstream.input.RateController;
import io.dstream.storage.Progress;
import io.dstream.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for a permit, and until when. */
class RateLimiterTest {

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final RateController rate =
            new RateController("test", Duration.ofSeconds(1), BackpressureSettings.defaults(), Progress.none());
    private final RateLimiter limiter = new RateLimiter(rate, clock);
    private final AtomicInteger acquired = new AtomicInteger();

    @AfterEach
    void release() {
        limiter.release();
    }

    @Test
    void recordsWaitForTheirPermits() throws Exception {
        rate.follow(10);
        CompletableFuture<Void> waiting = acquireInBackground(4);
        awaitAcquired(1); // the first permit is there from the beginning
        for (int next = 2; next <= 4; next++) {
            clock.awaitWaiting(1);
            assertThat(acquired).hasValue(next - 1);
            clock.advance(Duration.ofMillis(100));
            awaitAcquired(next);
        }
        waiting.get();
    }

    @Test
    void whatHasComeInAMillisecondIsTakenAtOnce() throws Exception {
        rate.follow(5_000);
        CompletableFuture<Void> waiting = acquireInBackground(6);
        awaitAcquired(1);
        clock.awaitWaiting(1);
        clock.advance(Duration.ofMillis(1));
        waiting.get();
    }

    @Test
    void whatIsOwedIsForTenSecondsAndLessWhenTheLimitRises() throws Exception {
        rate.follow(1);
        limiter.acquire(1_000);
        rate.follow(100);
        CompletableFuture<Void> waiting = acquireInBackground(1);
        clock.awaitWaiting(1);
        clock.advance(Duration.ofMillis(100));
        waiting.get();
    }

    @Test
    void aLimitThatIsLiftedLetsGoOfWhoeverWaits() throws Exception {
        rate.follow(1);
        CompletableFuture<Void> waiting = acquireInBackground(1_000);
        awaitAcquired(1);
        clock.awaitWaiting(1);
        rate.follow(RateController.UNLIMITED);
        clock.advance(Duration.ofMillis(100));
        waiting.get();
    }

    @Test
    void withoutALimitNobodyWaits() throws Exception {
        rate.follow(RateController.UNLIMITED);
        for (int i = 0; i < 1_000; i++) {
            limiter.acquire(1_000_000);
        }
    }

    @Test
    void whoeverWaitsIsLetGoByTheReleaseAndNobodyWaitsAfterIt() throws Exception {
        rate.follow(1);
        CompletableFuture<Void> waiting = acquireInBackground(1_000);
        awaitAcquired(1);
        clock.awaitWaiting(1);
        limiter.release();
        waiting.get();
    }

    private CompletableFuture<Void> acquireInBackground(int records) {
        return CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < records; i++) {
                    limiter.acquire(1);
                    acquired.incrementAndGet();
                }
            } catch (InterruptedException interruption) {
                throw new IllegalStateException(interruption);
            }
        });
    }

    private void awaitAcquired(int count) {
        while (acquired.get() < count) {
            Thread.onSpinWait();
        }
    }
}
