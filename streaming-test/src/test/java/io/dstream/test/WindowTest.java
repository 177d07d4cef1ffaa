package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WindowTest {

    private TestStreamingContext test = new TestStreamingContext();
    private TestInput<Integer> numbers = test.input();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aWindowHasTheRowsOfItsBatchesOldestFirstAndIsPartialAtTheBeginning() {
        assertThat(windows(2, 1))
                .containsExactly(List.of(0), List.of(0, 1), List.of(1, 2), List.of(2, 3), List.of(3, 4), List.of(4, 5));
    }

    @Test
    void aSlideOfTwoGivesAWindowInEverySecondBatch() {
        assertThat(windows(2, 2)).containsExactly(List.of(0, 1), List.of(2, 3), List.of(4, 5));
    }

    @Test
    void aWindowMayReachBackFurtherThanItSlides() {
        assertThat(windows(4, 2)).containsExactly(List.of(0, 1), List.of(0, 1, 2, 3), List.of(2, 3, 4, 5));
    }

    @Test
    void aSlideAboveTheLengthLeavesBatchesOut() {
        assertThat(windows(2, 3)).containsExactly(List.of(1, 2), List.of(4, 5));
    }

    @Test
    void aWindowMayBeOverAWindow() {
        DStream<Integer> twice = numbers.stream().window(seconds(2)).window(seconds(4), seconds(2));
        TestOutput<Integer> output = test.output(twice);
        run(6);
        assertThat(output.last()).containsExactlyInAnyOrder(2, 3, 3, 4, 1, 2, 4, 5);
    }

    @Test
    void elementFunctionsRunOncePerRowHoweverManyWindowsAndOutputsReadThem() {
        AtomicInteger calls = new AtomicInteger();
        DStream<Integer> mapped = numbers.stream().map(x -> {
            calls.incrementAndGet();
            return x;
        });
        test.output(mapped.window(seconds(3)));
        test.output(mapped.window(seconds(2), seconds(2)));
        mapped.window(seconds(5), seconds(2)).print(1);
        run(6);
        assertThat(calls).hasValue(6);
    }

    @Test
    void aWindowThatNobodyReadsInABatchHasItsRowsAllTheSame() {
        TestOutput<Integer> output = test.output(numbers.stream().window(seconds(3), seconds(3)));
        run(3);
        assertThat(output.batches()).containsExactly(List.of(0, 1, 2));
    }

    @Test
    void aSkippedBatchIsInNoWindow() {
        use(new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1))));
        TestOutput<Integer> output = test.output(numbers.stream().window(seconds(3)));
        numbers.stream().foreachRDD((rdd, time) -> {
            if (time.getEpochSecond() == 2) {
                throw new IllegalStateException("poison");
            }
        });
        List<BatchInfo> batches = run(4);
        assertThat(batches)
                .extracting(BatchInfo::status)
                .containsExactly(Status.COMMITTED, Status.SKIPPED, Status.COMMITTED, Status.COMMITTED);
        assertThat(output.last()).containsExactly(2, 3);
    }

    @Test
    void skippedBatchesAreInNoReducedWindowAndTheOthersInAll() {
        use(new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1))));
        var pairs = numbers.stream().mapToPair(x -> Pair.of(x % 3, x + 1));
        List<TestOutput<Pair<Integer, Integer>>> expected = new ArrayList<>();
        List<TestOutput<Pair<Integer, Integer>>> reduced = new ArrayList<>();
        for (Duration length : List.of(seconds(1), seconds(3), seconds(4))) {
            for (Duration slide : List.of(seconds(1), seconds(2), seconds(3))) {
                expected.add(test.output(pairs.window(length, slide).reduceByKey(Integer::sum)));
                reduced.add(test.output(pairs.reduceByKeyAndWindow(Integer::sum, length, slide)));
                expected.add(test.output(pairs.window(length, slide).reduceByKey(Integer::sum)));
                reduced.add(test.output(pairs.reduceByKeyAndWindow(
                        Integer::sum, (sum, gone) -> sum - gone, length, slide, pair -> pair.value() != 0)));
            }
        }
        numbers.stream().foreachRDD((rdd, time) -> {
            if (List.of(2L, 4L, 9L, 10L, 11L).contains(time.getEpochSecond())) {
                throw new IllegalStateException("poison");
            }
        });
        run(20);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(sorted(reduced.get(i))).as("window %d", i).isEqualTo(sorted(expected.get(i)));
        }
    }

    @Test
    void aSkippedBatchTakesNoKeyOutOfAWindowThatKeepsThem() {
        use(new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1))));
        TestOutput<Long> output = test.output(numbers.stream().countByWindow(seconds(1), seconds(1)));
        numbers.stream().foreachRDD((rdd, time) -> {
            if (time.getEpochSecond() == 2) {
                throw new IllegalStateException("poison");
            }
        });
        run(2);
        test.runBatch();
        assertThat(output.last()).containsExactly(0L);
    }

    @Test
    void lengthAndSlideMustBeMultiplesOfTheStreamsSlideToTheNanosecond() {
        for (Duration length :
                List.of(seconds(2).plusNanos(1), seconds(2).plusNanos(-1), ChronoUnit.FOREVER.getDuration())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> numbers.stream().window(length))
                    .withMessage(
                            "The length of a window must be positive and a multiple of the slide of its stream, PT1S, but was "
                                    + length);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        numbers.stream().countByWindow(seconds(2), seconds(1).plusNanos(500_000)))
                .withMessageContaining("but was PT1.0005S");
    }

    @Test
    void lengthAndSlideMustBeMultiplesOfTheStreamsSlide() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> numbers.stream().window(Duration.ofMillis(1500)))
                .withMessageContaining("The length of a window")
                .withMessageContaining("PT1S")
                .withMessageContaining("PT1.5S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> numbers.stream().window(seconds(2), Duration.ZERO))
                .withMessageContaining("The slide of a window");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> numbers.stream().window(seconds(2), seconds(2)).window(seconds(3)));
    }

    @Test
    void streamsOfDifferentSlidesAreNotUnited() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> numbers.stream().union(numbers.stream().window(seconds(2), seconds(2))))
                .withMessageContaining("the same slide")
                .withMessageContaining("[PT1S, PT2S]");
    }

    @Test
    void aReducedWindowWithAnInverseIsTheSameAsWithout() {
        var pairs = numbers.stream().mapToPair(x -> Pair.of(x % 3, x));
        TestOutput<Pair<Integer, Integer>> with = test.output(pairs.reduceByKeyAndWindow(
                Integer::sum, (sum, gone) -> sum - gone, seconds(4), seconds(2), pair -> pair.value() != 0));
        TestOutput<Pair<Integer, Integer>> without =
                test.output(pairs.reduceByKeyAndWindow(Integer::sum, seconds(4), seconds(2)));
        for (int batch = 1; batch <= 50; batch++) {
            numbers.push(batch, 7 * batch % 11 + 1);
            test.runBatch();
        }
        assertThat(with.batches()).hasSize(25);
        for (int i = 0; i < 25; i++) {
            assertThat(with.batches().get(i))
                    .containsExactlyInAnyOrderElementsOf(without.batches().get(i));
        }
    }

    @Test
    void aReducedWindowIsThatOfItsRowsWhateverItsLengthAndSlide() {
        for (int length = 1; length <= 5; length++) {
            for (int slide = 1; slide <= 6; slide++) {
                try (TestStreamingContext own = new TestStreamingContext()) {
                    TestInput<Integer> input = own.input();
                    var pairs = input.stream().mapToPair(x -> Pair.of(x % 4, x));
                    TestOutput<Pair<Integer, Integer>> reduced =
                            own.output(pairs.reduceByKeyAndWindow(Math::max, seconds(length), seconds(slide)));
                    TestOutput<Pair<Integer, Integer>> expected = own.output(
                            pairs.window(seconds(length), seconds(slide)).reduceByKey(Math::max));
                    for (int batch = 0; batch < 20; batch++) {
                        if (batch % 7 != 3) {
                            input.push(batch * 31 % 17, batch * 7 % 13, batch);
                        }
                        own.runBatch();
                        assertThat(reduced.batches()).hasSameSizeAs(expected.batches());
                        if (!expected.batches().isEmpty()) {
                            assertThat(reduced.last()).containsExactlyInAnyOrderElementsOf(expected.last());
                        }
                    }
                }
            }
        }
    }

    @Test
    void aReducedWindowKeepsTheOrderOfBatches() {
        TestOutput<String> output = test.output(
                numbers.stream().map(String::valueOf).reduceByWindow(String::concat, seconds(3), seconds(2)));
        run(7);
        assertThat(output.batches()).containsExactly(List.of("01"), List.of("123"), List.of("345"));
    }

    @Test
    void theCallsOfAReducedWindowDoNotGrowWithItsLength() {
        assertThat(callsPerSlide(500)).isLessThanOrEqualTo(3.0);
        assertThat(callsPerSlide(5)).isLessThanOrEqualTo(3.0);
    }

    @Test
    void aReducedWindowForgetsWhatASkippedBatchHasAdded() {
        use(new TestStreamingContext(config ->
                config.withFailure(new FailureSettings(Policy.SKIP, 1, Duration.ofSeconds(1), failure -> false))));
        var max = numbers.stream().mapToPair(x -> Pair.of(0, x)).reduceByKeyAndWindow(Math::max, seconds(3));
        TestOutput<Pair<Integer, Integer>> output = test.output(max);
        AtomicInteger batch = new AtomicInteger();
        max.foreachRDD(rdd -> {
            if (batch.incrementAndGet() == 2) {
                throw new IllegalStateException("the second batch fails");
            }
        });
        for (int number : List.of(5, 9, 4, 3)) {
            numbers.push(number);
            Batches.runEither(test);
        }
        assertThat(output.batches())
                .containsExactly(
                        List.of(Pair.of(0, 5)), List.of(Pair.of(0, 9)), List.of(Pair.of(0, 5)), List.of(Pair.of(0, 4)));
    }

    @Test
    void aFunctionOfAReducedWindowThatFailsLeavesTheWindowAsItWas() {
        use(new TestStreamingContext(config ->
                config.withFailure(new FailureSettings(Policy.SKIP, 1, Duration.ofSeconds(1), failure -> false))));
        TestOutput<Integer> output = test.output(numbers.stream()
                .reduceByWindow(
                        (a, b) -> {
                            if (a < 0 || b < 0) {
                                throw new IllegalStateException("negative");
                            }
                            return a + b;
                        },
                        seconds(3),
                        seconds(1)));
        for (int number : List.of(1, 2, -1, 3, 4)) {
            numbers.push(number);
            Batches.runEither(test);
        }
        assertThat(output.batches()).containsExactly(List.of(1), List.of(3), List.of(5), List.of(7));
    }

    @Test
    void windowsOfPairsTakeANumberOfPartitions() {
        var pairs = numbers.stream().mapToPair(x -> Pair.of(x, x));
        List<TestOutput<Integer>> partitions = List.of(
                partitionsOf(pairs.reduceByKeyAndWindow(Integer::sum, seconds(2), seconds(1), 5)),
                partitionsOf(pairs.reduceByKeyAndWindow(
                        Integer::sum, (sum, gone) -> sum - gone, seconds(2), seconds(1), 5, null)),
                partitionsOf(pairs.groupByKeyAndWindow(seconds(2), seconds(1), 5)),
                partitionsOf(numbers.stream().countByValueAndWindow(seconds(2), seconds(1), 5)));
        run(2);
        partitions.forEach(output -> assertThat(output.last()).containsExactly(5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pairs.reduceByKeyAndWindow(Integer::sum, seconds(2), seconds(1), 0))
                .withMessageContaining("'partitions'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pairs.reduceByKeyAndWindow(
                        Integer::sum, (sum, gone) -> sum - gone, seconds(2), seconds(1), 0, null))
                .withMessageContaining("'partitions'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pairs.reduceByKeyAndWindow(Integer::sum, Duration.ofMillis(1_500), seconds(1)))
                .withMessageContaining("length of a window");
    }

    @Test
    void aReducedWindowWithoutFilterKeepsEveryKeyThatEverCame() {
        TestOutput<Pair<Integer, Integer>> output = test.output(numbers.stream()
                .mapToPair(x -> Pair.of(x, 1))
                .reduceByKeyAndWindow(Integer::sum, (sum, gone) -> sum - gone, seconds(1), seconds(1)));
        run(2);
        assertThat(output.last()).containsExactlyInAnyOrder(Pair.of(0, 0), Pair.of(1, 1));
    }

    @Test
    void aPairThatIsFilteredOutWhileItsValuesAreInTheWindowComesBackWithTheRightValue() {
        TestOutput<Pair<Integer, Integer>> output = test.output(numbers.stream()
                .mapToPair(x -> Pair.of(0, x))
                .reduceByKeyAndWindow(
                        Integer::sum, (sum, gone) -> sum - gone, seconds(2), seconds(1), pair -> pair.value() != 0));
        for (int number : List.of(3, -3, 0, 5, -5, 7)) {
            numbers.push(number);
            test.runBatch();
        }
        assertThat(output.batches())
                .containsExactly(
                        List.of(Pair.of(0, 3)),
                        List.of(),
                        List.of(Pair.of(0, -3)),
                        List.of(Pair.of(0, 5)),
                        List.of(),
                        List.of(Pair.of(0, 2)));
    }

    @Test
    void anInverseWithASlideAboveTheLengthReducesTheWindowAndKeepsTheKeysOfEarlierOnes() {
        PairDStream<String, Integer> pairs = numbers.stream().mapToPair(x -> Pair.of("k", x));
        TestOutput<Pair<String, Integer>> output = test.output(
                pairs.reduceByKeyAndWindow(Integer::sum, (sum, gone) -> sum - gone, seconds(1), seconds(2)));
        TestOutput<Pair<String, Integer>> filtered = test.output(pairs.reduceByKeyAndWindow(
                Integer::sum, (sum, gone) -> sum - gone, seconds(1), seconds(2), pair -> pair.value() != 0));
        TestOutput<Long> counts = test.output(numbers.stream().countByWindow(seconds(1), seconds(2)));
        for (int batch = 1; batch <= 8; batch++) {
            if (batch == 2 || batch == 3 || batch == 6) {
                numbers.push(5, batch);
            }
            test.runBatch();
        }
        assertThat(output.batches())
                .containsExactly(
                        List.of(Pair.of("k", 7)), List.of(Pair.of("k", 0)),
                        List.of(Pair.of("k", 11)), List.of(Pair.of("k", 0)));
        assertThat(filtered.batches())
                .containsExactly(List.of(Pair.of("k", 7)), List.of(), List.of(Pair.of("k", 11)), List.of());
        assertThat(counts.batches()).containsExactly(List.of(2L), List.of(0L), List.of(2L), List.of(0L));
    }

    @Test
    void rowsThatNoWindowReachesAreNotComputed() {
        List<Integer> computed = new CopyOnWriteArrayList<>();
        DStream<Integer> stream = numbers.stream().map(x -> {
            computed.add(x);
            return x;
        });
        TestOutput<Integer> output = test.output(stream.window(seconds(2), seconds(4)));
        test.output(stream.mapToPair(x -> Pair.of(0, x))
                .reduceByKeyAndWindow(Integer::sum, (sum, gone) -> sum - gone, seconds(1), seconds(4)));
        run(8);
        assertThat(output.batches()).containsExactly(List.of(2, 3), List.of(6, 7));
        assertThat(computed).containsExactlyInAnyOrder(2, 3, 6, 7);
    }

    @Test
    void aWindowWithASlideAfterASkippedOneHasWhatItReaches() {
        test.close();
        test = new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1)));
        numbers = test.input();
        PairDStream<String, Integer> pairs = numbers.stream().mapToPair(x -> Pair.of("k", x));
        TestOutput<Pair<String, Integer>> reduced =
                test.output(pairs.reduceByKeyAndWindow(Integer::sum, seconds(4), seconds(2)));
        TestOutput<Pair<String, Integer>> rows =
                test.output(pairs.window(seconds(4), seconds(2)).reduceByKey(Integer::sum));
        numbers.stream().foreachRDD((rdd, time) -> {
            if (time.getEpochSecond() == 4) {
                throw new IllegalStateException("poison");
            }
        });
        for (int batch = 1; batch <= 8; batch++) {
            numbers.push(batch);
            Batches.runEither(test);
        }
        assertThat(reduced.batches())
                .containsExactlyElementsOf(rows.batches())
                .contains(List.of(Pair.of("k", 3 + 5 + 6)), List.of(Pair.of("k", 5 + 6 + 7 + 8)));
    }

    @Test
    void countByWindowIsNothingBeforeTheFirstRowAndZeroAfterTheLast() {
        TestOutput<Long> output = test.output(numbers.stream().countByWindow(seconds(2), seconds(1)));
        test.runBatch();
        numbers.push(1, 2);
        test.runBatches(4);
        assertThat(output.batches()).containsExactly(List.of(), List.of(2L), List.of(2L), List.of(0L), List.of(0L));
    }

    /** How often the function is called in a batch with one value, in a window of this length that is full. */
    private static double callsPerSlide(int length) {
        AtomicInteger calls = new AtomicInteger();
        try (TestStreamingContext own = new TestStreamingContext()) {
            TestInput<Integer> input = own.input();
            own.output(input.stream()
                    .reduceByWindow(
                            (a, b) -> {
                                calls.incrementAndGet();
                                return Math.max(a, b);
                            },
                            seconds(length),
                            seconds(1)));
            for (int batch = 0; batch < 2 * length; batch++) {
                input.push(batch);
                own.runBatch();
            }
        }
        return calls.get() / (2.0 * length);
    }

    private <K, V> TestOutput<Integer> partitionsOf(PairDStream<K, V> stream) {
        return test.output(stream.transform(rdd -> test.context().parallelize(List.of(rdd.getNumPartitions()), 1)));
    }

    private static <T> List<List<String>> sorted(TestOutput<T> output) {
        return output.batches().stream()
                .map(rows -> rows.stream().map(String::valueOf).sorted().toList())
                .toList();
    }

    private void use(TestStreamingContext other) {
        test.close();
        test = other;
        numbers = test.input();
    }

    private List<List<Integer>> windows(int length, int slide) {
        TestOutput<Integer> output = test.output(numbers.stream().window(seconds(length), seconds(slide)));
        run(6);
        return output.batches();
    }

    /** Batch i has the number i. */
    private List<BatchInfo> run(int batches) {
        List<BatchInfo> infos = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            numbers.push(i);
            infos.add(Batches.runEither(test));
        }
        return infos;
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
