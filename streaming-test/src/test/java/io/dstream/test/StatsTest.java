package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.dstream.function.StreamingException;
import io.dstream.rdd.Histogram;
import io.dstream.rdd.RDD;
import io.dstream.rdd.Stats;
import java.io.IOException;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows as numbers: stats, sum, mean, histogram. */
class StatsTest {

    private final Rdds rdds = new Rdds();

    @AfterEach
    void close() {
        rdds.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void statsTellWhatTheNumbersAreLike(int partitions) {
        Stats stats = rdds.of(partitions, "1", "2", "3", "6").stats(Double::parseDouble);
        assertThat(stats.count()).isEqualTo(4);
        assertThat(stats.sum()).isEqualTo(12);
        assertThat(stats.mean()).isEqualTo(3);
        assertThat(stats.min()).isEqualTo(1);
        assertThat(stats.max()).isEqualTo(6);
        assertThat(stats.variance()).isEqualTo(3.5, within(1e-12));
        assertThat(stats.stdev()).isEqualTo(Math.sqrt(3.5), within(1e-12));
        assertThat(stats.sampleVariance()).isEqualTo(14.0 / 3, within(1e-12));
        assertThat(stats.sampleStdev()).isEqualTo(Math.sqrt(14.0 / 3), within(1e-12));
    }

    @Test
    void sumAndMeanAreShorter() {
        assertThat(rdds.range(101, 4).sum(x -> x)).isEqualTo(5050);
        assertThat(rdds.range(101, 4).mean(x -> x)).isEqualTo(50, within(1e-12));
    }

    @Test
    void ofNoRowsOnlyCountAndSumAreNumbers() {
        for (RDD<Integer> none : List.of(rdds.range(0, 3), rdds.<Integer>withoutPartitions())) {
            Stats stats = none.stats(x -> x);
            assertThat(stats.count()).isZero();
            assertThat(none.sum(x -> x)).isZero();
            assertThat(none.mean(x -> x)).isNaN();
            assertThat(stats.variance()).isNaN();
            assertThat(stats.sampleStdev()).isNaN();
            assertThat(stats.min()).isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(stats.max()).isEqualTo(Double.NEGATIVE_INFINITY);
        }
    }

    @Test
    void ofOneRowThereIsAVarianceButNoneOfASample() {
        Stats stats = rdds.of(3, 5).stats(x -> x);
        assertThat(stats.variance()).isZero();
        assertThat(stats.sampleVariance()).isNaN();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void theVarianceOfLargeNumbersCloseToEachOtherIsRight(int partitions) {
        Stats stats = rdds.range(1000, partitions).stats(x -> 1e9 + x % 2);
        assertThat(stats.variance()).isEqualTo(0.25, within(1e-6));
    }

    @Test
    void aCheckedFailureOfTheFunctionIsTheCause() {
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> rdds.range(3, 2).stats(x -> {
                    throw new IOException("disk");
                }))
                .withCauseInstanceOf(IOException.class);
    }

    @Test
    void aHistogramOfGivenBoundsCountsWhatIsInABucket() {
        RDD<Double> numbers = rdds.of(3, 1.0, 2.0, 2.5, 4.0, 3.99, 0.99, 4.01, Double.NaN, -1e300, 1e300);
        Histogram histogram = numbers.histogram(x -> x, new double[] {1, 2, 4});
        assertThat(histogram).isEqualTo(new Histogram(List.of(1.0, 2.0, 4.0), List.of(1L, 4L)));
        assertThat(numbers.histogram(x -> x, new double[] {Double.NEGATIVE_INFINITY, 0, Double.POSITIVE_INFINITY})
                        .counts())
                .containsExactly(1L, 8L);
    }

    @Test
    void bothZerosAreInTheSameBucket() {
        RDD<Double> zeros = rdds.of(1, 0.0, -0.0);
        assertThat(zeros.histogram(x -> x, new double[] {0.0, 1}).counts()).containsExactly(2L);
        assertThat(zeros.histogram(x -> x, new double[] {-1, 0.0, 1}).counts()).containsExactly(0L, 2L);
        assertThat(zeros.histogram(x -> x, new double[] {-1, -0.0, 1}).counts()).containsExactly(0L, 2L);
    }

    @Test
    void aHistogramOfSoManyBucketsReachesFromTheLeastToTheGreatest() {
        assertThat(rdds.range(11, 3).histogram(x -> x, 5))
                .isEqualTo(new Histogram(List.of(0.0, 2.0, 4.0, 6.0, 8.0, 10.0), List.of(2L, 2L, 2L, 2L, 3L)));
        assertThat(rdds.of(2, 7, 7, 7).histogram(x -> x, 5)).isEqualTo(new Histogram(List.of(7.0, 7.0), List.of(3L)));
    }

    @Test
    void aHistogramOfNoRowsHasBucketsOnlyIfTheyAreGiven() {
        assertThat(rdds.<Integer>withoutPartitions()
                        .histogram(x -> x, new double[] {0, 1})
                        .counts())
                .containsExactly(0L);
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(() -> rdds.range(0, 2).histogram(x -> x, 3))
                .withMessage("histogram() of an RDD without rows; ask isEmpty() before");
    }

    @Test
    void bucketsThatCannotBeAreRefused() {
        RDD<Integer> numbers = rdds.range(3, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> numbers.histogram(x -> x, 0))
                .withMessage("'buckets' must be at least 1, but was 0");
        for (double[] wrong : new double[][] {{}, {1}, {1, 1}, {2, 1}, {0, Double.NaN, 1}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> numbers.histogram(x -> x, wrong))
                    .withMessageStartingWith(
                            "'bounds' must be two or more numbers, each above the one before, but were [");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> numbers.histogram(x -> x == 0 ? Double.NaN : x, 3))
                .withMessageContaining("needs finite numbers");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> numbers.histogram(x -> 1.0 / x, 3))
                .withMessageContaining("to Infinity");
    }
}
