package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.StreamingConfig;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.RestoredPart.Outcome;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** States and windows over several changes of the code and its configuration, with crashes between them. */
class RestorationTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    private Path temporary;

    private TestStreamingContext test;
    private TestInput<String> words;

    @BeforeEach
    void begin() {
        test = context(config -> config);
        words = test.input();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aWindowThatBeginsWithoutItsRowsHasNoOldValuesInLaterRunsEither() {
        test.output(inverse(Duration.ofSeconds(2)));
        run();
        run("x", "x");
        for (int i = 0; i < 2; i++) {
            crash();
            TestOutput<Pair<String, Long>> sums = test.output(inverse(SECOND));
            run("z");
            assertThat(sums.last()).containsExactlyInAnyOrder(Pair.of("x", 0L), Pair.of("z", 1L));
        }
    }

    @Test
    void windowsOfOneStreamMayBeOfTwoLater() {
        for (boolean reversed : new boolean[] {false, true, false, true}) {
            DStream<String> both = words.stream().map(word -> word);
            test.output(both.window(Duration.ofSeconds(3)).named("a"));
            test.output(both.window(Duration.ofSeconds(3)).named("b"));
            run("x");
            crash();
            List<DStream<String>> streams = new ArrayList<>(
                    List.of(words.stream().map(word -> word), words.stream().map(word -> word)));
            if (reversed) {
                Collections.reverse(streams);
            }
            TestOutput<String> a =
                    test.output(streams.get(0).window(Duration.ofSeconds(3)).named("a"));
            TestOutput<String> b =
                    test.output(streams.get(1).window(Duration.ofSeconds(3)).named("b"));
            run("y");
            assertThat(a.last()).containsExactly("x", "y");
            assertThat(b.last()).containsExactly("y");
            run();
            run();
            run();
            crash();
        }
    }

    @Test
    void aLongerBatchIntervalLosesNoRowsOfWindows() {
        test.output(words.stream().window(Duration.ofSeconds(4), SECOND));
        test.output(pairs(words.stream()).reduceByKeyAndWindow(Long::sum, Duration.ofSeconds(4), SECOND));
        run("a");
        run("b");
        run("c");
        crash(config -> config.withBatchInterval(Duration.ofSeconds(2)));
        TestOutput<String> window = test.output(words.stream().window(Duration.ofSeconds(4), Duration.ofSeconds(2)));
        TestOutput<Pair<String, Long>> sums = test.output(
                pairs(words.stream()).reduceByKeyAndWindow(Long::sum, Duration.ofSeconds(4), Duration.ofSeconds(2)));
        run("d");
        assertThat(window.last()).containsExactly("a", "b", "c", "d");
        assertThat(sums.last()).extracting(Pair::key).containsExactlyInAnyOrder("a", "b", "c", "d");
        run("e");
        assertThat(window.last()).containsExactly("c", "d", "e");
    }

    @Test
    void aReducedWindowWithASlideGoesOn() {
        test.output(sliding(Duration.ofSeconds(2)));
        run("a");
        run("a", "b");
        run("b");
        crash();
        TestOutput<Pair<String, Long>> sums = test.output(sliding(Duration.ofSeconds(2)));
        run("a");
        assertThat(sums.last()).containsExactlyInAnyOrder(Pair.of("a", 3L), Pair.of("b", 2L));
        run("c");
        run("c");
        assertThat(sums.last()).containsExactlyInAnyOrder(Pair.of("a", 1L), Pair.of("b", 1L), Pair.of("c", 2L));
    }

    @Test
    void theSlideMayChange() {
        test.output(sliding(Duration.ofSeconds(2)));
        test.output(words.stream().window(Duration.ofSeconds(4), Duration.ofSeconds(2)));
        run("a");
        run("a");
        run("b");
        crash();
        TestOutput<Pair<String, Long>> sums = test.output(sliding(SECOND));
        TestOutput<String> window = test.output(words.stream().window(Duration.ofSeconds(4), SECOND));
        run("b");
        assertThat(sums.last()).containsExactlyInAnyOrder(Pair.of("a", 2L), Pair.of("b", 2L));
        assertThat(window.last()).containsExactly("a", "a", "b", "b");
        run("c");
        assertThat(sums.last()).containsExactlyInAnyOrder(Pair.of("a", 1L), Pair.of("b", 2L), Pair.of("c", 1L));
    }

    @Test
    void keysOfAnotherTypeAreRefusedBeforeAnyRowIsPutOut() {
        test.output(counted(words.stream()));
        run("a");
        crash();
        AtomicInteger outputs = new AtomicInteger();
        words.stream()
                .mapToPair(word -> Pair.of(word.length(), 1L))
                .updateStateByKey((List<Long> values, Optional<Long> state) -> Optional.of(1L))
                .named("counts")
                .foreachRDD(rdd -> {
                    rdd.collect();
                    outputs.incrementAndGet();
                });
        words.push("a");
        assertThat(test.runFailingBatch().failureReason()).contains("'counts'").contains("java.lang.Integer");
        assertThat(outputs).hasValue(0);
    }

    @Test
    void aFailureOfAFunctionIsToldAsItIsOnceABatchHasShownThatTheTypesFit() {
        test.output(counted(words.stream()));
        run("a");
        crash();
        test.output(counted(words.stream().map(RestorationTest::uncast)));
        run();
        run("a");
        words.push("not a word");
        assertThat(test.runFailingBatch().failureReason())
                .contains("ClassCastException")
                .doesNotContain("checkpoint");
    }

    private static String uncast(String word) {
        Object number = 1;
        return word.contains(" ") ? (String) number : word;
    }

    @Test
    void aTimeoutThatIsAddedCountsFromTheFirstBatchThatIsNotSkipped() {
        test.output(seen(StateSpec.<String, Long, Long, String>function(RestorationTest::see)));
        run("a");
        crash(config -> config.withFailure(Failures.skipAfter(1)));
        AtomicInteger batches = new AtomicInteger();
        TestOutput<String> out = test.output(seen(StateSpec.<String, Long, Long, String>function(RestorationTest::see)
                .timeout(Duration.ofSeconds(2))));
        words.stream().foreachRDD(rdd -> {
            if (batches.get() == 0) {
                throw new IllegalStateException("the first batch fails");
            }
        });
        words.push();
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        batches.set(1);
        run();
        run();
        run();
        assertThat(out.last()).isEmpty();
        run();
        assertThat(out.last()).containsExactly("a is gone");
    }

    private DStream<String> seen(StateSpec<String, Long, Long, String> spec) {
        return pairs(words.stream()).mapWithState(spec).named("seen");
    }

    private static String see(String key, Optional<Long> value, State<Long> state) {
        if (state.isTimingOut()) {
            return key + " is gone";
        }
        state.update(1L);
        return key;
    }

    @Test
    void whatIsRememberedWithoutANameIsNotTakenForAnother() {
        test.output(words.stream().map(word -> "one " + word).remember(Duration.ofSeconds(9)));
        run("a");
        crash();
        words.stream().map(word -> "two " + word).print();
        DStream<String> remembered = words.stream().map(word -> "one " + word).remember(Duration.ofSeconds(9));
        words.stream()
                .map(word -> "two " + word)
                .remember(Duration.ofSeconds(9))
                .print();
        test.output(remembered);
        assertThat(test.context().restoredParts())
                .allSatisfy(part -> assertThat(part.outcome()).isIn(Outcome.EMPTY));
        run("b");
        assertThat(remembered.slice(Instant.ofEpochSecond(2), Instant.ofEpochSecond(2)))
                .extracting(rdd -> rdd.collect().get(0))
                .containsExactly("one b");
    }

    @Test
    void whatIsRememberedUnderANameIsAmongWhatGoesOn() {
        test.output(words.stream().named("words").remember(Duration.ofSeconds(9)));
        run("a");
        crash();
        test.output(words.stream().named("words").remember(Duration.ofSeconds(9)));
        assertThat(test.context().restoredParts())
                .extracting(part -> part.id() + " " + part.outcome())
                .containsExactly("words KEPT");
    }

    @Test
    void fewerOperatorsWithoutNamesAreNotClearEitherIfAllWereGoneMeanwhile() {
        test.output(unnamed());
        test.output(unnamed());
        run("a");
        crash();
        test.output(words.stream());
        run("a");
        crash();
        test.output(unnamed());
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().start())
                .withMessageContaining("updateStateByKey-0, updateStateByKey-1");
    }

    private PairDStream<String, Long> unnamed() {
        return pairs(words.stream()).updateStateByKey((List<Long> values, Optional<Long> state) -> Optional.of(1L));
    }

    @Test
    void aReducedWindowReducesEachBatchOnce() {
        AtomicInteger calls = new AtomicInteger();
        test.output(pairs(words.stream().union(words.stream().map(word -> word)))
                .reduceByKeyAndWindow(
                        (first, second) -> {
                            calls.incrementAndGet();
                            return first + second;
                        },
                        Duration.ofSeconds(4),
                        SECOND));
        run("a");
        assertThat(calls).hasValue(1);
    }

    private PairDStream<String, Long> sliding(Duration slide) {
        return pairs(words.stream()).reduceByKeyAndWindow(Long::sum, Duration.ofSeconds(4), slide);
    }

    private PairDStream<String, Long> inverse(Duration slide) {
        return pairs(words.stream()).reduceByKeyAndWindow(Long::sum, (sum, out) -> sum - out, SECOND, slide);
    }

    private static PairDStream<String, Long> counted(DStream<String> words) {
        return pairs(words)
                .updateStateByKey((List<Long> values, Optional<Long> state) ->
                        values.isEmpty() ? state : Optional.of(state.orElse(0L) + values.size()))
                .named("counts");
    }

    private static PairDStream<String, Long> pairs(DStream<String> words) {
        return words.mapToPair(word -> Pair.of(word, 1L));
    }

    private void run(String... rows) {
        words.push(rows);
        assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
    }

    private void crash() {
        test = test.crash();
        words = test.input();
    }

    /** As if another configuration came with the new version. */
    private void crash(UnaryOperator<StreamingConfig> change) {
        Duration now = Duration.ofMillis(test.clock().now().toEpochMilli());
        test.crash().close();
        test = context(change);
        test.clock().advance(now);
        words = test.input();
    }

    private TestStreamingContext context(UnaryOperator<StreamingConfig> change) {
        return new TestStreamingContext(config -> change.apply(config.withCheckpointDirectory(temporary)));
    }
}
