package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.DStream;
import io.dstream.MapWithStateDStream;
import io.dstream.PairDStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo.Status;
import io.dstream.function.Function3;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.rdd.StorageLevel;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.state.KeyUpdate;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import io.dstream.state.UpdateSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateTest {

    private TestStreamingContext test = new TestStreamingContext();
    private TestInput<String> words = test.input();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void updateStateByKeyHasEveryKeyInEveryBatch() {
        TestOutput<Pair<String, Long>> output = test.output(totals());
        words.push("a", "b", "a");
        test.runBatch();
        words.push("b");
        test.runBatches(2);
        assertThat(output.batches().get(0)).containsExactlyInAnyOrder(Pair.of("a", 2L), Pair.of("b", 1L));
        assertThat(output.batches().get(1)).containsExactlyInAnyOrder(Pair.of("a", 2L), Pair.of("b", 2L));
        assertThat(output.batches().get(2)).containsExactlyInAnyOrder(Pair.of("a", 2L), Pair.of("b", 2L));
    }

    @Test
    void anEmptyResultRemovesTheKey() {
        TestOutput<Pair<String, Integer>> output = test.output(ones().updateStateByKey(
                        (values, state) -> values.isEmpty() ? Optional.empty() : Optional.of(values.size())));
        words.push("a", "a");
        test.runBatches(2);
        assertThat(output.batches()).containsExactly(List.of(Pair.of("a", 2)), List.of());
    }

    @Test
    void theFunctionMaySeeKeyAndTimeAndBeginWithStates() {
        var initial = test.context().parallelize(List.of("x")).mapToPair(key -> Pair.of(key, "begun"));
        TestOutput<Pair<String, String>> output = test.output(ones().updateStateByKey(
                        UpdateSpec.function((Instant time, String key, List<Integer> values, Optional<String> state) ->
                                        Optional.of(state.orElse("new") + " " + key + time.getEpochSecond()))
                                .initialState(initial)));
        words.push("a");
        test.runBatches(2);
        assertThat(output.batches().get(0)).containsExactlyInAnyOrder(Pair.of("x", "begun x1"), Pair.of("a", "new a1"));
        assertThat(output.last()).containsExactlyInAnyOrder(Pair.of("x", "begun x1 x2"), Pair.of("a", "new a1 a2"));
    }

    @Test
    void aFunctionOfAPartitionSeesAllItsKeysAndGivesThoseThatStay() {
        var initial = test.context().parallelizePairs(List.of(Pair.of("x", 10), Pair.of("gone", 1)));
        List<Integer> calls = new CopyOnWriteArrayList<>();
        TestOutput<Pair<String, Integer>> output = test.output(ones().updateStateByKey(UpdateSpec.partitionFunction(
                        (Instant time, Iterator<KeyUpdate<String, Integer, Integer>> keys) -> {
                            calls.add((int) time.getEpochSecond());
                            List<Pair<String, Integer>> states = new ArrayList<>();
                            keys.forEachRemaining(key -> {
                                if (!key.key().equals("gone")) {
                                    states.add(Pair.of(
                                            key.key(),
                                            key.state().orElse(0) + key.values().size()));
                                }
                            });
                            return states.iterator();
                        })
                .initialState(initial)
                .numPartitions(3)));
        words.push("a", "a", "x");
        test.runBatch();
        assertThat(output.last()).containsExactlyInAnyOrder(Pair.of("a", 2), Pair.of("x", 11));
        words.push("b", "x", "gone");
        test.runBatch();
        assertThat(output.last()).containsExactlyInAnyOrder(Pair.of("a", 2), Pair.of("b", 1), Pair.of("x", 12));
        assertThat(calls).containsExactly(1, 1, 1, 2, 2, 2);
    }

    @Test
    void aFunctionOfAPartitionGivesStatesOfKeysThatItWasGiven() {
        TestOutput<Pair<String, Integer>> output = test.output(ones().updateStateByKey(
                        UpdateSpec.partitionFunction((Iterator<KeyUpdate<String, Integer, Integer>> keys) -> {
                            List<Pair<String, Integer>> states = new ArrayList<>();
                            keys.forEachRemaining(key -> {
                                states.add(Pair.of(key.key(), 1));
                                states.add(Pair.of(key.key().replace('z', 'y'), 2));
                            });
                            return states.iterator();
                        })));
        words.push("a", "a");
        test.runBatch();
        assertThat(output.last()).containsExactly(Pair.of("a", 2));
        words.push("z");
        assertThat(test.runFailingBatch().failureReason())
                .contains("The function of 'updateStateByKey-0' returned the state of a key that it was not given")
                .doesNotContain("'y'"); // what is logged has no records
    }

    @Test
    void aFunctionOfAPartitionMustNotReturnNull() {
        test.output(ones().updateStateByKey(
                        UpdateSpec.partitionFunction((Iterator<KeyUpdate<String, Integer, Integer>> keys) -> null)));
        words.push("a");
        assertThat(test.runFailingBatch().failureReason())
                .contains(
                        "The function of 'updateStateByKey-0' returned null; return an iterator without pairs instead");
    }

    @Test
    void specificationsAndTheirInitialStatesMustBeGiven() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ones().updateStateByKey((UpdateSpec<String, Integer, Integer>) null))
                .withMessage("'spec' must not be null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ones().mapWithState((StateSpec<String, Integer, Integer, Integer>) null))
                .withMessage("'spec' must not be null");
        UpdateSpec<String, Integer, Integer> update = UpdateSpec.function((values, state) -> state);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> update.initialState(null))
                .withMessage("'newInitialState' must not be null");
        StateSpec<String, Integer, Integer, Integer> mapping = StateSpec.function((key, value, state) -> 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mapping.initialState(null))
                .withMessage("'newInitialState' must not be null");
    }

    @Test
    void theNameOfAStatefulStreamIsThatOfItsStateAndOfItsRows() {
        ones().<Thread>updateStateByKey((values, state) -> Optional.of(Thread.currentThread()))
                .named("threads")
                .foreachRDD(rdd -> {});
        words.push("a");
        assertThat(test.runFailingBatch().failureReason()).contains("A state of 'threads' cannot be handed");
    }

    @Test
    void windowsWithStateAreNamedWithIt() {
        List<String> ids = new ArrayList<>();
        List<String> names = List.of("inverse", "sliding", "reduced", "reduced-inverse", "counted");
        List<DStream<?>> streams = List.of(
                ones().reduceByKeyAndWindow(Integer::sum, (sum, gone) -> sum - gone, seconds(2), seconds(1))
                        .named("inverse")
                        .toDStream(),
                ones().reduceByKeyAndWindow(Integer::sum, seconds(2))
                        .named("sliding")
                        .toDStream(),
                words.stream()
                        .reduceByWindow((a, b) -> a, seconds(2), seconds(1))
                        .named("reduced"),
                words.stream()
                        .reduceByWindow((a, b) -> a + b, (a, b) -> a.substring(b.length()), seconds(2), seconds(1))
                        .named("reduced-inverse"),
                words.stream().countByWindow(seconds(2), seconds(1)).named("counted"));
        streams.forEach(stream -> stream.map(row -> row).foreachRDD(rdd -> ids.add(rdd.toDebugString())));
        List<TestOutput<Object>> outputs =
                names.stream().map(name -> test.output(name)).toList();
        words.push("a");
        test.runBatch();
        for (int i = 0; i < names.size(); i++) {
            assertThat(ids.get(i)).contains(names.get(i));
        }
        assertThat(outputs)
                .extracting(TestOutput::last)
                .containsExactly(
                        List.of(Pair.of("a", 1)), List.of(Pair.of("a", 1)), List.of("a"), List.of("a"), List.of(1L));
    }

    @Test
    void aMapWithStateStreamStaysOneWhateverIsSaidOfIt() {
        TestOutput<Pair<String, Integer>> output = test.output(counting(spec -> spec)
                .named("counts")
                .cache()
                .persist()
                .persist(StorageLevel.MEMORY_ONLY)
                .remember(seconds(1))
                .stateSnapshots());
        words.push("a");
        test.runBatch();
        assertThat(output.last()).containsExactly(Pair.of("a", 1));
    }

    @Test
    void stateIsExactWhateverItsOutputsAskFor() {
        AtomicInteger calls = new AtomicInteger();
        PairDStream<String, Long> totals = ones().updateStateByKey((values, state) -> {
            calls.addAndGet(values.size());
            return Optional.of(state.orElse(0L) + values.size());
        });
        totals.foreachRDD(rdd -> {});
        totals.window(seconds(2), seconds(2)).foreachRDD(rdd -> {});
        totals.window(seconds(3), seconds(3)).print(1);
        for (int batch = 0; batch < 50; batch++) {
            words.push("a", "b", "c", "d", "e");
            test.runBatch();
        }
        assertThat(calls).hasValue(250);
    }

    @Test
    void aFailureInTheSecondOfTwoOutputsCountsStateOnce() throws Exception {
        Recorder recorder = new Recorder();
        AtomicInteger attempts = new AtomicInteger();
        AtomicInteger counted = new AtomicInteger();
        Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
        try (StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withBatchInterval(Duration.ofMillis(5))
                .withFailure(Failures.attempts(3))
                .withObserver(recorder))) {
            PairDStream<String, Integer> totals = context.queueStream(queue)
                    .mapToPair(word -> Pair.of(word, 1))
                    .updateStateByKey((values, state) -> {
                        counted.addAndGet(values.size());
                        return Optional.of(state.orElse(0) + values.size());
                    });
            totals.foreachRDD(rdd -> rdd.count());
            totals.foreachRDD(rdd -> {
                if (attempts.incrementAndGet() % 3 != 0) {
                    throw new IllegalStateException("again");
                }
            });
            queue.add(context.parallelize(List.of("a", "b", "a")));
            context.start();
            assertThat(recorder.awaitBatch().status()).isEqualTo(Status.COMMITTED);
        }
        assertThat(attempts.get()).isGreaterThanOrEqualTo(3);
        assertThat(counted).hasValue(3);
    }

    @Test
    void aPipelineThatIsStartedAgainBeginsWithTheStatesToBeginWith() {
        var initial = test.context().parallelize(List.of("x")).mapToPair(key -> Pair.of(key, 10));
        TestOutput<Pair<String, Integer>> mapped =
                test.output(counting(spec -> spec.initialState(initial)).stateSnapshots());
        TestOutput<Pair<String, Integer>> reduced = test.output(ones().reduceByKeyAndWindow(Integer::sum, seconds(5)));
        for (int run = 1; run <= 2; run++) {
            words.push("a", "x");
            test.runBatch();
            assertThat(mapped.last()).containsExactlyInAnyOrder(Pair.of("a", 1), Pair.of("x", 11));
            assertThat(reduced.last()).containsExactlyInAnyOrder(Pair.of("a", 1), Pair.of("x", 1));
            test.context().stop();
        }
    }

    @Test
    void aFunctionThatFailsMidwayLeavesStateAsItWas() {
        use(new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1))));
        TestOutput<Pair<String, Long>> output = test.output(ones().updateStateByKey(
                        UpdateSpec.function((Instant time, String key, List<Integer> values, Optional<Long> state) -> {
                            if (time.getEpochSecond() == 2 && key.equals("d")) {
                                throw new IllegalStateException("poison");
                            }
                            return Optional.of(state.orElse(0L) + values.size());
                        })));
        for (int batch = 1; batch <= 3; batch++) {
            words.push("a", "b", "c", "d");
            assertThat(Batches.runEither(test).status()).isEqualTo(batch == 2 ? Status.SKIPPED : Status.COMMITTED);
        }
        assertThat(output.last())
                .containsExactlyInAnyOrder(Pair.of("a", 2L), Pair.of("b", 2L), Pair.of("c", 2L), Pair.of("d", 2L));
    }

    @Test
    void mapWithStateIsCalledForEachValueAndSeesTheChangesOfTheOnesBefore() {
        TestOutput<String> output = test.output(counting(spec -> spec));
        words.push("a", "b", "a");
        test.runBatch();
        assertThat(output.last()).containsExactlyInAnyOrder("a1", "b1", "a2");
        test.runBatch();
        assertThat(output.last()).isEmpty();
        words.push("a");
        test.runBatch();
        assertThat(output.last()).containsExactly("a3");
    }

    @Test
    void itsFunctionRunsOncePerRowHoweverOftenItsRowsAreRead() {
        AtomicInteger calls = new AtomicInteger();
        MapWithStateDStream<String, Integer, String> mapped = ones().mapWithState(
                        StateSpec.function((String key, Optional<Integer> value, State<Integer> state) -> {
                            calls.incrementAndGet();
                            return key;
                        }));
        test.output(mapped);
        test.output(mapped.map(x -> x));
        test.output(mapped.stateSnapshots());
        words.push("a", "b");
        test.runBatch();
        assertThat(calls).hasValue(2);
    }

    @Test
    void snapshotsHaveAllKeysAfterTheBatch() {
        TestOutput<Pair<String, Integer>> output =
                test.output(counting(spec -> spec).stateSnapshots());
        words.push("a", "b", "a");
        test.runBatches(2);
        assertThat(output.last()).containsExactlyInAnyOrder(Pair.of("a", 2), Pair.of("b", 1));
    }

    @Test
    void aTimeoutFiresInTheFirstBatchThatIsLaterByMoreThanIt() {
        TestOutput<String> output = test.output(counting(spec -> spec.timeout(seconds(2))));
        words.push("a");
        test.runBatches(3);
        assertThat(output.batches()).containsExactly(List.of("a1"), List.of(), List.of());
        test.runBatches(2);
        assertThat(output.batches().subList(3, 5)).containsExactly(List.of("a gone at 1"), List.of());
        words.push("a");
        test.runBatch();
        assertThat(output.last()).containsExactly("a1");
    }

    @Test
    void aTimeoutOfMillionsOfYearsNeverFires() {
        TestOutput<String> output = test.output(counting(spec -> spec.timeout(Duration.ofMillis(Long.MAX_VALUE))));
        words.push("a");
        test.runBatches(3);
        assertThat(output.batches()).containsExactly(List.of("a1"), List.of(), List.of());
    }

    @Test
    void aFunctionThatFailsAsAStateTimesOutLeavesItToTimeOutLater() {
        use(new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1))));
        AtomicInteger failures = new AtomicInteger();
        TestOutput<String> output = test.output(counting(spec -> spec.timeout(seconds(1)), (key, value, state) -> {
            if (state.isTimingOut() && key.equals("b") && failures.getAndIncrement() == 0) {
                throw new IllegalStateException("poison");
            }
            return count(key, value, state);
        }));
        words.push("a", "b");
        test.runBatches(2);
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
        assertThat(output.last()).containsExactlyInAnyOrder("a gone at 1", "b gone at 1");
        test.runBatch();
        assertThat(output.last()).isEmpty();
    }

    @Test
    void aKeyMayBeRemovedAndUpdatedAgainInOneBatch() {
        use(new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1))));
        var counts = ones().mapWithState(
                        StateSpec.function((String key, Optional<Integer> value, State<Integer> state) -> {
                            if (state.getOption().orElse(0) == 2) {
                                state.remove();
                            } else {
                                state.update(state.getOption().orElse(0) + 1);
                            }
                            return key + state.getOption().orElse(0);
                        }));
        TestOutput<String> output = test.output(counts);
        TestOutput<Pair<String, Integer>> states = test.output(counts.stateSnapshots());
        counts.foreachRDD((rdd, time) -> {
            if (time.equals(Instant.ofEpochSecond(2))) {
                throw new IllegalStateException("the second batch fails");
            }
        });
        words.push("a", "a");
        test.runBatch();
        words.push("a", "a", "a", "a");
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        words.push("a", "a", "a", "a");
        test.runBatch();
        assertThat(output.last()).containsExactly("a0", "a1", "a2", "a0");
        assertThat(states.last()).isEmpty();
        words.push("a");
        test.runBatch();
        assertThat(states.last()).containsExactly(Pair.of("a", 1));
    }

    @Test
    void anyValueOfAKeyPutsItsTimeoutOff() {
        Queue<String> gone = new ConcurrentLinkedQueue<>();
        test.output(
                ones().mapWithState(StateSpec.function((String key, Optional<Integer> value, State<Integer> state) -> {
                            if (state.isTimingOut()) {
                                gone.add(key);
                            } else if (!state.exists()) {
                                state.update(1);
                            }
                            return key;
                        })
                        .timeout(seconds(2))));
        for (int batch = 0; batch < 6; batch++) {
            words.push("a");
            test.runBatch();
        }
        assertThat(gone).isEmpty();
    }

    @Test
    void statesCanBeGivenToBeginWithAndCountForTheTimeout() {
        var initial = test.context().parallelize(List.of("a", "z")).mapToPair(key -> Pair.of(key, 10));
        TestOutput<String> output = test.output(
                counting(spec -> spec.initialState(initial).numPartitions(3).timeout(seconds(1))));
        words.push("a");
        test.runBatches(3);
        assertThat(output.batches().get(0)).containsExactly("a11");
        assertThat(output.batches().get(2)).containsExactlyInAnyOrder("a gone at 11", "z gone at 10");
    }

    @Test
    void ofSeveralStatesOfAKeyToBeginWithOneIsTaken() {
        var initial = test.context().parallelize(List.of(5, 5), 2).mapToPair(state -> Pair.of("a", state));
        TestOutput<Pair<String, Integer>> updated = test.output(
                ones().updateStateByKey(UpdateSpec.<String, Integer, Integer>function((values, state) -> state)
                        .initialState(initial)));
        TestOutput<Pair<String, Integer>> mapped =
                test.output(counting(spec -> spec.initialState(initial)).stateSnapshots());
        test.runBatch();
        assertThat(updated.last()).containsExactly(Pair.of("a", 5));
        assertThat(mapped.last()).containsExactly(Pair.of("a", 5));
    }

    @Test
    void aFunctionOfFourArgumentsSeesTheTimeAndGivesARowOrNone() {
        TestOutput<String> output = test.output(ones().mapWithState(
                        StateSpec.function((Instant time, String key, Optional<Integer> value, State<Integer> state) ->
                                key.equals("a") ? Optional.empty() : Optional.of(key + time.getEpochSecond()))));
        words.push("a", "b");
        test.runBatch();
        assertThat(output.last()).containsExactly("b1");
    }

    @Test
    void aStateIsKeptInAsManyPartitionsAsTold() {
        List<Integer> partitions = new ArrayList<>();
        counting(spec -> spec.numPartitions(5))
                .stateSnapshots()
                .foreachRDD((rdd, time) -> partitions.add(rdd.getNumPartitions()));
        totals().foreachRDD((rdd, time) -> partitions.add(rdd.getNumPartitions()));
        test.runBatch();
        assertThat(partitions).containsExactly(5, 2);
    }

    @Test
    void whatAFunctionOfThreeArgumentsReturnsIsARowNullToo() {
        TestOutput<String> output = test.output(ones().mapWithState(StateSpec.function(
                (String key, Optional<Integer> value, State<Integer> state) -> key.equals("a") ? null : key)));
        words.push("a", "b");
        test.runBatch();
        assertThat(output.last()).containsExactlyInAnyOrder(null, "b");
    }

    @Test
    void keysTimeOutInTheOrderInWhichTheyWereUpdatedAlsoAfterABatchThatWasUndone() {
        use(new TestStreamingContext(config -> config.withParallelism(1)
                .withFailure(new FailureSettings(Policy.SKIP, 1, Duration.ofSeconds(1), failure -> false))));
        var counts = counting(spec -> spec.timeout(seconds(3)));
        TestOutput<String> output = test.output(counts);
        counts.foreachRDD((rdd, time) -> {
            if (time.equals(Instant.ofEpochSecond(4))) {
                throw new IllegalStateException("the fourth batch fails");
            }
        });
        for (String word : List.of("b", "a", "c", "b")) {
            words.push(word);
            Batches.runEither(test);
        }
        test.runBatches(3);
        assertThat(output.batches().subList(4, 7))
                .containsExactly(List.of("b gone at 1"), List.of("a gone at 1"), List.of("c gone at 1"));
    }

    @Test
    void aStateThatWasRemovedOrTimesOutCannotBeChanged() {
        Queue<String> refusals = new ConcurrentLinkedQueue<>();
        test.output(
                ones().mapWithState(StateSpec.function((String key, Optional<Integer> value, State<Integer> state) -> {
                    state.remove();
                    assertThat(state.exists()).isFalse();
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> state.update(1))
                            .satisfies(refusal -> refusals.add(refusal.getMessage()));
                    assertThatIllegalArgumentException().isThrownBy(state::remove);
                    return key;
                })));
        words.push("a");
        assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
        assertThat(refusals).containsExactly("The state cannot be updated: it was removed in this call");
    }

    @Test
    void aStateThatTimesOutCanBeReadButNotChanged() {
        Queue<String> refusals = new ConcurrentLinkedQueue<>();
        test.output(counting(spec -> spec.timeout(seconds(1)), (key, value, state) -> {
            if (state.isTimingOut()) {
                assertThat(value).isEmpty();
                assertThat(state.get()).isEqualTo(1);
                assertThatIllegalArgumentException().isThrownBy(state::remove);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> state.update(2))
                        .satisfies(refusal -> refusals.add(refusal.getMessage()));
            } else {
                state.update(1);
            }
            return key;
        }));
        words.push("a");
        assertThat(test.runBatches(3)).allMatch(batch -> batch.status() == Status.COMMITTED);
        assertThat(refusals).containsExactly("The state cannot be updated: it is timing out");
    }

    @Test
    void aStateThatIsNotThereCannotBeRead() {
        test.output(ones().mapWithState(StateSpec.function(
                (String key, Optional<Integer> value, State<Integer> state) -> state.get())));
        words.push("a");
        assertThat(test.runFailingBatch().failureReason()).contains("NoSuchElementException", "ask exists() before");
    }

    @Test
    void specificationsThatCannotWorkAreRefused() {
        StateSpec<String, Integer, Integer, String> spec =
                StateSpec.function((String key, Optional<Integer> value, State<Integer> state) -> key);
        for (Duration timeout : List.of(
                Duration.ZERO, Duration.ofNanos(1), Duration.ofNanos(1_500_000), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> spec.timeout(timeout))
                    .withMessage("'newTimeout' must be a whole number of milliseconds and at least 1 ms, but was "
                            + timeout);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> spec.numPartitions(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UpdateSpec.<String, Integer, Integer>function((values, state) -> state)
                        .numPartitions(0))
                .withMessage("'newPartitions' must be at least 1, but was 0");
    }

    private PairDStream<String, Integer> ones() {
        return words.stream().mapToPair(word -> Pair.of(word, 1));
    }

    private PairDStream<String, Long> totals() {
        return ones().updateStateByKey((values, state) -> Optional.of(state.orElse(0L) + values.size()));
    }

    private MapWithStateDStream<String, Integer, String> counting(
            UnaryOperator<StateSpec<String, Integer, Integer, String>> change) {
        return counting(change, StateTest::count);
    }

    private MapWithStateDStream<String, Integer, String> counting(
            UnaryOperator<StateSpec<String, Integer, Integer, String>> change,
            Function3<String, Optional<Integer>, State<Integer>, String> function) {
        return ones().mapWithState(change.apply(StateSpec.function(function)));
    }

    private static String count(String key, Optional<Integer> value, State<Integer> state) {
        if (state.isTimingOut()) {
            return key + " gone at " + state.get();
        }
        state.update(state.getOption().orElse(0) + 1);
        return key + state.get();
    }

    private void use(TestStreamingContext other) {
        test.close();
        test = other;
        words = test.input();
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
