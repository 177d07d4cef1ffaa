package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.DStream;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    void aReducedWindowWithoutFilterKeepsEveryKeyThatEverCame() {
        TestOutput<Pair<Integer, Integer>> output = test.output(numbers.stream()
                .mapToPair(x -> Pair.of(x, 1))
                .reduceByKeyAndWindow(Integer::sum, (sum, gone) -> sum - gone, seconds(1), seconds(1)));
        run(2);
        assertThat(output.last()).containsExactlyInAnyOrder(Pair.of(0, 0), Pair.of(1, 1));
    }

    @Test
    void anInverseWithASlideAboveTheLengthReducesTheWindow() {
        TestOutput<Pair<Integer, Integer>> output = test.output(numbers.stream()
                .mapToPair(x -> Pair.of(0, x))
                .reduceByKeyAndWindow(Integer::sum, (sum, gone) -> sum - gone, seconds(1), seconds(3)));
        run(6);
        assertThat(output.batches()).containsExactly(List.of(Pair.of(0, 2)), List.of(Pair.of(0, 5)));
    }

    @Test
    void countByWindowIsNothingBeforeTheFirstRowAndZeroAfterTheLast() {
        TestOutput<Long> output = test.output(numbers.stream().countByWindow(seconds(2), seconds(1)));
        test.runBatch();
        numbers.push(1, 2);
        test.runBatches(4);
        assertThat(output.batches()).containsExactly(List.of(), List.of(2L), List.of(2L), List.of(0L), List.of(0L));
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
            infos.add(test.runBatch());
        }
        return infos;
    }

    private void use(TestStreamingContext other) {
        test.close();
        test = other;
        numbers = test.input();
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
