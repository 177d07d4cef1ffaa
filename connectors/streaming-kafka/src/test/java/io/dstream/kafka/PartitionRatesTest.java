package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** How many records each partition gives to a batch. */
class PartitionRatesTest {

    private static final long PLENTY = 1_000_000_000;

    @Test
    void withoutAnyLimitEachGivesWhatItHas() {
        assertThat(shares(rates(Duration.ofSeconds(1), 0, 1), 0, 5, 0, 700)).containsExactly(5L, 0L, 700L);
    }

    @Test
    void aMaximumIsARate() {
        assertThat(shares(rates(Duration.ofMillis(100), 100, 1), 0, 1_000, 1_000))
                .containsExactly(10L, 10L);
    }

    @Test
    void aRateIsSharedOutByLagAndCappedForEach() {
        PerPartitionConfig caps = partition -> partition.partition() == 0 ? 50 : 100;
        assertThat(shares(new PartitionRates(caps, Duration.ofMillis(100), PLENTY), 1_000, 1_000, 1_000))
                .containsExactly(5L, 10L);
    }

    @Test
    void theMinimumIsInRecordsPerBatch() {
        PartitionRates rates = rates(Duration.ofMinutes(1), 0, 5);
        assertThat(shares(rates, 1, 0, 100, 200, 300)).containsExactly(0L, 10L, 20L, 30L);
        assertThat(shares(rates, 1, 2, 100_000)).containsExactly(2L, 59L);
    }

    @Test
    void theRateOfABatchIsThatOfItsInterval() {
        assertThat(shares(rates(Duration.ofMillis(500), 1_000, 1), 500, 9_999)).containsExactly(250L);
        assertThat(shares(rates(Duration.ofMillis(500), 300, 1), 1_000, 9_999)).containsExactly(150L);
    }

    @Test
    void withoutLagThereIsNothingToShare() {
        assertThat(shares(rates(Duration.ofSeconds(1), 0, 1), 100, 0, 0)).containsExactly(0L, 0L);
    }

    @Test
    void aBatchIsCutInProportion() {
        PartitionRates rates = new PartitionRates(new UniformRates(0, 1), Duration.ofSeconds(1), 100);
        assertThat(shares(rates, 0, 900, 100)).containsExactly(90L, 10L);
    }

    @Test
    void whatRoundingLeavesGoesToThoseWhoHaveMostLeft() {
        PartitionRates rates = new PartitionRates(new UniformRates(0, 1), Duration.ofSeconds(1), 2);
        assertThat(shares(rates, 0, 3, 5, 4)).containsExactly(0L, 1L, 1L);
    }

    @Test
    void hugeLagsAreNoProblem() {
        PartitionRates rates = new PartitionRates(new UniformRates(0, 1), Duration.ofSeconds(1), 10);
        assertThat(shares(rates, 0, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2)).containsExactly(5L, 5L);
    }

    @Test
    void aMaximumIsReachedWhenEachPartitionHasAsMuch() {
        PartitionRates rates = rates(Duration.ofMillis(100), 100, 1);
        assertThat(rates.areReached(lags(10, 11), 0)).isTrue();
        assertThat(rates.areReached(lags(10, 9), 0)).isFalse();
        assertThat(rates(Duration.ofMillis(100), 100, 50).areReached(lags(20), 0))
                .isFalse();
    }

    @Test
    void aRateThatIsSharedOutByLagIsNeverReached() {
        assertThat(rates(Duration.ofMillis(100), 100, 1).areReached(lags(1_000, 1_000), 10))
                .isFalse();
    }

    @Test
    void aPartitionWithoutAMaximumNeverHasEnough() {
        PerPartitionConfig one = partition -> partition.partition();
        assertThat(new PartitionRates(one, Duration.ofSeconds(1), PLENTY).areReached(lags(1_000, 1_000), 0))
                .isFalse();
    }

    private static PartitionRates rates(Duration batchInterval, long max, long min) {
        return new PartitionRates(new UniformRates(max, min), batchInterval, PLENTY);
    }

    private static Iterable<Long> shares(PartitionRates rates, long rate, long... lags) {
        Map<TopicPartition, Long> ordered = new TreeMap<>(Subscription.ORDER);
        ordered.putAll(rates.shares(lags(lags), rate));
        return ordered.values();
    }

    private static Map<TopicPartition, Long> lags(long... lags) {
        Map<TopicPartition, Long> byPartition = new TreeMap<>(Subscription.ORDER);
        for (int i = 0; i < lags.length; i++) {
            byPartition.put(new TopicPartition("t", i), lags[i]);
        }
        return byPartition;
    }
}
