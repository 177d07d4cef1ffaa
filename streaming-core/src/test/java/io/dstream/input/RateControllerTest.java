package io.dstream.input;

import static io.dstream.input.RateController.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.storage.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RateControllerTest {

    private static final BackpressureSettings ON =
            BackpressureSettings.defaults().withEnabled(true);
    private static final String ESTIMATE = "2000 1800.9 -1300.0 true";

    @Test
    void withoutBackpressureThereIsNoLimitButTheSourcesOwn() {
        RateController rate = controller(BackpressureSettings.defaults().withInitialRate(10), Progress.none());
        rate.follow(UNLIMITED);
        learnTwice(rate);
        assertThat(rate.limit()).isEqualTo(UNLIMITED);
        assertThat(rate.limitPerBatch()).isEqualTo(UNLIMITED);
        rate.follow(300);
        assertThat(rate.limit()).isEqualTo(300);
        assertThat(rate.addTo(Map.of())).isEmpty();
    }

    @Test
    void theInitialRateHoldsFromTheBeginningToTheFirstEstimate() {
        RateController rate = controller(ON.withInitialRate(700), Progress.none());
        rate.follow(UNLIMITED);
        assertThat(rate.limit()).isEqualTo(700);
        learn(rate, 1_000, 500, 1_000);
        assertThat(rate.limit()).isEqualTo(700);
        learn(rate, 2_000, 900, 500);
        assertThat(rate.limit()).isEqualTo(1_800);
    }

    @Test
    void noLimitGoesBeyondTheSourcesOwn() {
        RateController rate = controller(ON.withInitialRate(700), Progress.none());
        rate.follow(600);
        assertThat(rate.limit()).isEqualTo(600);
        learnTwice(rate);
        assertThat(rate.limit()).isEqualTo(600);
        rate.follow(2_000);
        assertThat(rate.limit()).isEqualTo(1_800);
    }

    @Test
    void aBatchMayHaveTheRecordsOfItsIntervalAndOneAtLeast() {
        RateController half = new RateController("in-0", Duration.ofMillis(500), ON, Progress.none());
        half.follow(301);
        assertThat(half.limitPerBatch()).isEqualTo(150);
        half.follow(1);
        assertThat(half.limitPerBatch()).isEqualTo(1);
    }

    @Test
    void aSourceThatDoesNotFollowHasNoLimitAndNoEstimate() {
        RateController rate = controller(ON.withInitialRate(700), Progress.none());
        learnTwice(rate);
        assertThat(rate.limit()).isEqualTo(UNLIMITED);
        assertThat(rate.addTo(Map.of("a", "1"))).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void anEstimateIsWrittenOnceBesideTheSourcesOwnPositions() {
        RateController rate = controller(ON, Progress.none());
        rate.follow(UNLIMITED);
        assertThat(rate.addTo(Map.of("a", "1"))).isEqualTo(Map.of("a", "1"));
        learnTwice(rate);
        assertThat(rate.addTo(Map.of("a", "1")))
                .isEqualTo(Map.of("a", "1", "dstream.rate", "2000 1800.0 -1300.0 true"));
        assertThat(rate.addTo(Map.of("a", "2"))).isEqualTo(Map.of("a", "2"));
        learn(rate, 3_000, 0, 1_000);
        assertThat(rate.addTo(Map.of())).isEmpty();
    }

    @Test
    void anEstimateIsGoneOnWithAfterARestart() {
        TreeMap<Instant, Map<String, String>> batches = new TreeMap<>();
        batches.put(Instant.ofEpochMilli(3_000), Map.of("dstream.rate", ESTIMATE));
        batches.put(Instant.ofEpochMilli(4_000), Map.of("a", "2"));
        Progress progress = new Progress(Map.of("a", "1", "dstream.rate", "1000 500.0 0.0 false"), batches);
        RateController rate = controller(ON.withInitialRate(10), progress);
        rate.follow(UNLIMITED);
        assertThat(rate.limit()).isEqualTo(1_800);
        assertThat(rate.addTo(Map.of())).isEmpty();
        learn(rate, 5_000, 1_600, 1_000);
        assertThat(rate.limit()).isEqualTo(1_600);
    }

    @Test
    void anEstimateThatIsDamagedIsLeftOut() {
        for (String damaged : new String[] {"", "1 2 3", "x 1800.0 -1300.0 true"}) {
            RateController rate =
                    controller(ON.withInitialRate(10), new Progress(Map.of("dstream.rate", damaged), new TreeMap<>()));
            rate.follow(UNLIMITED);
            assertThat(rate.limit()).isEqualTo(10);
        }
    }

    @Test
    void anEstimateFromTheTimeOfBackpressureDoesNotLimitWithoutIt() {
        RateController rate = controller(
                BackpressureSettings.defaults(), new Progress(Map.of("dstream.rate", ESTIMATE), new TreeMap<>()));
        rate.follow(UNLIMITED);
        assertThat(rate.limit()).isEqualTo(UNLIMITED);
    }

    @Test
    void aSourceIsNotToldOfTheEstimate() {
        TreeMap<Instant, Map<String, String>> batches = new TreeMap<>();
        batches.put(Instant.ofEpochMilli(3_000), Map.of("dstream.rate", ESTIMATE, "a", "2"));
        Progress told =
                RateController.withoutEstimate(new Progress(Map.of("a", "1", "dstream.rate", ESTIMATE), batches));
        assertThat(told.positions()).isEqualTo(Map.of("a", "1"));
        assertThat(told.batches()).isEqualTo(Map.of(Instant.ofEpochMilli(3_000), Map.of("a", "2")));
    }

    @Test
    void aRateThatCannotBeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> controller(ON, Progress.none()).follow(0))
                .withMessage("'newMaxRate' must be at least 1, but was 0");
    }

    private static RateController controller(BackpressureSettings settings, Progress progress) {
        return new RateController("in-0", Duration.ofSeconds(1), settings, progress);
    }

    /** Ends with a result of 1800 records per second. */
    private static void learnTwice(RateController rate) {
        learn(rate, 1_000, 500, 1_000);
        learn(rate, 2_000, 900, 500);
    }

    private static void learn(RateController rate, long endMillis, long records, long processingMillis) {
        rate.completed(Instant.ofEpochMilli(endMillis), records, Duration.ofMillis(processingMillis), Duration.ZERO);
    }
}
