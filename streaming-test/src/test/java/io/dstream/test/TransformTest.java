package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions from RDDs to RDDs, of several streams too. */
class TransformTest {

    private final TestStreamingContext test = new TestStreamingContext();
    private final TestInput<Integer> numbers = test.input();
    private final TestInput<String> words = test.input();
    private final PairDStream<Integer, Integer> squares = numbers.stream().mapToPair(x -> Pair.of(x, x * x));
    private final PairDStream<String, Integer> lengths = words.stream().mapToPair(word -> Pair.of(word, word.length()));

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void transformWithGetsTheRowsOfBothStreamsAndTheTimeInEveryBatch() {
        List<Instant> times = new ArrayList<>();
        TestOutput<String> output = test.output(numbers.stream().transformWith(words.stream(), (own, others, time) -> {
            times.add(time);
            return own.map(x -> "n" + x).union(others);
        }));
        numbers.push(1, 2);
        words.push("w");
        test.runBatches(2);
        assertThat(output.batches()).containsExactly(List.of("n1", "n2", "w"), List.of());
        assertThat(times).containsExactly(Instant.ofEpochSecond(1), Instant.ofEpochSecond(2));
    }

    @Test
    void transformWithCombinesRowsAndPairsInEveryWay() {
        List<TestOutput<?>> outputs = List.of(
                test.output(numbers.stream().transformWith(lengths, (own, others, time) -> others.keys())),
                test.output(squares.transformWith(words.stream(), (own, others, time) -> others)),
                test.output(squares.transformWith(lengths, (own, others, time) -> others.keys())),
                test.output(numbers.stream()
                        .transformWithToPair(
                                words.stream(), (own, others, time) -> others.mapToPair(word -> Pair.of(word, 1)))
                        .map(Pair::key)),
                test.output(numbers.stream()
                        .transformWithToPair(lengths, (own, others, time) -> others)
                        .map(Pair::key)),
                test.output(squares.transformWithToPair(
                                words.stream(), (own, others, time) -> others.mapToPair(word -> Pair.of(word, 1)))
                        .map(Pair::key)),
                test.output(squares.transformWithToPair(lengths, (own, others, time) -> others)
                        .map(Pair::key)));
        words.push("a", "bb");
        test.runBatch();
        assertThat(outputs).allSatisfy(output -> assertThat(output.last()).isEqualTo(List.of("a", "bb")));
    }

    @Test
    void theContextTransformsAnyNumberOfStreamsInTheirOrder() {
        TestOutput<Object> rows = test.output(test.context()
                .transform(
                        List.of(numbers.stream(), words.stream(), squares.toDStream()), (rdds, time) -> test.context()
                                .parallelize(
                                        rdds.stream().<Object>map(RDD::first).toList(), 1)));
        TestOutput<Pair<Integer, Long>> pairs = test.output(
                test.context().transformToPair(List.of(words.stream(), numbers.stream()), (rdds, time) -> test.context()
                        .parallelize(List.of(0, 1), 1)
                        .mapToPair(i -> Pair.of(i, rdds.get(i).count()))));
        numbers.push(3);
        words.push("a", "b");
        test.runBatch();
        assertThat(rows.last()).containsExactly(3, "a", Pair.of(3, 9));
        assertThat(pairs.last()).containsExactly(Pair.of(0, 2L), Pair.of(1, 1L));
    }

    @Test
    void theContextUnitesAnyNumberOfStreams() {
        TestOutput<Integer> rows = test.output(
                test.context().union(numbers.stream(), numbers.stream().map(x -> -x), numbers.stream()));
        TestOutput<Pair<Integer, Integer>> pairs = test.output(test.context().union(squares, squares));
        numbers.push(2);
        test.runBatches(2);
        assertThat(rows.batches()).containsExactly(List.of(2, -2, 2), List.of());
        assertThat(pairs.batches()).containsExactly(List.of(Pair.of(2, 4), Pair.of(2, 4)), List.of());
    }

    @Test
    @SuppressWarnings("unchecked") // an array without elements
    void noStreamsAtAllAreRefused() {
        DStream<Integer>[] none = (DStream<Integer>[]) new DStream<?>[0];
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.context()
                        .transform(List.of(), (rdds, time) -> test.context().parallelize(List.of())))
                .withMessage("A transform must have at least one stream, but there are no streams");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.context().union(none))
                .withMessage("A union must have at least one stream, but there are no streams");
    }

    @ParameterizedTest
    @ValueSource(strings = {"transformWith", "transformWithToPair", "transform", "transformToPair"})
    void aFunctionOfSeveralStreamsThatReturnsNullFailsTheBatchAndSaysSo(String operator) {
        List<DStream<?>> both = List.of(numbers.stream(), words.stream());
        DStream<Integer> stream =
                switch (operator) {
                    case "transformWith" -> numbers.stream().transformWith(words.stream(), (own, others, time) -> null);
                    case "transformWithToPair" ->
                        numbers.stream()
                                .<String, Integer, Integer>transformWithToPair(
                                        words.stream(), (own, others, time) -> null)
                                .map(Pair::key);
                    case "transform" -> test.context().transform(both, (rdds, time) -> null);
                    default ->
                        test.context()
                                .<Integer, Integer>transformToPair(both, (rdds, time) -> null)
                                .map(Pair::key);
                };
        stream.print();
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason())
                .contains("'" + operator + "-0'")
                .contains("returned null; return an RDD without rows instead");
    }

    @Test
    void theFunctionMaySeeWhatHasChangedBetweenBatches() {
        Set<String> banned = ConcurrentHashMap.newKeySet();
        TestOutput<String> output = test.output(words.stream().transform(rdd -> {
            Set<String> now = Set.copyOf(banned);
            return rdd.filter(word -> !now.contains(word));
        }));
        words.push("a", "b");
        test.runBatch();
        banned.add("a");
        words.push("a", "b");
        test.runBatch();
        assertThat(output.batches()).containsExactly(List.of("a", "b"), List.of("b"));
    }
}
