package io.dstream.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SystemClockTest {

    private final StreamClock clock = StreamClock.system();

    @Test
    void aWaitReachesItsTime() throws Exception {
        Instant deadline = clock.now().plus(Duration.ofMillis(20));
        assertThat(clock.await(new Signal(), deadline)).isFalse();
        assertThat(clock.now()).isAfterOrEqualTo(deadline);
    }

    @Test
    void aWaitEndsWhenItsSignalIsSet() throws Exception {
        Signal signal = new Signal();
        StreamThread.daemon("test", signal::set).start();
        assertThat(clock.await(signal, clock.now().plus(Duration.ofHours(1)))).isTrue();
    }
}
