package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import io.dstream.rdd.StorageLevel;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which rows are kept, and what RDDs tell of themselves. */
class PersistTest {

    private final Rdds rdds = new Rdds();
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void close() {
        rdds.close();
    }

    @Test
    void persistedRowsAreComputedWhenTheyAreAskedForAndThenKept() {
        RDD<Integer> kept = rdds.range(4, 2).map(x -> calls.incrementAndGet());
        assertThat(kept.getStorageLevel()).isEqualTo(StorageLevel.NONE);
        assertThat(kept.persist()).isSameAs(kept);
        assertThat(kept.getStorageLevel()).isEqualTo(StorageLevel.MEMORY_ONLY);
        assertThat(calls).hasValue(0);
        kept.count();
        kept.count();
        assertThat(calls).hasValue(4);
    }

    @Test
    void aLevelIsChangedByUnpersistOnly() {
        RDD<Integer> kept = rdds.range(4, 2).persist(StorageLevel.MEMORY_ONLY);
        assertThat(kept.cache().getStorageLevel()).isEqualTo(StorageLevel.MEMORY_ONLY);
        assertThatIllegalStateException()
                .isThrownBy(() -> kept.persist(StorageLevel.NONE))
                .withMessage("The storage level of an RDD cannot be changed from MEMORY_ONLY to NONE; call unpersist()"
                        + " before");
        assertThat(kept.unpersist()).isSameAs(kept);
        assertThat(kept.persist(StorageLevel.NONE).getStorageLevel()).isEqualTo(StorageLevel.NONE);
        assertThat(kept.persist().getStorageLevel()).isEqualTo(StorageLevel.MEMORY_ONLY);
    }

    @Test
    void aFailureWhileRowsAreComputedLeavesNothingBehind() {
        RDD<Integer> kept = rdds.range(4, 1)
                .map(x -> {
                    if (calls.incrementAndGet() == 3) {
                        throw new IllegalStateException("once");
                    }
                    return x;
                })
                .persist();
        assertThatIllegalStateException().isThrownBy(kept::count).withMessage("once");
        assertThat(kept.collect()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void pairsAndTheirRowsAreKeptAsOne() {
        PairRDD<Integer, Integer> pairs = rdds.range(4, 2).mapToPair(x -> Pair.of(x, calls.incrementAndGet()));
        assertThat(pairs.persist().toRDD().getStorageLevel()).isEqualTo(StorageLevel.MEMORY_ONLY);
        assertThat(pairs.toRDD().count() + pairs.count()).isEqualTo(8);
        assertThat(calls).hasValue(4);
    }

    @Test
    void anRddCannotBeKeptAfterItsBatch() {
        RunScope batch = rdds.openBatch();
        RDD<Integer> past = RDD.ofRows(batch, List.of(1), 1);
        RDD<Integer> workedOut = RDD.deferred(batch, "worked out", 1, false, () -> past);
        batch.close();
        assertThatIllegalStateException().isThrownBy(past::persist).withMessageContaining("a batch, which is over");
        assertThatIllegalStateException()
                .isThrownBy(workedOut::persist)
                .withMessageContaining("a batch, which is over");
    }

    @Test
    void streamsArePersistedUntilTheyAreStarted() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            TestInput<Integer> numbers = test.input();
            PairDStream<Integer, Integer> kept = numbers.stream()
                    .mapToPair(x -> Pair.of(x, calls.incrementAndGet()))
                    .persist();
            AtomicInteger callsNotKept = new AtomicInteger();
            PairDStream<Integer, Integer> notKept = numbers.stream()
                    .mapToPair(x -> Pair.of(x, callsNotKept.incrementAndGet()))
                    .persist(StorageLevel.MEMORY_ONLY)
                    .persist(StorageLevel.NONE);
            List<StorageLevel> levels = new ArrayList<>();
            kept.foreachRDD(rdd -> levels.add(rdd.getStorageLevel()));
            notKept.foreachRDD(rdd -> levels.add(rdd.getStorageLevel()));
            test.output(kept.mapValues(x -> x));
            test.output(kept.mapValues(x -> -x));
            test.output(notKept.mapValues(x -> x));
            test.output(notKept.mapValues(x -> -x));
            numbers.push(1, 2);
            test.runBatch();
            assertThat(calls).hasValue(2);
            assertThat(callsNotKept).hasValue(4);
            assertThat(levels).containsExactly(StorageLevel.MEMORY_ONLY, StorageLevel.NONE);
            assertThatIllegalStateException()
                    .isThrownBy(() -> kept.persist(StorageLevel.NONE))
                    .withMessageContaining("started");
            assertThatIllegalStateException().isThrownBy(() -> numbers.stream().persist());
        }
    }

    @Test
    void whatAStreamKeepsIsNotLetGoOfByAnOutput() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            TestInput<Integer> numbers = test.input();
            DStream<Integer> persisted =
                    numbers.stream().map(x -> calls.incrementAndGet()).persist();
            persisted.foreachRDD(rdd -> rdd.unpersist().count());
            AtomicInteger callsUnderWindow = new AtomicInteger();
            DStream<Integer> underWindow = numbers.stream().map(x -> callsUnderWindow.incrementAndGet());
            List<Integer> seen = new ArrayList<>();
            underWindow.foreachRDD(rdd -> {
                seen.addAll(rdd.cache().collect());
                rdd.unpersist();
            });
            TestOutput<Integer> window = test.output(underWindow.window(Duration.ofSeconds(2)));
            TestOutput<Integer> output = test.output(persisted);
            numbers.push(0, 0);
            test.runBatch();
            assertThat(output.last()).containsExactlyInAnyOrder(1, 2);
            assertThat(window.last()).containsExactlyElementsOf(seen).hasSize(2);
        }
    }

    @Test
    void anRddOfTheContextIsKeptForAllWhoKeepItUntilTheLastLetsGo() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            RDD<Integer> shared = test.context().parallelize(List.of(1, 2), 2).map(x -> calls.incrementAndGet());
            DStream<Integer> kept =
                    test.<Integer>input().stream().transform(rdd -> shared).cache();
            kept.foreachRDD((rdd, time) -> {
                if (time.equals(Instant.ofEpochSecond(1))) {
                    rdd.unpersist();
                }
                rdd.count();
            });
            kept.foreachRDD((rdd, time) -> {
                if (time.equals(Instant.ofEpochSecond(2))) {
                    shared.cache();
                }
                rdd.count();
            });
            test.runBatch();
            assertThat(calls).hasValue(2);
            test.runBatches(2);
            assertThat(calls).hasValue(4);
            assertThat(shared.count()).isEqualTo(2);
            assertThat(calls).hasValue(4);
            assertThat(shared.unpersist().getStorageLevel()).isEqualTo(StorageLevel.NONE);
        }
    }

    @Test
    void pipelinesKeepTheSameRddEachForItself() {
        RDD<Integer> shared = rdds.range(2, 1).map(x -> calls.incrementAndGet());
        RunScope first = rdds.openBatch();
        RunScope second = rdds.openBatch();
        first.keepToEnd(shared.plan(), StorageLevel.MEMORY_ONLY);
        second.keepToEnd(shared.plan(), StorageLevel.MEMORY_ONLY);
        shared.count();
        first.close();
        shared.count();
        assertThat(calls).hasValue(2);
        second.close();
        shared.count();
        assertThat(calls).hasValue(4);
    }

    @Test
    void aScopeThatIsClosedKeepsNothing() {
        RDD<Integer> rows = rdds.range(2, 1);
        RunScope batch = rdds.openBatch();
        batch.close();
        assertThatIllegalStateException().isThrownBy(() -> batch.keep(rows.plan(), StorageLevel.MEMORY_ONLY));
        assertThat(rows.getStorageLevel()).isEqualTo(StorageLevel.NONE);
    }

    @Test
    void theLevelOfRowsThatAStreamKeepsIsChangedByTheStream() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            List<String> seen = new ArrayList<>();
            test.<Integer>input().stream().cache().foreachRDD(rdd -> {
                try {
                    rdd.persist(StorageLevel.DISK_ONLY);
                } catch (IllegalStateException failure) {
                    seen.add(failure.getMessage());
                }
            });
            test.runBatch();
            assertThat(seen)
                    .containsExactly(
                            "The storage level of an RDD cannot be changed from MEMORY_ONLY to DISK_ONLY; a stream"
                                    + " keeps its rows, because it is persisted, remembered or under a window, so give the stream"
                                    + " another level, by persist(level) before the start");
        }
    }

    @Test
    void aLevelMustBeGiven() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            DStream<Integer> stream = test.<Integer>input().stream();
            for (ThrowingCallable persist : List.<ThrowingCallable>of(
                    () -> rdds.range(1, 1).persist(null),
                    () -> stream.persist(null),
                    () -> stream.mapToPair(x -> Pair.of(x, x)).persist(null))) {
                assertThatIllegalArgumentException().isThrownBy(persist).withMessage("'level' must not be null");
            }
        }
    }

    @Test
    void anRddTellsHowItCameAbout() {
        RDD<Integer> numbers = rdds.range(6, 3).setName("numbers").persist();
        PairRDD<Integer, Integer> counts = numbers.union(rdds.range(2, 1))
                .mapToPair(x -> Pair.of(x, 1))
                .reduceByKey(Integer::sum, 2)
                .setName("counts");
        assertThat(counts.coalesce(1).toDebugString()).isEqualTo("""
                        (1) coalesce
                         |  (2) combineByKey 'counts'
                         +-(4) map
                            |  (4) union
                            |  (3) numbers [MEMORY_ONLY]
                            |  (1) parallelize""");
        assertThat(counts.partitionBy(5).toDebugString())
                .startsWith("(5) partitionBy\n +-(2) combineByKey 'counts'\n    +-(4) map\n       |  (4) union\n");
        assertThat(rdds.withoutPartitions().toDebugString()).isEqualTo("(0) rows");
    }

    @Test
    void theStepsOfAStreamHaveItsIds() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            List<String> seen = new ArrayList<>();
            test.<Integer>input().stream()
                    .named("numbers")
                    .mapToPair(x -> Pair.of(x, x))
                    .<Integer>updateStateByKey((values, sum) -> sum)
                    .mapValues(sum -> sum + 1)
                    .named("more")
                    .foreachRDD(rdd -> {
                        seen.add(rdd.toDebugString());
                        seen.add(rdd.toString());
                        seen.add(rdd.name().orElse(""));
                    });
            test.runBatch();
            assertThat(seen)
                    .element(0)
                    .asString()
                    .startsWith("(2) map 'more'\n")
                    .endsWith(" |  (2) updateStateByKey-0");
            assertThat(seen).element(1).isEqualTo("PairRDD(map 'more', 2 partitions)");
            assertThat(seen).element(2).isEqualTo("more");
        }
    }

    @Test
    void statefulStreamsHaveTheirIdsToo() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            List<String> seen = new ArrayList<>();
            List<RDD<?>> past = new ArrayList<>();
            PairDStream<Integer, Integer> pairs = test.<Integer>input().stream().mapToPair(x -> Pair.of(x, x));
            List<DStream<?>> streams = List.of(
                    pairs.mapWithState(StateSpec.function(
                                    (Integer key, Optional<Integer> value, State<Integer> state) -> key))
                            .named("mapped"),
                    pairs.reduceByKeyAndWindow(Integer::sum, Duration.ofSeconds(2))
                            .toDStream());
            for (DStream<?> stream : streams) {
                stream.map(x -> x).foreachRDD(rdd -> {
                    seen.add(rdd.toDebugString());
                    past.add(rdd);
                });
            }
            test.runBatch();
            assertThat(seen)
                    .containsExactly(
                            "(2) map 'map-0'\n |  (2) mapped", "(2) map 'map-1'\n |  (2) reduceByKeyAndWindow-0");
            assertThatIllegalStateException()
                    .isThrownBy(past.get(0)::collect)
                    .withMessageContaining("The rows of 'mapped' belong to the batch");
        }
    }

    @Test
    void anRddSaysWhatItIs() {
        assertThat(rdds.range(6, 3)).hasToString("RDD(parallelize, 3 partitions)");
        assertThat(rdds.range(6, 1).filter(x -> x > 1).setName("big")).hasToString("RDD(filter 'big', 1 partition)");
        assertThat(rdds.range(6, 3).keyBy(x -> x).reduceByKey(Integer::sum, 2))
                .hasToString("PairRDD(combineByKey, 2 partitions)");
    }

    @Test
    void namesStayWithTheRows() {
        RDD<Integer> numbers = rdds.range(6, 3);
        RDD<Integer> doubled = numbers.map(x -> x * 2);
        assertThat(numbers.name()).hasValue("parallelize");
        assertThat(doubled.name()).isEmpty();
        assertThat(doubled.setName("doubled")).isSameAs(doubled);
        assertThat(doubled.name()).hasValue("doubled");
        assertThat(doubled.filter(x -> x > 2).name()).isEmpty();
        PairRDD<Integer, Integer> pairs = doubled.mapToPair(x -> Pair.of(x, x)).setName("pairs");
        assertThat(pairs.toRDD().name()).hasValue("pairs");
    }
}
