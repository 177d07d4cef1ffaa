package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.PairDStream;
import io.dstream.rdd.Pair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The operators of streams of pairs: batches in, batches out, empty ones too. */
class PairOperatorsTest {

    private static final List<List<Pair<String, Integer>>> PAIRS =
            List.of(List.of(Pair.of("a", 1), Pair.of("b", 2), Pair.of("a", 3)), List.of(), List.of(Pair.of("a", 4)));

    @Test
    void groupByKeyHasTheListOfTheValuesOfEachKey() {
        List<List<Pair<String, List<Integer>>>> groups = out(pairs -> pairs.groupByKey());
        assertThat(groups.get(0)).containsExactlyInAnyOrder(Pair.of("a", List.of(1, 3)), Pair.of("b", List.of(2)));
        assertThat(groups.subList(1, 3)).containsExactly(List.of(), List.of(Pair.of("a", List.of(4))));
    }

    @Test
    void combineByKeyCreatesOncePerPartitionAndMergesTheRest() {
        List<List<Pair<String, String>>> combined = out(pairs ->
                pairs.combineByKey(x -> "<" + x + ">", (text, x) -> text + x, (text, other) -> text + "+" + other));
        assertThat(combined.get(0)).containsExactlyInAnyOrder(Pair.of("a", "<1>+<3>"), Pair.of("b", "<2>"));
        assertThat(combined.subList(1, 3)).containsExactly(List.of(), List.of(Pair.of("a", "<4>")));
    }

    @Test
    void shufflesOfStreamsGoIntoAsManyPartitionsAsThereAreThreadsWhateverLiesByKey() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            PairDStream<String, Integer> five = test.<String>input().stream()
                    .mapToPair(row -> Pair.of(row, 1))
                    .reduceByKey(Integer::sum, 5);
            List<Integer> partitions = new ArrayList<>();
            five.reduceByKey(Integer::sum).foreachRDD(rdd -> partitions.add(rdd.getNumPartitions()));
            five.groupByKey().foreachRDD(rdd -> partitions.add(rdd.getNumPartitions()));
            five.combineByKey(x -> x, Integer::sum, Integer::sum)
                    .foreachRDD(rdd -> partitions.add(rdd.getNumPartitions()));
            five.join(five).foreachRDD(rdd -> partitions.add(rdd.getNumPartitions()));
            five.cogroup(five).foreachRDD(rdd -> partitions.add(rdd.getNumPartitions()));
            five.transformToPair(rdd -> rdd.reduceByKey(Integer::sum))
                    .foreachRDD(rdd -> partitions.add(rdd.getNumPartitions()));
            test.runBatch();
            assertThat(partitions).containsExactly(2, 2, 2, 2, 2, 5);
        }
    }

    @Test
    void mapValuesAndFlatMapValuesLeaveTheKeysAloneAndDropKeysWithoutValues() {
        assertThat(out(pairs -> pairs.mapValues(x -> x * 10)).get(0))
                .containsExactly(Pair.of("a", 10), Pair.of("b", 20), Pair.of("a", 30));
        assertThat(out(pairs -> pairs.flatMapValues(x ->
                        x == 2 ? List.<Integer>of().iterator() : List.of(x, -x).iterator())))
                .containsExactly(
                        List.of(Pair.of("a", 1), Pair.of("a", -1), Pair.of("a", 3), Pair.of("a", -3)),
                        List.of(),
                        List.of(Pair.of("a", 4), Pair.of("a", -4)));
    }

    @Test
    void groupByKeyAndWindowHasTheValuesOfTheWindowAlone() {
        List<List<Pair<String, List<Integer>>>> groups =
                out(pairs -> pairs.groupByKeyAndWindow(seconds(2), seconds(1)));
        assertThat(groups.get(1)).containsExactlyInAnyOrder(Pair.of("a", List.of(1, 3)), Pair.of("b", List.of(2)));
        assertThat(groups.get(2)).containsExactly(Pair.of("a", List.of(4)));
    }

    @Test
    void joinHasEveryCombinationOfTheValuesOfAKeyInTheSameBatch() {
        List<List<Pair<String, Pair<Integer, String>>>> joined = joined((left, right) -> left.join(right));
        assertThat(joined.get(0))
                .containsExactlyInAnyOrder(
                        Pair.of("both", Pair.of(1, "x")),
                        Pair.of("both", Pair.of(1, "y")),
                        Pair.of("both", Pair.of(2, "x")),
                        Pair.of("both", Pair.of(2, "y")));
        assertThat(joined.subList(1, 4)).containsExactly(List.of(), List.of(), List.of());
    }

    @Test
    void leftOuterJoinHasAllPairsOfThisStream() {
        List<List<Pair<String, Pair<Integer, Optional<String>>>>> joined =
                joined((left, right) -> left.leftOuterJoin(right));
        assertThat(joined.get(0))
                .hasSize(5)
                .contains(Pair.of("both", Pair.of(1, Optional.of("x"))), Pair.of("left", Pair.of(3, Optional.empty())));
        assertThat(joined.subList(1, 4))
                .containsExactly(List.of(Pair.of("both", Pair.of(4, Optional.empty()))), List.of(), List.of());
    }

    @Test
    void rightOuterJoinHasAllPairsOfTheOtherStream() {
        List<List<Pair<String, Pair<Optional<Integer>, String>>>> joined =
                joined((left, right) -> left.rightOuterJoin(right));
        assertThat(joined.get(0))
                .hasSize(5)
                .contains(
                        Pair.of("both", Pair.of(Optional.of(1), "x")),
                        Pair.of("right", Pair.of(Optional.empty(), "z")));
        assertThat(joined.subList(1, 4))
                .containsExactly(List.of(), List.of(Pair.of("both", Pair.of(Optional.empty(), "w"))), List.of());
    }

    @Test
    void fullOuterJoinHasAllPairsOfBoth() {
        List<List<Pair<String, Pair<Optional<Integer>, Optional<String>>>>> joined =
                joined((left, right) -> left.fullOuterJoin(right));
        assertThat(joined.get(0))
                .hasSize(6)
                .contains(
                        Pair.of("both", Pair.of(Optional.of(2), Optional.of("y"))),
                        Pair.of("left", Pair.of(Optional.of(3), Optional.empty())),
                        Pair.of("right", Pair.of(Optional.empty(), Optional.of("z"))));
        assertThat(joined.subList(1, 4))
                .containsExactly(
                        List.of(Pair.of("both", Pair.of(Optional.of(4), Optional.empty()))),
                        List.of(Pair.of("both", Pair.of(Optional.empty(), Optional.of("w")))),
                        List.of());
    }

    @Test
    void cogroupHasOnePairForEachKeyOfEitherStream() {
        List<List<Pair<String, Pair<List<Integer>, List<String>>>>> groups =
                joined((left, right) -> left.cogroup(right));
        assertThat(groups.get(0))
                .containsExactlyInAnyOrder(
                        Pair.of("both", Pair.of(List.of(1, 2), List.of("x", "y"))),
                        Pair.of("left", Pair.of(List.of(3), List.of())),
                        Pair.of("right", Pair.of(List.of(), List.of("z"))));
        assertThat(groups.subList(1, 4))
                .containsExactly(
                        List.of(Pair.of("both", Pair.of(List.of(4), List.of()))),
                        List.of(Pair.of("both", Pair.of(List.of(), List.of("w")))),
                        List.of());
    }

    @Test
    void windowsOfDifferentLengthsJoinIfTheirSlidesAreTheSame() {
        assertThat(out(pairs -> pairs.window(seconds(2)).join(pairs.window(seconds(3))))
                        .get(2))
                .containsExactlyInAnyOrder(
                        Pair.of("a", Pair.of(4, 1)), Pair.of("a", Pair.of(4, 3)), Pair.of("a", Pair.of(4, 4)));
    }

    @Test
    void streamsOfDifferentSlidesDoNotJoin() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            PairDStream<String, Integer> pairs = pairsOf(test.input());
            PairDStream<String, Integer> slower = pairs.window(seconds(2), seconds(2));
            for (Runnable join : List.<Runnable>of(
                    () -> pairs.join(slower),
                    () -> pairs.leftOuterJoin(slower),
                    () -> pairs.rightOuterJoin(slower),
                    () -> pairs.fullOuterJoin(slower),
                    () -> pairs.cogroup(slower),
                    () -> pairs.union(slower),
                    () -> pairs.transformWith(slower, (one, other, time) -> one.toRDD()),
                    () -> test.context().union(pairs, slower))) {
                assertThatIllegalArgumentException().isThrownBy(join::run).withMessageContaining("[PT1S, PT2S]");
            }
        }
    }

    @Test
    void aShuffleHasAsManyPartitionsAsThereAreThreadsUnlessItIsToldOtherwise() {
        assertThat(partitions(pairs -> List.of(
                        pairs.reduceByKey(Integer::sum),
                        pairs.groupByKey(),
                        pairs.combineByKey(x -> x, Integer::sum, Integer::sum),
                        pairs.cogroup(pairs),
                        pairs.join(pairs),
                        pairs.leftOuterJoin(pairs),
                        pairs.rightOuterJoin(pairs),
                        pairs.fullOuterJoin(pairs),
                        pairs.updateStateByKey((values, state) -> state.or(() -> Optional.of(values))))))
                .hasSize(9)
                .containsOnly(2);
        assertThat(partitions(pairs -> shufflesInto(5, pairs))).hasSize(9).containsOnly(5);
    }

    @Test
    void aShuffleIntoLessThanOnePartitionIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> partitions(pairs -> shufflesInto(0, pairs)))
                .withMessage("'partitions' must be at least 1, but was 0");
    }

    private static List<PairDStream<String, ?>> shufflesInto(int partitions, PairDStream<String, Integer> pairs) {
        return List.of(
                pairs.reduceByKey(Integer::sum, partitions),
                pairs.groupByKey(partitions),
                pairs.combineByKey(x -> x, Integer::sum, Integer::sum, partitions),
                pairs.cogroup(pairs, partitions),
                pairs.join(pairs, partitions),
                pairs.leftOuterJoin(pairs, partitions),
                pairs.rightOuterJoin(pairs, partitions),
                pairs.fullOuterJoin(pairs, partitions),
                pairs.repartition(partitions));
    }

    /** How many partitions the streams have in an empty batch. */
    private static List<Integer> partitions(
            Function<PairDStream<String, Integer>, List<? extends PairDStream<String, ?>>> streams) {
        try (TestStreamingContext test = new TestStreamingContext()) {
            List<Integer> partitions = new ArrayList<>();
            streams.apply(pairsOf(test.input()))
                    .forEach(stream -> stream.foreachRDD((rdd, time) -> partitions.add(rdd.getNumPartitions())));
            test.runBatch();
            return partitions;
        }
    }

    private static <V> List<List<Pair<String, V>>> out(
            Function<PairDStream<String, Integer>, PairDStream<String, V>> operation) {
        return Batches.out(
                stream -> operation.apply(stream.mapToPair(pair -> pair)).toDStream(), PAIRS);
    }

    /** What an operation makes of two streams: both have rows in the first batch, one in each of the next two, then none. */
    private static <V> List<List<Pair<String, V>>> joined(
            BiFunction<PairDStream<String, Integer>, PairDStream<String, String>, PairDStream<String, V>> operation) {
        try (TestStreamingContext test = new TestStreamingContext()) {
            TestInput<Pair<String, Integer>> left = test.input();
            TestInput<Pair<String, String>> right = test.input();
            TestOutput<Pair<String, V>> output = test.output(operation.apply(pairsOf(left), pairsOf(right)));
            left.push(Pair.of("both", 1), Pair.of("both", 2), Pair.of("left", 3));
            right.push(Pair.of("both", "x"), Pair.of("both", "y"), Pair.of("right", "z"));
            test.runBatch();
            left.push(Pair.of("both", 4));
            test.runBatch();
            right.push(Pair.of("both", "w"));
            test.runBatches(2);
            return output.batches();
        }
    }

    private static <V> PairDStream<String, V> pairsOf(TestInput<Pair<String, V>> input) {
        return input.stream().mapToPair(pair -> pair);
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
