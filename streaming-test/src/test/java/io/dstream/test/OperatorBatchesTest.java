package io.dstream.test;

import static io.dstream.test.Batches.out;
import static io.dstream.test.Batches.partitions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.DStream;
import io.dstream.rdd.Pair;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The operators of streams of any rows: batches in, batches out, empty ones too. */
class OperatorBatchesTest {

    private static final List<List<Integer>> NUMBERS = List.of(List.of(1, 2, 3), List.of(), List.of(4));
    private static final List<List<String>> WORDS = List.of(List.of("a", "b", "a"), List.of(), List.of("b"));

    @Test
    void elementOperatorsMakeAnEmptyBatchOfAnEmptyBatch() {
        assertThat(out(stream -> stream.map(x -> x + 10), NUMBERS))
                .containsExactly(List.of(11, 12, 13), List.of(), List.of(14));
        assertThat(out(stream -> stream.filter(x -> x % 2 == 0), NUMBERS))
                .containsExactly(List.of(2), List.of(), List.of(4));
        assertThat(out(stream -> stream.flatMap(x -> List.of(x, -x).iterator()), NUMBERS))
                .containsExactly(List.of(1, -1, 2, -2, 3, -3), List.of(), List.of(4, -4));
        assertThat(out(stream -> stream.mapToPair(x -> Pair.of(x, "n")).toDStream(), NUMBERS))
                .containsExactly(
                        List.of(Pair.of(1, "n"), Pair.of(2, "n"), Pair.of(3, "n")),
                        List.of(),
                        List.of(Pair.of(4, "n")));
        assertThat(out(
                        stream -> stream.<Integer, Integer>flatMapToPair(x -> x == 2
                                        ? List.<Pair<Integer, Integer>>of().iterator()
                                        : List.of(Pair.of(x, x)).iterator())
                                .toDStream(),
                        NUMBERS))
                .containsExactly(List.of(Pair.of(1, 1), Pair.of(3, 3)), List.of(), List.of(Pair.of(4, 4)));
    }

    @Test
    void elementOperatorsKeepThePartitions() {
        assertThat(partitions(
                        stream -> stream.map(x -> x).filter(x -> true).flatMap(x -> List.of(x)
                                .iterator()),
                        NUMBERS))
                .containsExactly(2, 2, 2);
    }

    @Test
    void glomHasOneListForEachPartitionTheEmptyOnesToo() {
        assertThat(out(DStream::glom, NUMBERS))
                .containsExactly(
                        List.of(List.of(1), List.of(2, 3)),
                        List.of(List.of(), List.of()),
                        List.of(List.of(), List.of(4)));
    }

    @Test
    void reduceHasOneRowAndNoneForAnEmptyBatch() {
        assertThat(out(stream -> stream.reduce(Integer::sum), NUMBERS))
                .containsExactly(List.of(6), List.of(), List.of(4));
        assertThat(partitions(stream -> stream.reduce(Integer::sum), NUMBERS)).containsExactly(1, 1, 1);
    }

    @Test
    void countHasExactlyOneRowForEveryBatch() {
        assertThat(out(DStream::count, NUMBERS)).containsExactly(List.of(3L), List.of(0L), List.of(1L));
        assertThat(partitions(DStream::count, NUMBERS)).containsExactly(2, 2, 2);
    }

    @Test
    void countByValueHasHowOftenEachValueIsThere() {
        List<List<Pair<String, Long>>> counts =
                out(stream -> stream.countByValue().toDStream(), WORDS);
        assertThat(counts.get(0)).containsExactlyInAnyOrder(Pair.of("a", 2L), Pair.of("b", 1L));
        assertThat(counts.subList(1, 3)).containsExactly(List.of(), List.of(Pair.of("b", 1L)));
        assertThat(partitions(stream -> stream.countByValue().toDStream(), WORDS))
                .containsExactly(2, 2, 2);
        assertThat(partitions(stream -> stream.countByValue(5).toDStream(), WORDS))
                .containsExactly(5, 5, 5);
    }

    @Test
    void unionOfAStreamWithItselfHasItsRowsTwiceInAsManyPartitionsAsBoth() {
        assertThat(out(stream -> stream.union(stream), NUMBERS))
                .containsExactly(List.of(1, 2, 3, 1, 2, 3), List.of(), List.of(4, 4));
        assertThat(partitions(stream -> stream.union(stream), NUMBERS)).containsExactly(4, 4, 4);
    }

    @Test
    void repartitionMakesExactlySoManyPartitionsAndSpreadsTheRowsEvenly() {
        List<Integer> rows = IntStream.range(0, 100).boxed().toList();
        List<List<List<Integer>>> spread = out(stream -> stream.repartition(7).glom(), List.of(rows, List.of()));
        assertThat(spread.get(0)).hasSize(7).allSatisfy(part -> assertThat(part).hasSizeBetween(14, 16));
        assertThat(spread.get(0).stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(rows);
        assertThat(spread.get(1)).hasSize(7).allMatch(List::isEmpty);
    }

    @Test
    void numbersOfPartitionsBelowOneAreRefused() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            DStream<String> stream = test.<String>input().stream();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> stream.repartition(0))
                    .withMessage("'partitions' must be at least 1, but was 0");
            assertThatIllegalArgumentException().isThrownBy(() -> stream.countByValue(-1));
        }
    }

    @Test
    void anEmptyQueueGivesABatchOfOneEmptyPartition() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            TestOutput<List<Integer>> parts =
                    test.output(test.<Integer>input().stream().glom());
            test.runBatch();
            assertThat(parts.last()).containsExactly(List.of());
        }
    }

    @Test
    void everyOutputOnAStreamSeesAllItsBatches() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            TestInput<Integer> input = test.input();
            DStream<Integer> stream = input.stream().map(x -> x * x);
            TestOutput<Integer> first = test.output(stream);
            TestOutput<Integer> second = test.output(stream);
            for (List<Integer> rows : NUMBERS) {
                input.push(rows);
                test.runBatch();
            }
            assertThat(first.batches()).containsExactly(List.of(1, 4, 9), List.of(), List.of(16));
            assertThat(second.batches()).isEqualTo(first.batches());
        }
    }

    @Test
    void reduceByWindowHasNoRowForAWindowWithoutRows() {
        assertThat(out(
                        stream -> stream.reduceByWindow(Integer::sum, seconds(2), seconds(1)),
                        List.of(List.of(1, 2), List.of(), List.of(), List.of(3))))
                .containsExactly(List.of(3), List.of(3), List.of(), List.of(3));
    }

    @Test
    void reduceByWindowWithAnInverseHasARowInEveryWindowAfterTheFirstRow() {
        assertThat(out(
                        stream ->
                                stream.reduceByWindow(Integer::sum, (sum, gone) -> sum - gone, seconds(2), seconds(1)),
                        List.of(List.of(), List.of(1, 2), List.of(), List.of(), List.of(3))))
                .containsExactly(List.of(), List.of(3), List.of(3), List.of(0), List.of(3));
    }

    @Test
    void countByValueAndWindowHasTheValuesOfTheWindowAlone() {
        List<List<Pair<String, Long>>> counts = out(
                stream -> stream.countByValueAndWindow(seconds(2), seconds(1)).toDStream(),
                List.of(List.of("a", "a"), List.of("b"), List.of(), List.of()));
        assertThat(counts.get(0)).containsExactly(Pair.of("a", 2L));
        assertThat(counts.get(1)).containsExactlyInAnyOrder(Pair.of("a", 2L), Pair.of("b", 1L));
        assertThat(counts.subList(2, 4)).containsExactly(List.of(Pair.of("b", 1L)), List.of());
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
