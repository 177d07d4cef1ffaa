package io.dstream.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ManualClockTest {

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final Signal signal = new Signal();

    @Test
    void standsStillUntilItIsAdvanced() {
        assertThat(clock.now()).isEqualTo(Instant.EPOCH);
        clock.advance(Duration.ofMillis(1500));
        assertThat(clock.now()).isEqualTo(Instant.ofEpochMilli(1500));
    }

    @Test
    void aWaitEndsWhenTheClockReachesItsTimeAndNotBefore() throws Exception {
        CompletableFuture<Boolean> wait = awaitInBackground(Instant.ofEpochMilli(100));
        clock.awaitWaiting(1);
        clock.advance(Duration.ofMillis(99));
        assertThat(wait).isNotDone();
        clock.advance(Duration.ofMillis(1));
        assertThat(wait.get()).isFalse();
    }

    @Test
    void aWaitEndsWhenItsSignalIsSet() throws Exception {
        CompletableFuture<Boolean> wait = awaitInBackground(Instant.ofEpochMilli(100));
        clock.awaitWaiting(1);
        signal.set();
        assertThat(wait.get()).isTrue();
    }

    @Test
    void aWaitForAPastTimeOrASetSignalReturnsAtOnce() throws Exception {
        assertThat(clock.await(signal, Instant.EPOCH)).isFalse();
        signal.set();
        assertThat(clock.await(signal, Instant.MAX)).isTrue();
    }

    @Test
    void timeDoesNotGoBack() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> clock.advance(Duration.ofMillis(-1)))
                .withMessageContaining("'step' must not be negative, but was PT-0.001S");
    }

    private CompletableFuture<Boolean> awaitInBackground(Instant deadline) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return clock.await(signal, deadline);
            } catch (InterruptedException interruption) {
                throw new IllegalStateException(interruption);
            }
        });
    }
}
