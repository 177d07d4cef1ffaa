package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows taken by chance: sample, sampleByKey, randomSplit. Seeds are given, so no test depends on luck. */
class SampleTest {

    private final Rdds rdds = new Rdds();

    @AfterEach
    void close() {
        rdds.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -7, Long.MAX_VALUE})
    void withoutReplacementAboutTheFractionIsTakenEachRowOnceAndInOrder(long seed) {
        List<Integer> sample = rdds.range(10_000, 7).sample(false, 0.3, seed).collect();
        assertThat(sample).hasSizeBetween(2_800, 3_200).isSorted().doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 1, 2.5, 40})
    void withReplacementRowsAreTakenThatOftenOnAverage(double fraction) {
        List<Integer> sample = rdds.range(10_000, 7).sample(true, fraction, 1).collect();
        assertThat((double) sample.size()).isBetween(9_500 * fraction, 10_500 * fraction);
        Map<Integer, Long> counts = rdds.of(1, sample.toArray(Integer[]::new)).countByValue();
        double variance =
                rdds.range(10_000, 3).stats(x -> counts.getOrDefault(x, 0L)).variance();
        assertThat(variance).as("of a Poisson distribution").isBetween(0.9 * fraction, 1.1 * fraction);
    }

    @Test
    void partitionsHaveRandomNumbersOfTheirOwn() {
        List<List<Integer>> partitions = rdds.of(4, new Integer[400])
                .zipWithIndex()
                .sample(false, 0.5, 1)
                .values()
                .map(x -> (int) (x % 100))
                .glom()
                .collect();
        assertThat(partitions).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void theSameSeedTakesTheSameRowsAndAnotherTakesOthers() {
        RDD<Integer> numbers = rdds.range(1000, 4);
        assertThat(numbers.sample(false, 0.5, 3).collect())
                .isEqualTo(numbers.sample(false, 0.5, 3).collect())
                .isNotEqualTo(numbers.sample(false, 0.5, 4).collect());
    }

    @Test
    void withoutASeedAllActionsOnTheSampleSeeTheSameRows() {
        RDD<Integer> sample = rdds.range(1000, 4).sample(false, 0.5);
        assertThat(sample.collect()).isEqualTo(sample.collect());
        List<RDD<Integer>> split = rdds.range(1000, 4).randomSplit(new double[] {1, 1});
        assertThat(split.get(0).count() + split.get(1).count()).isEqualTo(1000);
    }

    @Test
    void aFractionOfZeroTakesNothingAndOfOneAll() {
        RDD<String> rows = rdds.of(2, "a", null, "b");
        assertThat(rows.sample(false, 0).collect()).isEmpty();
        assertThat(rows.sample(true, 0).collect()).isEmpty();
        assertThat(rows.sample(false, 1).collect()).containsExactly("a", null, "b");
        assertThat(rdds.withoutPartitions().sample(true, 3).collect()).isEmpty();
    }

    @Test
    void aFractionOutOfRangeIsRefused() {
        RDD<Integer> numbers = rdds.range(3, 1);
        for (double wrong : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> numbers.sample(false, wrong))
                    .withMessage("'fraction' must be from 0 to 1 without replacement, but was " + wrong);
        }
        for (double wrong : new double[] {-0.1, Double.POSITIVE_INFINITY, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> numbers.sample(true, wrong))
                    .withMessage("'fraction' must be a number not below 0, but was " + wrong);
        }
    }

    @Test
    void sampleByKeyHasAFractionForEachKey() {
        PairRDD<String, Integer> pairs = rdds.range(9_000, 5).mapToPair(x -> Pair.of(x % 3 == 0 ? "rare" : "often", x));
        Map<String, Long> counts =
                pairs.sampleByKey(false, Map.of("rare", 1.0, "often", 0.1), 1).countByKey();
        assertThat(counts.get("rare")).isEqualTo(3_000);
        assertThat(counts.get("often")).isBetween(500L, 700L);
        Map<String, Long> repeated =
                pairs.sampleByKey(true, Map.of("rare", 3.0, "often", 0.0), 1).countByKey();
        assertThat(repeated.get("rare")).isBetween(8_500L, 9_500L);
        assertThat(repeated).doesNotContainKey("often");
    }

    @Test
    void sampleByKeyNeedsAFractionForEveryKey() {
        PairRDD<String, Integer> pairs = rdds.of(1, "a", null).mapToPair(x -> Pair.of(x, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pairs.sampleByKey(false, Map.of("b", 1.0)).collect())
                .withMessage("'fractions' must have one for each key, but has none for 'a'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pairs.sampleByKey(false, Map.of("a", 2.0)))
                .withMessage("'fractions[a]' must be from 0 to 1 without replacement, but was 2.0");
        Map<String, Double> fractions = new HashMap<>(Map.of("a", 1.0));
        fractions.put(null, 1.0);
        PairRDD<String, Integer> sample = pairs.sampleByKey(false, fractions);
        fractions.clear();
        assertThat(sample.collect()).hasSize(2);
    }

    @Test
    void randomSplitPutsEveryRowIntoOnePart() {
        RDD<Integer> numbers = rdds.range(10_000, 5);
        List<RDD<Integer>> parts = numbers.randomSplit(new double[] {1, 0, 3}, 5);
        List<Integer> all = new ArrayList<>();
        parts.forEach(part -> all.addAll(part.collect()));
        assertThat(all).containsExactlyInAnyOrderElementsOf(numbers.collect());
        assertThat(parts.get(0).count()).isBetween(2_300L, 2_700L);
        assertThat(parts.get(1).count()).isZero();
        assertThat(parts.get(2).count()).isBetween(7_300L, 7_700L);
    }

    @Test
    void pairsStayPairsWhenTheyAreSampledOrSplit() {
        PairRDD<Integer, Integer> pairs = rdds.range(100, 2).mapToPair(x -> Pair.of(x, x));
        assertThat(pairs.sample(false, 1).keys().count()).isEqualTo(100);
        assertThat(pairs.randomSplit(new double[] {1}).get(0).keys().count()).isEqualTo(100);
    }

    @Test
    void weightsThatAreNotOnesAreRefused() {
        for (double[] wrong : new double[][] {{}, {0, 0}, {1, -1}, {Double.NaN}, {Double.POSITIVE_INFINITY}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> rdds.range(1, 1).randomSplit(wrong))
                    .withMessageStartingWith("'weights' must be numbers not below 0, one of them above 0, but were [");
        }
    }

    @Test
    void aFailureBelowASampleIsThrownAsItIs() {
        IllegalStateException failure = new IllegalStateException("no");
        RDD<Integer> failing = rdds.range(10, 2).map(x -> {
            throw failure;
        });
        assertThatIllegalStateException()
                .isThrownBy(() -> failing.sample(true, 1).collect())
                .isSameAs(failure);
    }
}
