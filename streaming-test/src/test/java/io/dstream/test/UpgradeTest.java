package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.StreamingConfig;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo.State;
import io.dstream.event.RestoredPart.Outcome;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.state.StateSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a new version of the code may change, as docs/upgrading.md has it. Each test runs version 1, crashes, and runs version 2. */
class UpgradeTest {

    @TempDir
    private Path temporary;

    private TestStreamingContext test;
    private TestInput<String> words;
    private TestOutput<Pair<String, Long>> counts;

    @BeforeEach
    void runVersion1() {
        test = context(config -> config);
        words = test.input();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void theSameCodeGoesOnWithItsStates() {
        counts = test.output(counted(words.stream(), 1));
        run("a", "b", "a");
        crash();
        counts = test.output(counted(words.stream(), 1));
        run("a");
        assertThat(counts.last()).containsExactlyInAnyOrder(Pair.of("a", 3L), Pair.of("b", 1L));
    }

    @Test
    void aStopIsNoDifferent() {
        counts = test.output(counted(words.stream(), 1));
        run("a");
        test = test.restart();
        words = test.input();
        counts = test.output(counted(words.stream(), 1));
        run("a");
        assertThat(counts.last()).containsExactly(Pair.of("a", 2L));
    }

    @Test
    void functionsMayChange() {
        counts = test.output(counted(words.stream(), 1));
        run("a", "a");
        crash();
        counts = test.output(counted(words.stream().map(String::trim), 100));
        run("a");
        assertThat(counts.last()).containsExactly(Pair.of("a", 102L));
    }

    @Test
    void parallelismMayChange() {
        counts = test.output(counted(words.stream(), 1));
        run("a", "b", "c", "d", "e");
        crash(config -> config.withParallelism(5));
        counts = test.output(counted(words.stream(), 1));
        run("a", "b", "c", "d", "e");
        assertThat(counts.last()).hasSize(5).allMatch(pair -> pair.value() == 2);
    }

    @Test
    void aNamedOperatorThatIsNewBeginsEmpty() {
        counts = test.output(counted(words.stream(), 1).named("counts"));
        run("a");
        crash();
        counts = test.output(counted(words.stream(), 1).named("counts"));
        TestOutput<Pair<String, Long>> others =
                test.output(counted(words.stream(), 1).named("others"));
        run("a");
        assertThat(counts.last()).containsExactly(Pair.of("a", 2L));
        assertThat(others.last()).containsExactly(Pair.of("a", 1L));
    }

    @Test
    void anOperatorWithoutANameThatIsNewIsRefusedIfThereAreOthers() {
        counts = test.output(counted(words.stream(), 1));
        run("a");
        crash();
        counts = test.output(counted(words.stream(), 1));
        test.output(counted(words.stream(), 1));
        assertRefused("updateStateByKey", "updateStateByKey-0", "updateStateByKey-1", "named(...)");
    }

    @Test
    void itIsClearAgainOnceAllHaveNames() {
        counts = test.output(counted(words.stream(), 1));
        run("a");
        crash();
        counts = test.output(counted(words.stream(), 1).named("updateStateByKey-0"));
        test.output(counted(words.stream(), 1).named("others"));
        run("a");
        assertThat(counts.last()).containsExactly(Pair.of("a", 2L));
    }

    @Test
    void anotherNameIsNotTakenForAnotherOperatorWithoutAsking() {
        counts = test.output(counted(words.stream(), 1));
        run("a");
        crash();
        counts = test.output(counted(words.stream(), 1).named("counts"));
        assertRefused("updateStateByKey-0", "counts");
    }

    @Test
    void anOperatorThatIsGoneMayComeBack() {
        counts = test.output(counted(words.stream(), 1).named("counts"));
        run("a");
        crash();
        test.output(words.stream());
        run("a");
        crash();
        counts = test.output(counted(words.stream(), 1).named("counts"));
        run("a");
        assertThat(counts.last()).containsExactly(Pair.of("a", 2L));
    }

    @Test
    void namedOperatorsMayBeReordered() {
        counts = test.output(counted(words.stream(), 1).named("ones"));
        test.output(counted(words.stream(), 10).named("tens"));
        run("a");
        crash();
        TestOutput<Pair<String, Long>> tens =
                test.output(counted(words.stream(), 10).named("tens"));
        counts = test.output(counted(words.stream(), 1).named("ones"));
        run("a");
        assertThat(counts.last()).containsExactly(Pair.of("a", 2L));
        assertThat(tens.last()).containsExactly(Pair.of("a", 20L));
    }

    @Test
    void statelessOperatorsMayComeAndGo() {
        test.output(words.stream().map(word -> word).window(Duration.ofSeconds(3)));
        run("a");
        crash();
        test.output(words.stream().map(String::length));
        TestOutput<String> window = test.output(words.stream().map(word -> word).window(Duration.ofSeconds(3)));
        run("b");
        assertThat(window.last()).containsExactly("a", "b");
    }

    @Test
    void anotherOperatorUnderTheSameNameIsRefused() {
        counts = test.output(counted(words.stream(), 1).named("counts"));
        run("a");
        crash();
        test.output(pairs(words.stream())
                .mapWithState(StateSpec.<String, Long, Long, String>function((key, value, state) -> key))
                .named("counts"));
        assertRefused("mapWithState 'counts'", "updateStateByKey", "another name");
    }

    @Test
    void keysOfAnotherTypeAreRefusedByTheFirstBatch() {
        counts = test.output(counted(words.stream(), 1).named("counts"));
        run("a");
        crash();
        test.output(words.stream()
                .mapToPair(word -> Pair.of(word.length(), 1L))
                .updateStateByKey((List<Long> values, Optional<Long> state) -> Optional.of(1L))
                .named("counts"));
        words.push("a");
        assertThat(test.runFailingBatch().failureReason())
                .contains("'counts'")
                .contains("java.lang.String")
                .contains("java.lang.Integer");
        assertThatIllegalStateException().isThrownBy(test::runBatch);
    }

    @Test
    void statesOfAnotherTypeAreRefusedByTheFirstBatch() {
        counts = test.output(counted(words.stream(), 1).named("counts"));
        run("a");
        crash();
        test.output(pairs(words.stream())
                .updateStateByKey((List<Long> values, Optional<String> state) ->
                        Optional.of(state.map(String::trim).orElse("") + values.size()))
                .named("counts"));
        words.push("a");
        assertThat(test.runFailingBatch().failureReason()).contains("'counts'").contains("java.lang.Long");
    }

    @Test
    void aWindowMayBecomeLonger() {
        assertThat(sumsAfterChange(3, 5, false)).containsExactly(3L);
    }

    @Test
    void aWindowMayBecomeShorter() {
        assertThat(sumsAfterChange(5, 2, false)).containsExactly(2L);
    }

    @Test
    void aWindowWithAnInverseMayBecomeLonger() {
        assertThat(sumsAfterChange(3, 5, true)).containsExactly(4L);
    }

    @Test
    void aWindowWithAnInverseMayBecomeShorter() {
        assertThat(sumsAfterChange(5, 2, true)).containsExactly(2L);
    }

    @Test
    void theBatchIntervalMayChange() {
        counts = test.output(counted(words.stream(), 1));
        test.output(words.stream().countByWindow(Duration.ofSeconds(4), Duration.ofSeconds(1)));
        run("a");
        run("a");
        crash(config -> config.withBatchInterval(Duration.ofSeconds(2)));
        counts = test.output(counted(words.stream(), 1));
        TestOutput<Long> inWindow =
                test.output(words.stream().countByWindow(Duration.ofSeconds(4), Duration.ofSeconds(2)));
        run("a");
        assertThat(counts.last()).containsExactly(Pair.of("a", 3L));
        assertThat(inWindow.last()).containsExactly(3L);
    }

    @Test
    void sourcesAndOutputsMayChange() {
        counts = test.output(counted(words.stream(), 1).named("counts"));
        run("a");
        crash();
        TestInput<String> more = test.input();
        TestOutput<String> lines = test.output(more.stream());
        counts = test.output(counted(words.stream().union(more.stream()), 1).named("counts"));
        more.push("a", "b");
        run("a");
        assertThat(counts.last()).containsExactlyInAnyOrder(Pair.of("a", 3L), Pair.of("b", 1L));
        assertThat(lines.last()).containsExactly("a", "b");
    }

    @Test
    void aWindowWithAnInverseGoesOnToTheLastDigit() {
        TestOutput<Double> sums = fractions();
        for (String fraction : List.of("0.1", "0.1", "0.2")) {
            run(fraction);
        }
        double before = sums.last().get(0);
        crash();
        sums = fractions();
        run("0.7");
        assertThat(sums.last()).containsExactly(before - 0.1 + 0.7).doesNotContain(0.2 + 0.7);
    }

    @Test
    void rowsAreRememberedFromTheStartOn() {
        DStream<String> remembered = words.stream().named("words").remember(Duration.ofSeconds(3));
        test.output(remembered);
        run("a");
        run("b");
        crash();
        remembered = words.stream().named("words").remember(Duration.ofSeconds(3));
        test.output(remembered);
        test.context().start();
        assertThat(remembered.slice(Instant.ofEpochSecond(1), Instant.ofEpochSecond(2)))
                .extracting(rdd -> rdd.collect().get(0))
                .containsExactly("a", "b");
    }

    @Test
    void aKeyTimesOutAsIfThereHadBeenNoCrash() {
        test.output(timingOut(words.stream()));
        run("a");
        run();
        crash();
        TestOutput<String> gone = test.output(timingOut(words.stream()));
        run();
        assertThat(gone.last()).isEmpty();
        run();
        assertThat(gone.last()).containsExactly("a is gone");
    }

    private static DStream<String> timingOut(DStream<String> words) {
        return pairs(words)
                .mapWithState(StateSpec.<String, Long, Long, String>function((key, value, state) -> {
                            if (state.isTimingOut()) {
                                return key + " is gone";
                            }
                            state.update(1L);
                            return key;
                        })
                        .timeout(Duration.ofSeconds(2)));
    }

    private TestOutput<Double> fractions() {
        return test.output(words.stream()
                .map(Double::parseDouble)
                .reduceByWindow(Double::sum, (sum, out) -> sum - out, Duration.ofSeconds(2), Duration.ofSeconds(1)));
    }

    @Test
    void accumulatorsGoOn() {
        test.output(words.stream());
        test.context().longAccumulator("batches");
        addInEveryBatch();
        run("a");
        run("b");
        crash();
        test.output(words.stream());
        addInEveryBatch();
        run("c");
        assertThat(test.context().accumulators()).containsEntry("batches", 3L);
    }

    @Test
    void anAccumulatorOfAnotherKindIsRefused() {
        test.output(words.stream());
        addInEveryBatch();
        run("a");
        crash();
        test.output(words.stream());
        test.context().collectionAccumulator("batches");
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().start())
                .withMessageContaining("'batches'")
                .withMessageContaining("another kind");
    }

    @Test
    void whatWouldBecomeOfAllIsToldWithoutAStart() {
        counts = test.output(counted(words.stream(), 1).named("counts"));
        test.output(counted(words.stream(), 1).named("gone"));
        test.output(words.stream().window(Duration.ofSeconds(3)));
        run("a");
        crash();
        test.output(counted(words.stream(), 1).named("counts"));
        test.output(counted(words.stream(), 1).named("new"));
        test.output(words.stream().window(Duration.ofSeconds(3)));
        assertThat(test.context().restoredParts())
                .extracting(part -> part.id() + " " + part.outcome())
                .containsExactly("counts KEPT", "gone ABSENT", "new EMPTY", "window-0 KEPT");
        assertThat(test.context().info().state()).isEqualTo(State.INITIALIZED);
        run("a");
    }

    @Test
    void soIsWhyAStartWouldBeRefused() {
        counts = test.output(counted(words.stream(), 1));
        run("a");
        crash();
        test.output(counted(words.stream(), 1));
        test.output(counted(words.stream(), 1));
        assertThat(test.context().restoredParts())
                .filteredOn(part -> part.outcome() == Outcome.REFUSED)
                .singleElement()
                .asString()
                .contains("updateStateByKey-1");
    }

    /** Sums ones over a window in three batches, and in one more after a change of its length. */
    private List<Long> sumsAfterChange(int before, int after, boolean inverse) {
        sums(before, inverse);
        run("a");
        run("a");
        run("a");
        crash();
        TestOutput<Long> sums = sums(after, inverse);
        run("a");
        return sums.last();
    }

    private TestOutput<Long> sums(int length, boolean inverse) {
        DStream<Long> ones = words.stream().map(word -> 1L);
        Duration window = Duration.ofSeconds(length);
        Duration slide = Duration.ofSeconds(1);
        return test.output(
                inverse
                        ? ones.reduceByWindow(Long::sum, (sum, out) -> sum - out, window, slide)
                        : ones.reduceByWindow(Long::sum, window, slide));
    }

    private void addInEveryBatch() {
        var batches = test.context().longAccumulator("batches");
        words.stream().foreachRDD(rdd -> batches.add(1));
    }

    private void assertRefused(String... parts) {
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().start())
                .satisfies(failure -> assertThat(failure.getMessage()).contains(parts));
    }

    private static PairDStream<String, Long> counted(DStream<String> words, long each) {
        return pairs(words)
                .updateStateByKey((List<Long> values, Optional<Long> state) ->
                        Optional.of(state.orElse(0L) + each * values.size()));
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
