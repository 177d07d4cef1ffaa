package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A function that returns null where it must not is told with the id of its stream and what to return. */
class NullResultsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final TestStreamingContext test = new TestStreamingContext();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void ofUpdateStateByKey() {
        assertTold(
                rows -> pairs(rows)
                        .<Integer>updateStateByKey((values, state) -> null)
                        .toDStream(),
                "The function of 'updateStateByKey-0' returned null; return Optional.empty() instead");
    }

    @Test
    void ofUpdateStateByKeyForAKeyThatHasAState() {
        TestInput<String> input = test.input();
        test.output(pairs(input.stream())
                .<Integer>updateStateByKey((values, state) -> state.isPresent() ? null : Optional.of(1))
                .named("counts"));
        input.push("a");
        test.runBatch();
        assertThat(test.runFailingBatch().failureReason()).contains("The function of 'counts' returned null");
    }

    @Test
    void ofMapWithStateThatMayGiveNoRow() {
        assertTold(
                rows -> pairs(rows)
                        .mapWithState(StateSpec.function(
                                (Instant time, String key, Optional<Integer> value, State<Integer> state) ->
                                        (Optional<String>) null)),
                "The function of 'mapWithState-0' returned null; return Optional.empty() instead");
    }

    @Test
    void ofFilter() {
        assertTold(
                rows -> rows.filter(row -> null).map(row -> row),
                "The function of 'filter-0' returned null; return true or false instead");
    }

    @Test
    void ofFlatMap() {
        assertTold(
                rows -> rows.flatMap(row -> null).named("words"),
                "The function of 'words' returned null; return an iterator without rows instead");
    }

    @Test
    void ofFlatMapValues() {
        assertTold(
                rows -> pairs(rows).flatMapValues(row -> null).toDStream(),
                "The function of 'flatMapValues-0' returned null; return an iterator without rows instead");
    }

    @Test
    void ofMapPartitions() {
        assertTold(
                rows -> rows.mapPartitions(partition -> null),
                "The function of 'mapPartitions-0' returned null; return an iterator without rows instead");
    }

    @Test
    void ofTheFilterOfAWindow() {
        assertTold(
                rows -> pairs(rows)
                        .reduceByKeyAndWindow(Integer::sum, (sum, gone) -> sum - gone, SECOND, SECOND, pair -> null)
                        .toDStream(),
                "The function of 'reduceByKeyAndWindow-0' returned null; return true or false instead");
    }

    @Test
    void ofAnOperatorOfAnRddWithoutAName() {
        RDD<Integer> rows = test.context().parallelize(List.of(1));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> rows.filter(row -> null).count())
                .withMessage("The function of 'filter' returned null; return true or false instead");
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(
                        () -> rows.zipPartitions(rows, (left, right) -> null).count())
                .withMessage("The function of 'zipPartitions' returned null; return an iterator without rows instead");
    }

    @Test
    void ofTheZeroOfAnAccumulator() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        test.context().<Integer, Integer>accumulator("sum", () -> null, Integer::sum, Integer::sum))
                .withMessage("'zero' must give a neutral value, but gave null");
    }

    private void assertTold(Function<DStream<String>, DStream<?>> operation, String message) {
        TestInput<String> input = test.input();
        test.output(operation.apply(input.stream()));
        input.push("a");
        assertThat(test.runFailingBatch().failureReason()).endsWith(message);
    }

    private static PairDStream<String, Integer> pairs(DStream<String> rows) {
        return rows.mapToPair(row -> Pair.of(row, 1));
    }
}
