package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.PairDStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import io.dstream.state.UpdateSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Functions that change a state in place: what they return, or give to update, is all that counts. */
class StateCopyTest {

    private TestStreamingContext test = new TestStreamingContext();
    private TestInput<String> words = test.input();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void mapWithStateForgetsWhatIsNotGivenToUpdate() {
        TestOutput<Pair<String, Basket>> baskets = test.output(
                pairs().mapWithState(StateSpec.function((String key, Optional<String> word, State<Basket> state) -> {
                            if (state.exists()) {
                                state.get().add("not updated");
                                state.getOption().orElseThrow().add("nor this");
                                assertThat(state.get().size()).isEqualTo(3);
                            } else {
                                state.update(new Basket("first"));
                            }
                            return key;
                        }))
                        .stateSnapshots());
        for (int batch = 0; batch < 3; batch++) {
            words.push("a", "a");
            assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
            assertThat(baskets.last()).containsExactly(Pair.of("a", new Basket("first")));
        }
    }

    @Test
    void mapWithStateKeepsWhatWasChangedInPlaceAndGivenToUpdate() {
        TestOutput<Integer> sizes = test.output(pairs().mapWithState(StateSpec.function(StateCopyTest::collect)));
        words.push("a", "a");
        test.runBatch();
        words.push("a");
        test.runBatch();
        assertThat(sizes.batches()).containsExactly(List.of(1, 2), List.of(3));
    }

    @Test
    void puttingATimeoutOffKeepsTheStateOfBefore() {
        List<String> timedOut = new ArrayList<>();
        PairRDD<String, Basket> initial = initial("first");
        test.output(
                pairs().mapWithState(StateSpec.function((String key, Optional<String> word, State<Basket> state) -> {
                            if (state.isTimingOut()) {
                                timedOut.add(state.get().toString());
                            }
                            state.get().add("not updated");
                            return key;
                        })
                        .initialState(initial)
                        .timeout(Duration.ofSeconds(1))));
        words.push("a");
        test.runBatches(4);
        assertThat(timedOut).containsExactly("[first]{first=1}");
        assertThat(initial.collect()).containsExactly(Pair.of("a", new Basket("first")));
    }

    @Test
    void updateStateByKeyKeepsWhatIsReturnedAndNothingElse() {
        TestOutput<Pair<String, Basket>> baskets = test.output(pairs().<Basket>updateStateByKey((values, state) -> {
            Basket next = new Basket(state.map(Basket::size).orElse(0) + " before");
            state.ifPresent(basket -> basket.add("not returned"));
            return Optional.of(next);
        }));
        words.push("a");
        test.runBatches(3);
        assertThat(baskets.batches())
                .containsExactly(
                        List.of(Pair.of("a", new Basket("0 before"))),
                        List.of(Pair.of("a", new Basket("1 before"))),
                        List.of(Pair.of("a", new Basket("1 before"))));
    }

    @Test
    void updateStateByKeyKeepsWhatWasChangedInPlaceAndReturned() {
        TestOutput<Pair<String, Basket>> baskets = test.output(pairs().updateStateByKey(StateCopyTest::collectAll));
        words.push("a");
        test.runBatch();
        words.push("a");
        test.runBatch();
        assertThat(baskets.batches().get(0)).containsExactly(Pair.of("a", new Basket("a")));
        assertThat(baskets.batches().get(1)).containsExactly(Pair.of("a", new Basket("a", "a")));
    }

    @Test
    void initialStatesStayAsTheyAreForTheNextStart() {
        PairRDD<String, Basket> initial = initial("begun");
        TestOutput<Pair<String, Basket>> baskets = test.output(
                pairs().updateStateByKey(UpdateSpec.<String, String, Basket>function(StateCopyTest::collectAll)
                        .initialState(initial)));
        words.push("a");
        test.runBatch();
        assertThat(baskets.last()).containsExactly(Pair.of("a", new Basket("begun", "a")));
        assertThat(initial.collect()).containsExactly(Pair.of("a", new Basket("begun")));
        test.context().stop();
        words.push("a");
        test.runBatch();
        assertThat(baskets.last()).containsExactly(Pair.of("a", new Basket("begun", "a")));
    }

    @Test
    void aFunctionThatFailsAfterItHasChangedAStateLeavesItAsItWas() {
        use(new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1))));
        TestOutput<Pair<String, Basket>> updated = test.output(pairs().updateStateByKey(
                        UpdateSpec.function((Instant time, String key, List<String> values, Optional<Basket> state) -> {
                            Optional<Basket> next = collectAll(values, state);
                            failIf(time.getEpochSecond() == 2 && key.equals("b"));
                            return next;
                        })));
        TestOutput<Pair<String, Basket>> mapped = test.output(pairs().mapWithState(
                        StateSpec.function((Instant time, String key, Optional<String> word, State<Basket> state) -> {
                            int size = collect(key, word, state);
                            failIf(time.getEpochSecond() == 3 && key.equals("b"));
                            return Optional.of(size);
                        }))
                .stateSnapshots());
        for (int batch = 1; batch <= 4; batch++) {
            words.push("a", "b", "c");
            assertThat(Batches.runEither(test).status())
                    .isEqualTo(batch == 2 || batch == 3 ? Status.SKIPPED : Status.COMMITTED);
        }
        assertThat(updated.last())
                .containsExactlyInAnyOrder(
                        Pair.of("a", new Basket("a", "a")),
                        Pair.of("b", new Basket("b", "b")),
                        Pair.of("c", new Basket("c", "c")));
        assertThat(mapped.last()).containsExactlyInAnyOrderElementsOf(updated.last());
    }

    @Test
    void aRetryOfTheFunctionSeesTheStateOfBefore() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        runThreeBatches((pairs, results) -> pairs.<Basket>updateStateByKey((values, state) -> {
                    Optional<Basket> next = collectAll(values, state);
                    failIf(!values.isEmpty() && calls.incrementAndGet() % 3 != 0);
                    return next;
                })
                .foreachRDD(rdd -> results.putAll(rdd.collectAsMap())));
        assertThat(calls).hasValue(9);
    }

    @Test
    void aRetryOfMapWithStateSeesTheStateOfBefore() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        runThreeBatches((pairs, results) -> pairs.mapWithState(
                        StateSpec.function((String key, Optional<String> word, State<Basket> state) -> {
                            int size = collect(key, word, state);
                            failIf(calls.incrementAndGet() % 3 != 0);
                            return size;
                        }))
                .stateSnapshots()
                .foreachRDD(rdd -> results.putAll(rdd.collectAsMap())));
        assertThat(calls).hasValue(9);
    }

    @Test
    void whenTheSecondOfTwoOutputsFailsTheStateIsChangedOnce() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        runThreeBatches((pairs, results) -> {
            PairDStream<String, Basket> baskets = pairs.updateStateByKey(StateCopyTest::collectAll);
            baskets.foreachRDD(rdd -> results.putAll(rdd.collectAsMap()));
            baskets.foreachRDD(rdd -> failIf(!rdd.isEmpty() && attempts.incrementAndGet() % 3 != 0));
        });
    }

    @Test
    void aWindowWithAnInverseKeepsItsRowsAndValuesApart() {
        TestOutput<Pair<Integer, Basket>> baskets = test.output(words.stream()
                .mapToPair(word -> Pair.of(1, new Basket(word)))
                .reduceByKeyAndWindow(
                        Basket::with, Basket::without, Duration.ofSeconds(3), Duration.ofSeconds(1), 1, null));
        List<String> windows = new ArrayList<>();
        for (String word : List.of("a", "b", "c", "d")) {
            words.push(word);
            test.runBatch();
            windows.add(baskets.last().get(0).value().items.toString());
        }
        assertThat(windows).containsExactly("[a]", "[a, b]", "[a, b, c]", "[b, c, d]");
    }

    @Test
    void aWindowWithAnInverseThatFailsIsReducedFromTheValueOfBefore() {
        use(new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1))));
        AtomicInteger calls = new AtomicInteger();
        TestOutput<Pair<String, Basket>> baskets = test.output(pairs().mapValues(Basket::new)
                .reduceByKeyAndWindow(
                        (first, second) -> {
                            Basket both = first.with(second);
                            failIf(calls.incrementAndGet() == 1);
                            return both;
                        },
                        Basket::without,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(1),
                        1,
                        null));
        words.push("a");
        test.runBatch();
        words.push("a");
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        words.push("a");
        test.runBatch();
        assertThat(baskets.last().get(0).value().size()).isEqualTo(2);
    }

    @Test
    void immutableStatesAreHandedOnAsTheyAre() {
        List<Object> given = new ArrayList<>();
        List<Object> seen = new ArrayList<>();
        test.output(pairs().<Total>updateStateByKey((values, state) -> {
            state.ifPresent(seen::add);
            Total next = new Total(state.map(Total::count).orElse(0L) + values.size(), Optional.of("x"));
            given.add(next);
            return Optional.of(next);
        }));
        words.push("a");
        test.runBatches(3);
        assertThat(seen).hasSize(2);
        assertThat(seen.get(0)).isSameAs(given.get(0));
        assertThat(seen.get(1)).isSameAs(given.get(1));
    }

    @Test
    void aStateThatCannotBeCopiedFailsTheBatchThatWouldKeepItAndIsToldWithWhatIsToBlame() {
        test.output(pairs().<Held>updateStateByKey((values, state) -> Optional.of(new Held(Thread.currentThread()))));
        words.push("a");
        assertThat(test.runFailingBatch().failureReason())
                .contains("A state of 'updateStateByKey-0' cannot be handed to its function")
                .contains("A value of class " + Held.class.getName()
                        + " cannot be copied because of 'thread' in it, of class ")
                .contains("Have nothing but data in it");
    }

    @Test
    void soDoesAStateOfMapWithState() {
        test.output(pairs().mapWithState(StateSpec.function((String key, Optional<String> word, State<Held> state) -> {
            state.update(new Held(Thread.currentThread()));
            return key;
        })));
        words.push("a");
        assertThat(test.runFailingBatch().failureReason()).contains("of 'mapWithState-0' cannot", "'thread' in it");
    }

    @Test
    void soDoesAnInitialState() {
        PairRDD<String, Held> initial = test.context()
                .parallelize(List.of("b"))
                .mapToPair(key -> Pair.of(key, new Held(Thread.currentThread())));
        test.output(
                pairs().mapWithState(StateSpec.function((String key, Optional<String> word, State<Held> state) -> key)
                        .initialState(initial)));
        words.push("a");
        assertThat(test.runFailingBatch().failureReason()).contains("of 'mapWithState-0' cannot", "'thread' in it");
    }

    /** Runs batches that are tried up to three times, with the word "a" in each of the first three. */
    private static void runThreeBatches(BiConsumer<PairDStream<String, String>, Map<String, Basket>> definition)
            throws Exception {
        Recorder recorder = new Recorder();
        Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
        Map<String, Basket> results = new ConcurrentHashMap<>();
        try (StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withBatchInterval(Duration.ofMillis(5))
                .withFailure(Failures.attempts(3))
                .withObserver(recorder))) {
            definition.accept(context.queueStream(queue).mapToPair(word -> Pair.of(word, word)), results);
            for (int batch = 0; batch < 3; batch++) {
                queue.add(context.parallelize(List.of("a"), 1));
            }
            context.start();
            for (int batch = 0; batch < 3; batch++) {
                assertThat(recorder.awaitBatch().status()).isEqualTo(Status.COMMITTED);
            }
        }
        assertThat(results).containsOnly(Map.entry("a", new Basket("a", "a", "a")));
    }

    private PairDStream<String, String> pairs() {
        return words.stream().mapToPair(word -> Pair.of(word, word));
    }

    private PairRDD<String, Basket> initial(String item) {
        Basket basket = new Basket(item);
        return test.context().parallelize(List.of("a")).mapToPair(key -> Pair.of(key, basket));
    }

    private static int collect(String key, Optional<String> word, State<Basket> state) {
        Basket basket = state.getOption().orElseGet(Basket::new);
        basket.add(word.orElseThrow());
        state.update(basket);
        return basket.size();
    }

    private static Optional<Basket> collectAll(List<String> values, Optional<Basket> state) {
        Basket basket = state.orElseGet(Basket::new);
        values.forEach(basket::add);
        return Optional.of(basket);
    }

    private static void failIf(boolean condition) {
        if (condition) {
            throw new IllegalStateException("to be tried again");
        }
    }

    private void use(TestStreamingContext other) {
        test.close();
        test = other;
        words = test.input();
    }

    record Total(long count, Optional<String> name) {}

    record Held(Thread thread) {}

    /** What no state should be: it can be changed, and so can what is in it. */
    private static final class Basket {

        private final List<String> items = new ArrayList<>();
        private final Map<String, AtomicInteger> counts = new TreeMap<>();

        Basket(String... items) {
            List.of(items).forEach(this::add);
        }

        void add(String item) {
            items.add(item);
            counts.computeIfAbsent(item, added -> new AtomicInteger()).incrementAndGet();
        }

        int size() {
            assertThat(counts.values().stream().mapToInt(AtomicInteger::get).sum())
                    .isEqualTo(items.size());
            return items.size();
        }

        /** Takes in the items of another one. */
        Basket with(Basket other) {
            other.items.forEach(this::add);
            return this;
        }

        /** Gives away the items that another one has. */
        Basket without(Basket other) {
            for (String item : other.items) {
                items.remove(item);
                counts.get(item).decrementAndGet();
            }
            return this;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Basket && toString().equals(other.toString());
        }

        @Override
        public int hashCode() {
            return items.hashCode();
        }

        @Override
        public String toString() {
            return items + "" + counts;
        }
    }
}
