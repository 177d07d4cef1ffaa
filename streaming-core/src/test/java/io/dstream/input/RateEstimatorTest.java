package io.dstream.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.input.BackpressureSettings.Pid;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** All numbers were computed by hand from the formula. */
class RateEstimatorTest {

    private static final BackpressureSettings DEFAULTS = BackpressureSettings.defaults();

    private RateEstimator estimator = new RateEstimator(Duration.ofSeconds(1), DEFAULTS);
    private RateEstimate estimate = RateEstimate.NONE;

    @Test
    void theFirstBatchGivesTheRateToBeginWithAndNoResult() {
        batch(1_000, 500, 1_000, 0);
        assertThat(estimate).isEqualTo(new RateEstimate(1_000, 500, 0, false));
    }

    @Test
    void theRateFollowsThatOfTheLastBatchLessWhatWaits() {
        batch(1_000, 500, 1_000, 0);
        batch(2_000, 900, 500, 0); // processed 1800; error -1300
        assertThat(estimate).isEqualTo(new RateEstimate(2_000, 1_800, -1_300, true));
        batch(3_000, 1_800, 1_200, 200); // processed 1500; error 300; waiting 300
        assertThat(estimate).isEqualTo(new RateEstimate(3_000, 1_440, 300, true));
        batch(4_000, 1_440, 900, 0); // processed 1600; error -160
        assertThat(estimate).isEqualTo(new RateEstimate(4_000, 1_600, -160, true));
    }

    @Test
    void theRateDoesNotFallBelowTheMinimum() {
        batch(1_000, 500, 1_000, 0);
        batch(2_000, 100, 1_000, 10_000); // processed 100; error 400; waiting 1000: -100
        assertThat(estimate).isEqualTo(new RateEstimate(2_000, 100, 400, true));
    }

    @Test
    void aWeightBelowOneGoesAPartOfTheWayAndTheDerivativeSlowsAChange() {
        estimator = new RateEstimator(Duration.ofSeconds(1), DEFAULTS.withPid(new Pid(0.5, 0, 0.25)));
        batch(1_000, 500, 1_000, 0);
        batch(3_000, 900, 500, 0); // processed 1800; error -1300; change -650: 500 + 650 + 162.5
        assertThat(estimate).isEqualTo(new RateEstimate(3_000, 1_312.5, -1_300, true));
        batch(4_000, 1_000, 1_000, 0); // processed 1000; error 312.5; change 1612.5: 1312.5 - 156.25 - 403.125
        assertThat(estimate).isEqualTo(new RateEstimate(4_000, 753.125, 312.5, true));
    }

    @Test
    void whatWaitsCountsAsManyIntervalsAsItWaits() {
        estimator = new RateEstimator(Duration.ofMillis(100), DEFAULTS);
        batch(1_000, 100, 100, 0);
        batch(1_200, 100, 100, 300); // processed 1000; waiting 3000: 1000 - 600
        assertThat(estimate).isEqualTo(new RateEstimate(1_200, 400, 0, true));
    }

    @Test
    void aBatchThatTellsNothingChangesNothing() {
        batch(1_000, 500, 1_000, 0);
        batch(2_000, 0, 500, 700);
        batch(2_000, 500, 0, 700);
        batch(1_000, 900, 500, 0);
        batch(500, 900, 500, 0);
        assertThat(estimate).isEqualTo(new RateEstimate(1_000, 500, 0, false));
    }

    @Test
    void aBatchOfLessThanAMillisecondTellsItsRate() {
        estimate = estimator.next(estimate, Instant.ofEpochMilli(1), 50, Duration.ofNanos(250_000), Duration.ZERO);
        assertThat(estimate.rate()).isEqualTo(200_000);
    }

    @Test
    void anEstimateIsReadAsItWasWritten() {
        RateEstimate written = new RateEstimate(1_795_246_812_000L, 1_312.5, -0.1, true);
        assertThat(RateEstimate.parse(written.format())).isEqualTo(written);
        assertThat(RateEstimate.parse(RateEstimate.NONE.format())).isEqualTo(RateEstimate.NONE);
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pid(-1, 0, 0))
                .withMessage("'proportional' must be at least 0, but was -1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pid(1, Double.NaN, 0))
                .withMessage("'integral' must be at least 0, but was NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pid(1, 0, Double.POSITIVE_INFINITY))
                .withMessageContaining("'derivative'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withInitialRate(0))
                .withMessage("'initialRate' must be at least 1, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withMinRate(0))
                .withMessage("'minRate' must be at least 1, but was 0");
    }

    private void batch(long endMillis, long records, long processingMillis, long schedulingMillis) {
        estimate = estimator.next(
                estimate,
                Instant.ofEpochMilli(endMillis),
                records,
                Duration.ofMillis(processingMillis),
                Duration.ofMillis(schedulingMillis));
    }
}
