package io.dstream.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void everyDelayIsTwiceTheOneBeforeUpToAMinute() {
        Backoff backoff = new Backoff(Duration.ofSeconds(10));
        assertThat(backoff.next()).hasSeconds(10);
        assertThat(backoff.next()).hasSeconds(20);
        assertThat(backoff.next()).hasSeconds(40);
        assertThat(backoff.next()).hasSeconds(60);
        assertThat(backoff.next()).hasSeconds(60);
    }

    @Test
    void aResetBeginsAgain() {
        Backoff backoff = new Backoff(Duration.ofSeconds(2));
        backoff.next();
        backoff.next();
        backoff.reset();
        assertThat(backoff.next()).hasSeconds(2);
    }

    @Test
    void aFirstDelayAboveAMinuteStaysAsItIs() {
        Backoff backoff = new Backoff(Duration.ofMinutes(5));
        assertThat(backoff.next()).hasMinutes(5);
        assertThat(backoff.next()).hasMinutes(5);
    }
}
