package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import io.dstream.rdd.StorageLevel;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RememberTest {

    private TestStreamingContext test = new TestStreamingContext();
    private TestInput<Integer> numbers = test.input();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void anRddIsOverWithItsBatchUnlessItsStreamIsRemembered() {
        List<RDD<Integer>> all = new ArrayList<>();
        numbers.stream().map(x -> x * 10).named("tens").foreachRDD(rdd -> all.add(rdd));
        run(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> all.get(0).collect())
                .withMessageContaining("the batch 1000 ms of pipeline 'default'")
                .withMessageContaining("remember(");
    }

    @Test
    void theContextRemembersTheStreamsThatOutputsRead() {
        AtomicInteger calls = new AtomicInteger();
        List<RDD<Integer>> all = new ArrayList<>();
        test.context().remember(seconds(2));
        numbers.stream().map(x -> calls.incrementAndGet() * 0 + x * 10).foreachRDD(rdd -> all.add(rdd));
        run(3);
        assertThat(all.get(2).collect()).containsExactly(20);
        assertThat(all.get(1).filter(x -> x > 0).collect()).containsExactly(10);
        assertThat(calls).hasValue(3);
        assertThatIllegalStateException().isThrownBy(() -> all.get(0).collect());
    }

    @Test
    void aSliceHasTheRememberedBatchesThatHaveEndedBothEndsIncluded() {
        DStream<Integer> tens = numbers.stream().map(x -> x * 10).remember(seconds(3));
        tens.foreachRDD(rdd -> {});
        assertThat(tens.slice(Instant.EPOCH, Instant.MAX)).isEmpty();
        run(5);
        assertThat(rows(tens.slice(at(3), at(5)))).containsExactly(List.of(20), List.of(30), List.of(40));
        assertThat(rows(tens.slice(at(4).plusMillis(999), at(4).plusMillis(999))))
                .containsExactly(List.of(30));
        assertThat(tens.slice(at(5), at(4))).isEmpty();
        assertThat(rows(tens.slice(at(5), Instant.ofEpochSecond(1_000)))).containsExactly(List.of(40));
        assertThatIllegalStateException()
                .isThrownBy(() -> tens.slice(at(2), at(5)))
                .withMessageContaining("'map-0' in the batch 1970-01-01T00:00:02Z")
                .withMessageContaining("remember(...)");
    }

    @Test
    void aSliceOfAStreamThatIsNotRememberedIsRefused() {
        DStream<Integer> tens = numbers.stream().map(x -> x * 10);
        tens.foreachRDD(rdd -> {});
        run(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> tens.slice(at(1), at(1)))
                .withMessageContaining("are not remembered")
                .withMessageContaining("are not kept after their batch");
    }

    @Test
    void aSliceHasNothingOfBeforeTheFirstAndAfterTheLastBatch() {
        DStream<Integer> stream = numbers.stream().remember(seconds(2));
        stream.foreachRDD(rdd -> {});
        assertThat(stream.slice(at(0), at(100))).isEmpty();
        run(2);
        assertThat(rows(stream.slice(at(-5), at(100)))).containsExactly(List.of(0), List.of(1));
        assertThat(rows(stream.slice(Instant.ofEpochMilli(1999), Instant.ofEpochMilli(2999))))
                .containsExactly(List.of(0), List.of(1));
        assertThat(stream.slice(at(2), at(1))).isEmpty();
        assertThat(stream.slice(at(3), at(100))).isEmpty();
        run(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> stream.slice(at(-5), at(100)))
                .withMessageContaining("the last batch is 1970-01-01T00:00:03Z")
                .withMessageContaining("rows of this stream are kept for PT2S after their batch");
    }

    @Test
    void aSkippedBatchUnderAWindowIsNotInASliceEither() {
        test.close();
        test = new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1)));
        numbers = test.input();
        numbers.stream().window(seconds(4)).foreachRDD((rdd, time) -> {
            if (time.equals(at(2))) {
                throw new IllegalStateException("the second batch fails");
            }
        });
        run(3);
        assertThat(rows(numbers.stream().slice(at(1), at(3)))).containsExactly(List.of(0), List.of(2));
    }

    @Test
    void whatAWindowReachesCanBeSlicedToo() {
        numbers.stream().window(seconds(4)).foreachRDD(rdd -> {});
        run(5);
        assertThat(rows(numbers.stream().slice(at(3), at(5)))).containsExactly(List.of(2), List.of(3), List.of(4));
    }

    @Test
    void slicesOfPairsAndOfSlidingStreamsFollowTheirSlide() {
        var sums = numbers.stream()
                .mapToPair(x -> Pair.of(0, x))
                .reduceByKeyAndWindow(Integer::sum, seconds(2), seconds(2))
                .remember(seconds(4));
        sums.foreachRDD(rdd -> {});
        run(6);
        List<PairRDD<Integer, Integer>> slice = sums.slice(at(4), at(6));
        assertThat(slice).hasSize(2);
        assertThat(slice.get(0).collectAsMap()).containsEntry(0, 5);
        assertThat(slice.get(1).lookup(0)).containsExactly(9);
    }

    @Test
    void aSliceInAnOutputLooksBackFromTheBatchThatRuns() {
        DStream<Integer> stream = numbers.stream().remember(seconds(10));
        List<List<List<Integer>>> seen = new ArrayList<>();
        stream.foreachRDD((rdd, time) -> seen.add(rows(stream.slice(time.minusSeconds(1), time))));
        run(3);
        assertThat(seen).containsExactly(List.of(), List.of(List.of(0)), List.of(List.of(1)));
    }

    @Test
    void aSkippedBatchIsNotInASlice() {
        test.close();
        test = new TestStreamingContext(config ->
                config.withFailure(new FailureSettings(Policy.SKIP, 1, Duration.ofSeconds(1), failure -> false)));
        numbers = test.input();
        DStream<Integer> stream = numbers.stream().remember(seconds(10));
        stream.foreachRDD((rdd, time) -> {
            if (time.equals(at(2))) {
                throw new IllegalStateException("the second batch fails");
            }
        });
        run(3);
        assertThat(rows(stream.slice(at(1), at(3)))).containsExactly(List.of(0), List.of(2));
    }

    @Test
    void whatIsRememberedEndsWithThePipeline() {
        DStream<Integer> stream = numbers.stream().remember(seconds(10));
        List<RDD<Integer>> all = new ArrayList<>();
        stream.foreachRDD(rdd -> all.add(rdd));
        run(2);
        List<RDD<Integer>> slice = stream.slice(at(1), at(2));
        test.context().stop(true, seconds(10));
        assertThatIllegalStateException()
                .isThrownBy(() -> stream.slice(at(1), at(2)))
                .withMessageContaining("has ended");
        assertThatIllegalStateException().isThrownBy(() -> slice.get(0).collect());
        assertThatIllegalStateException().isThrownBy(() -> all.get(1).collect());
    }

    @ParameterizedTest
    @EnumSource(names = {"MEMORY_ONLY", "MEMORY_ONLY_SER", "DISK_ONLY"})
    void anRddOfASliceCanBeReadAsLongAsItsRowsAreKept(StorageLevel level) {
        DStream<Integer> stream = numbers.stream().persist(level).remember(seconds(2));
        List<RDD<Integer>> all = new ArrayList<>();
        stream.foreachRDD(rdd -> all.add(rdd));
        run(1);
        RDD<Integer> first = stream.slice(at(1), at(1)).get(0);
        run(1);
        assertThat(first.map(x -> x + 10).collect()).containsExactly(10);
        assertThat(all.get(0).getStorageLevel()).isEqualTo(StorageLevel.NONE);
        assertThat(all.get(0).cache().count() + all.get(0).unpersist().count()).isEqualTo(2);
        run(1);
        for (RDD<Integer> rdd : List.of(first, all.get(0), first.map(x -> x), first.union(all.get(2)))) {
            assertThatIllegalStateException()
                    .isThrownBy(rdd::collect)
                    .withMessageContaining("The rows of 'queue-0' belong to the batch 1000 ms of pipeline 'default'")
                    .withMessageContaining("let the stream remember(...) them for longer");
        }
    }

    @Test
    void aSliceDuringTheEndIsRefusedToo() {
        List<Object> seen = new ArrayList<>();
        AtomicReference<DStream<Integer>> stream = new AtomicReference<>();
        stream.set(test.context()
                .inputStream(new Closing(() -> {
                    try {
                        seen.add(stream.get().slice(at(1), at(1)));
                    } catch (IllegalStateException failure) {
                        seen.add(failure.getMessage());
                    }
                }))
                .remember(seconds(10)));
        stream.get().foreachRDD(rdd -> {});
        test.runBatch();
        test.context().stop(true, seconds(10));
        assertThat(seen).containsExactly("Pipeline 'default' has ended, and with it what it remembered");
    }

    @Test
    void onlyWhatIsRememberedOutlivesABatch() {
        DStream<Integer> tens = numbers.stream().map(x -> x * 10).named("tens");
        List<RDD<Integer>> notRemembered = new ArrayList<>();
        List<RDD<Integer>> remembered = new ArrayList<>();
        tens.foreachRDD(rdd -> notRemembered.add(rdd));
        tens.map(x -> x + 1).remember(seconds(10)).foreachRDD(rdd -> {
            remembered.add(rdd);
            remembered.add(
                    rdd.mapToPair(x -> Pair.of(x, 1)).reduceByKey(Integer::sum).keys());
        });
        run(1);
        assertThat(remembered).allSatisfy(rdd -> assertThat(rdd.collect()).containsExactly(1));
        assertThatIllegalStateException()
                .isThrownBy(notRemembered.get(0)::collect)
                .withMessageContaining("The rows of");
    }

    @Test
    void theRowsOfABatchThatAreNotRememberedAreLetGoOf() {
        List<WeakReference<Object>> rows = new ArrayList<>();
        numbers.stream()
                .map(x -> {
                    Object row = new Object();
                    rows.add(new WeakReference<>(row));
                    return Pair.of(x, row);
                })
                .cache()
                .mapToPair(pair -> pair)
                .reduceByKey((first, second) -> first)
                .map(Pair::key)
                .remember(seconds(10))
                .foreachRDD(RDD::count);
        run(2);
        for (int i = 0; i < 50 && rows.get(0).get() != null; i++) {
            System.gc();
        }
        assertThat(rows.get(0).get()).isNull();
    }

    @Test
    void statesAreThoseOfTheirBatchOrRefusedWhateverElseIsRemembered() {
        numbers.stream().remember(seconds(10)).foreachRDD(rdd -> {});
        PairDStream<String, Integer> sums = numbers.stream()
                .mapToPair(x -> Pair.of("sum", x))
                .updateStateByKey((values, sum) -> Optional.of(
                        sum.orElse(0) + values.stream().mapToInt(x -> x).sum()));
        List<PairRDD<String, Integer>> all = new ArrayList<>();
        List<PairRDD<String, Integer>> kept = new ArrayList<>();
        sums.named("sums").foreachRDD(rdd -> all.add(rdd));
        sums.mapValues(sum -> sum).remember(seconds(10)).foreachRDD(rdd -> kept.add(rdd));
        run(3);
        for (PairRDD<String, Integer> past : all) {
            assertThatIllegalStateException()
                    .isThrownBy(past::collect)
                    .withMessageContaining("The rows of 'sums' belong to the batch")
                    .withMessageContaining("remember(...)");
        }
        assertThat(kept).extracting(rdd -> rdd.collectAsMap().get("sum")).containsExactly(0, 1, 3);
    }

    @Test
    void statesThatAreRememberedAreThoseOfTheirBatch() {
        List<PairRDD<String, Integer>> all = new ArrayList<>();
        numbers.stream()
                .mapToPair(x -> Pair.of("last", x))
                .<Integer>updateStateByKey((values, last) -> Optional.of(values.get(0)))
                .remember(seconds(10))
                .foreachRDD(rdd -> all.add(rdd));
        run(3);
        assertThat(all).extracting(rdd -> rdd.collectAsMap().get("last")).containsExactly(0, 1, 2);
    }

    @Test
    void rowsThatNoWindowReachesCannotBeSliced() {
        DStream<Integer> stream = numbers.stream();
        stream.window(seconds(2), seconds(3)).foreachRDD(rdd -> {});
        run(5);
        assertThat(rows(stream.slice(at(5), at(5)))).containsExactly(List.of(4));
        assertThatIllegalStateException()
                .isThrownBy(() -> stream.slice(at(4), at(5)))
                .withMessageContaining("in the batch 1970-01-01T00:00:04Z")
                .withMessageContaining("kept for PT1S after their batch where a window reaches back to them");
    }

    @Test
    void whatIsRememberedForeverIsAndCanBeSlicedFromTheEndsOfTime() {
        DStream<Integer> stream = numbers.stream().remember(ChronoUnit.FOREVER.getDuration());
        test.context().remember(Duration.ofSeconds(Long.MAX_VALUE));
        List<RDD<Integer>> all = new ArrayList<>();
        stream.foreachRDD(rdd -> all.add(rdd));
        run(3);
        assertThat(all).extracting(rdd -> rdd.collect()).containsExactly(List.of(0), List.of(1), List.of(2));
        assertThat(rows(stream.slice(Instant.MIN, Instant.MAX))).containsExactly(List.of(0), List.of(1), List.of(2));
        assertThat(rows(stream.slice(at(3).plusMillis(999), Instant.MAX))).containsExactly(List.of(2));
        assertThat(stream.slice(Instant.MAX, Instant.MAX)).isEmpty();
        assertThat(stream.slice(Instant.MIN, Instant.MIN)).isEmpty();
        assertThat(stream.slice(Instant.MAX, Instant.MIN)).isEmpty();
    }

    @Test
    void whatCannotBeRememberedIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.context().remember(Duration.ZERO))
                .withMessage("'duration' must be more than zero, but was PT0S");
        assertThatIllegalArgumentException().isThrownBy(() -> numbers.stream().remember(Duration.ofSeconds(-1)));
        numbers.stream().foreachRDD(rdd -> {});
        test.context().start();
        assertThatIllegalStateException().isThrownBy(() -> test.context().remember(seconds(1)));
        assertThatIllegalStateException().isThrownBy(() -> numbers.stream().remember(seconds(1)));
    }

    /** An input without rows that does something when it is closed. */
    private record Closing(Runnable action) implements InputSource<Integer> {

        @Override
        public String kind() {
            return "closing";
        }

        @Override
        public void start(InputContext context) {}

        @Override
        public Allocation allocate(Instant batchTime) {
            return new Allocation(0, "");
        }

        @Override
        public List<InputPartition<Integer>> read(Instant batchTime) {
            return List.of();
        }

        @Override
        public void close() {
            action.run();
        }
    }

    /** Batch i has the number i, from 0. */
    private void run(int batches) {
        for (int i = 0; i < batches; i++) {
            numbers.push(i);
            Batches.runEither(test);
        }
    }

    private static List<List<Integer>> rows(List<RDD<Integer>> rdds) {
        return rdds.stream().map(rdd -> rdd.collect()).toList();
    }

    private static Instant at(int second) {
        return Instant.ofEpochSecond(second);
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
