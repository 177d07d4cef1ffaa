package io.dstream.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What may be taken at which time; all numbers were computed by hand, in milliseconds. */
class TokenBucketTest {

    private static final long MILLI = 1_000_000;

    private final TokenBucket bucket = new TokenBucket();

    @Test
    void permitsComeAtTheRate() {
        assertThat(waits(10, 0, 0, 99, 100, 100, 150, 200)).containsExactly(0, 100, 1, 0, 100, 50, 0);
    }

    @Test
    void permitsOfASecondAreSavedUpAndNoMore() {
        for (int i = 0; i < 11; i++) { // ten that were saved, and the one of the moment
            assertThat(wait(1, 10, 3_600_000)).isZero();
        }
        assertThat(waits(10, 3_600_000, 3_600_100, 3_600_100)).containsExactly(100, 0, 100);
    }

    @Test
    void whatIsTakenTogetherIsWaitedForAfterwards() {
        assertThat(wait(30, 10, 0)).isZero();
        assertThat(wait(1, 10, 0)).isEqualTo(3_000);
        assertThat(wait(1, 10, 2_999)).isEqualTo(1);
        assertThat(wait(1, 10, 3_000)).isZero();
        assertThat(wait(1, 10, 3_000)).isEqualTo(100);
    }

    @Test
    void whatIsOwedIsPaidForAtTheRateOfTheMoment() {
        assertThat(wait(50, 10, 0)).isZero();
        assertThat(wait(1, 10, 0)).isEqualTo(5_000);
        assertThat(wait(1, 100, 1_000)).isEqualTo(400); // ten are paid for
        assertThat(wait(1, 20, 1_200)).isEqualTo(1_000); // and twenty more
        assertThat(wait(1, 20, 2_200)).isZero();
        assertThat(wait(1, 20, 2_200)).isEqualTo(50);
    }

    @Test
    void nobodyWaitsForMoreThanTenSeconds() {
        assertThat(wait(100_000, 100, 0)).isZero();
        assertThat(wait(1, 100, 0)).isEqualTo(10_000);
        assertThat(wait(1, 1, 0)).isEqualTo(10_000);
        assertThat(wait(1, 1, 10_000)).isZero();
    }

    @Test
    void whatIsSavedIsNoMoreAtALowerRate() {
        assertThat(wait(1, 10, 1_000)).isZero();
        assertThat(waits(1, 1_000, 1_000, 1_000)).containsExactly(0, 0, 1_000); // one was saved, and that of the moment
    }

    @Test
    void aClockThatIsSetBackMakesNobodyWaitLonger() {
        assertThat(waits(10, 0, 50, -3_600_000, -3_599_950)).containsExactly(0, 50, 50, 0);
    }

    @Test
    void aRateIsKeptHoweverOftenItIsAsked() {
        long taken = 0;
        for (long now = 0; now <= 10_000 * MILLI; now += 10_007) {
            taken += bucket.take(1, 12_345, now) == 0 ? 1 : 0;
        }
        assertThat(taken).isBetween(123_450L, 123_451L);
    }

    private long[] waits(long rate, long... nows) {
        return LongStream.of(nows).map(now -> wait(1, rate, now)).toArray();
    }

    private long wait(int permits, long rate, long now) {
        return bucket.take(permits, rate, now * MILLI) / MILLI;
    }
}
