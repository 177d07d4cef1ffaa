package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whichever function of the user throws, its batch fails, and those after it are as if it had had no rows. */
class UserFunctionFailureTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int FAILING = 3;

    /** Two partitions, each with two rows of one key and one of another. */
    private static final List<String> ROWS = List.of("a", "a", "b", "a", "a", "b");

    private volatile boolean failing;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "map",
                "filter",
                "flatMap",
                "mapPartitions",
                "reduce",
                "mapToPair",
                "mapValues",
                "flatMapValues",
                "reduceByKey",
                "combineByKey: create",
                "combineByKey: merge a value",
                "combineByKey: merge combiners",
                "reduceByKeyAndWindow",
                "reduceByKeyAndWindow: reduce with an inverse",
                "reduceByKeyAndWindow: inverse",
                "reduceByKeyAndWindow: filter",
                "updateStateByKey",
                "mapWithState",
                "transform",
                "transformWith"
            })
    void aBatchFailsWithWhatAFunctionThrewAndLeavesNothingBehind(String function) {
        Map<Instant, List<String>> expected = new ConcurrentHashMap<>();
        run(function, List.of(), expected);
        Map<Instant, List<String>> output = new ConcurrentHashMap<>();
        List<BatchInfo> batches = run(function, ROWS, output);
        assertThat(batches)
                .extracting(BatchInfo::status)
                .containsExactly(
                        Status.COMMITTED, Status.COMMITTED, Status.SKIPPED, Status.COMMITTED, Status.COMMITTED);
        assertThat(batches.get(FAILING - 1).failureReason()).contains("boom");
        for (int batch : List.of(1, 2, 4, 5)) {
            Instant time = Instant.ofEpochSecond(batch);
            assertThat(output.get(time)).as("batch %d", batch).containsExactlyInAnyOrderElementsOf(expected.get(time));
        }
    }

    /** Five batches; functions throw in the third if it has rows. */
    private List<BatchInfo> run(String function, List<String> rowsOfThird, Map<Instant, List<String>> output) {
        try (TestStreamingContext test =
                new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1)))) {
            TestInput<String> input = test.input();
            operation(function, input.stream()).foreachRDD((rdd, time) -> output.put(time, rdd.collect()));
            List<BatchInfo> batches = new ArrayList<>();
            for (int batch = 1; batch <= 5; batch++) {
                List<String> rows = batch == FAILING ? rowsOfThird : ROWS;
                failing = batch == FAILING && !rows.isEmpty();
                input.push(rows);
                batches.add(Batches.runEither(test));
            }
            return batches;
        }
    }

    private DStream<String> operation(String function, DStream<String> rows) {
        PairDStream<String, Integer> ones = rows.mapToPair(row -> Pair.of(row, 1));
        return switch (function) {
            case "map" -> rows.map(this::checked);
            case "filter" -> rows.filter(row -> checked(true));
            case "flatMap" -> rows.flatMap(row -> checked(List.of(row).iterator()));
            case "mapPartitions" -> rows.mapPartitions(this::checked);
            case "reduce" -> rows.reduce((a, b) -> checked(a.compareTo(b) > 0 ? a : b));
            case "mapToPair" -> text(rows.mapToPair(row -> checked(Pair.of(row, 1))));
            case "mapValues" -> text(ones.mapValues(this::checked));
            case "flatMapValues" ->
                text(ones.flatMapValues(one -> checked(List.of(one).iterator())));
            case "reduceByKey" -> text(ones.reduceByKey(this::checkedSum));
            case "combineByKey: create" -> text(ones.combineByKey(this::checked, Integer::sum, Integer::sum));
            case "combineByKey: merge a value" -> text(ones.combineByKey(one -> one, this::checkedSum, Integer::sum));
            case "combineByKey: merge combiners" -> text(ones.combineByKey(one -> one, Integer::sum, this::checkedSum));
            case "reduceByKeyAndWindow" -> text(ones.reduceByKeyAndWindow(this::checkedSum, SECOND.multipliedBy(2)));
            case "reduceByKeyAndWindow: reduce with an inverse" ->
                text(ones.reduceByKeyAndWindow(
                        this::checkedSum, (sum, gone) -> sum - gone, SECOND.multipliedBy(2), SECOND));
            case "reduceByKeyAndWindow: inverse" ->
                text(ones.reduceByKeyAndWindow(
                        Integer::sum, (sum, gone) -> checked(sum - gone), SECOND.multipliedBy(2), SECOND));
            case "reduceByKeyAndWindow: filter" ->
                text(ones.reduceByKeyAndWindow(
                        Integer::sum,
                        (sum, gone) -> sum - gone,
                        SECOND.multipliedBy(2),
                        SECOND,
                        pair -> checked(pair.value() != 0)));
            case "updateStateByKey" ->
                text(ones.updateStateByKey((values, state) -> checked(Optional.of(state.orElse(0) + values.size()))));
            case "mapWithState" -> ones.mapWithState(StateSpec.function(this::checkedCount));
            case "transform" -> rows.transform(this::checked);
            case "transformWith" -> rows.transformWith(ones, (own, others, time) -> checked(own));
            default -> throw new IllegalArgumentException(function);
        };
    }

    private String checkedCount(String key, Optional<Integer> value, State<Integer> state) throws IOException {
        state.update(state.getOption().orElse(0) + 1);
        return checked(key + state.get());
    }

    private int checkedSum(int a, int b) throws IOException {
        return checked(a + b);
    }

    private <T> T checked(T result) throws IOException {
        if (failing) {
            throw new IOException("boom");
        }
        return result;
    }

    private static DStream<String> text(PairDStream<String, Integer> pairs) {
        return pairs.map(Pair::toString);
    }
}
