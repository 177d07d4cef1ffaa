package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.DStream;
import io.dstream.StreamingContext;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperatorsTest {

    private final TestStreamingContext test = new TestStreamingContext();
    private final TestInput<Integer> numbers = test.input();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void mapFilterAndFlatMapGiveOneNoneOrManyRowsForEach() {
        TestOutput<String> output = test.output(
                numbers.stream().map(x -> x * 10).filter(x -> x != 20).flatMap(x -> List.of("<" + x, x + ">")
                        .iterator()));
        numbers.push(1, 2, 3);
        test.runBatch();
        assertThat(output.last()).containsExactly("<10", "10>", "<30", "30>");
    }

    @Test
    void nullResultsAreRows() {
        TestOutput<String> output = test.output(numbers.stream().map(x -> x == 1 ? null : "" + x));
        numbers.push(1, 2);
        test.runBatch();
        assertThat(output.last()).containsExactly(null, "2");
    }

    @Test
    void nullKeysAndValuesAreReducedLikeOthers() {
        TestOutput<Pair<String, String>> output = test.output(numbers.stream()
                .mapToPair(x -> Pair.<String, String>of(x % 2 == 0 ? null : "odd", x > 2 ? "big" : null))
                .reduceByKey((a, b) -> a + "+" + b, 3));
        numbers.push(1, 2, 3, 4);
        test.runBatch();
        assertThat(output.last()).containsExactlyInAnyOrder(Pair.of("odd", "null+big"), Pair.of(null, "null+big"));
    }

    @Test
    void mapPartitionsIsCalledForEveryPartitionTheEmptyOnesToo() {
        TestOutput<Integer> output = test.output(numbers.stream().mapPartitions(OperatorsTest::sum));
        numbers.push(7);
        test.runBatch();
        assertThat(output.last()).containsExactly(0, 7);
    }

    @Test
    void mapPartitionsComputesNoMoreRowsThanItAsksFor() {
        AtomicInteger computed = new AtomicInteger();
        TestOutput<Integer> output = test.output(numbers.stream()
                .map(x -> {
                    computed.incrementAndGet();
                    return x;
                })
                .mapPartitions(rows ->
                        rows.hasNext() ? List.of(rows.next()).iterator() : Collections.<Integer>emptyIterator()));
        numbers.push(1, 2, 3, 4);
        test.runBatch();
        assertThat(output.last()).containsExactly(1, 3);
        assertThat(computed).hasValue(2);
    }

    @Test
    void unionHasTheRowsOfBothAndRemovesNothing() {
        TestInput<Integer> others = test.input();
        TestOutput<Integer> output = test.output(numbers.stream().union(others.stream()));
        numbers.push(1, 2);
        others.push(2, 3);
        test.runBatch();
        assertThat(output.last()).containsExactly(1, 2, 2, 3);
    }

    @Test
    void pairsCanBeFilteredMappedAndUnited() {
        var pairs = numbers.stream().mapToPair(x -> Pair.of("k" + x, x));
        TestOutput<Pair<String, Integer>> output = test.output(
                pairs.filter(pair -> pair.value() > 1).mapValues(x -> x * 100).union(pairs));
        numbers.push(1, 2);
        test.runBatch();
        assertThat(output.last()).containsExactly(Pair.of("k2", 200), Pair.of("k1", 1), Pair.of("k2", 2));
    }

    @Test
    void aSingleValueOfAKeyIsNotReduced() {
        AtomicInteger calls = new AtomicInteger();
        TestOutput<Pair<Integer, Integer>> output = test.output(
                numbers.stream().mapToPair(x -> Pair.of(x, x)).reduceByKey((a, b) -> calls.incrementAndGet()));
        numbers.push(1, 2, 3);
        test.runBatch();
        assertThat(output.last()).hasSize(3);
        assertThat(calls).hasValue(0);
    }

    @Test
    void arraysAreRefusedAsKeys() {
        test.output(numbers.stream().mapToPair(x -> Pair.of(new int[] {x}, x)).reduceByKey(Integer::sum));
        numbers.push(1);
        assertThat(test.runFailingBatch().failureReason())
                .contains("A key must not be an array")
                .contains("int[]");
    }

    @Test
    void transformIsCalledOncePerBatchWithItsTimeAlsoForEmptyOnes() {
        List<Long> times = new ArrayList<>();
        TestOutput<Integer> output = test.output(numbers.stream().transform((RDD<Integer> rdd, Instant time) -> {
            times.add(time.toEpochMilli());
            return rdd.map(x -> x + 1);
        }));
        test.output(numbers.stream());
        numbers.push(1);
        test.runBatches(2);
        assertThat(output.batches()).containsExactly(List.of(2), List.of());
        assertThat(times).containsExactly(1000L, 2000L);
    }

    @Test
    void aStreamIsPlannedOncePerBatchHoweverManyOutputsReadIt() {
        AtomicInteger planned = new AtomicInteger();
        DStream<Integer> shared = numbers.stream().transform(rdd -> {
            planned.incrementAndGet();
            return rdd;
        });
        test.output(shared);
        test.output(shared.map(x -> x));
        test.runBatch();
        assertThat(planned).hasValue(1);
    }

    @Test
    void transformMayJoinWithRowsFromOutsideTheBatch() {
        RDD<Integer> fixed = test.context().parallelize(List.of(100));
        TestOutput<Integer> output =
                test.output(numbers.stream().transform(rdd -> fixed.union(rdd)).map(x -> x + 1));
        numbers.push(1);
        test.runBatch();
        test.runBatch();
        assertThat(output.batches()).containsExactly(List.of(101, 2), List.of(101));
    }

    @Test
    void aTransformThatReturnsNullFailsTheBatchAndSaysSo() {
        test.output(numbers.stream().transform(rdd -> null));
        assertThat(test.runFailingBatch().failureReason())
                .contains("'transform-0' in pipeline 'default' returned null")
                .contains("return an RDD without rows instead");
    }

    @Test
    void aTransformToPairThatReturnsNullFailsTheBatchAndSaysSo() {
        test.output(numbers.stream().<Integer, Integer>transformToPair(rdd -> null));
        assertThat(test.runFailingBatch().failureReason())
                .contains("'transformToPair-0'")
                .contains("returned null");
    }

    @Test
    void transformToPairMakesPairs() {
        TestOutput<Pair<Integer, Integer>> output =
                test.output(numbers.stream().transformToPair(rdd -> rdd.mapToPair(x -> Pair.of(x, -x))));
        numbers.push(5);
        test.runBatch();
        assertThat(output.last()).containsExactly(Pair.of(5, -5));
    }

    @Test
    void elementFunctionsDoNotRunUnlessAnActionAsksForRows() {
        AtomicInteger calls = new AtomicInteger();
        numbers.stream().map(x -> calls.incrementAndGet()).foreachRDD(rdd -> {});
        numbers.push(1, 2);
        test.runBatch();
        assertThat(calls).hasValue(0);
    }

    @Test
    void narrowOperatorsRunAgainForEveryAction() {
        AtomicInteger calls = new AtomicInteger();
        numbers.stream().map(x -> calls.incrementAndGet()).foreachRDD(rdd -> {
            rdd.count();
            rdd.count();
        });
        numbers.push(1, 2);
        test.runBatch();
        assertThat(calls).hasValue(4);
    }

    @Test
    void rowsOfACachedStreamAreComputedOncePerBatch() {
        AtomicInteger calls = new AtomicInteger();
        DStream<Integer> cached =
                numbers.stream().map(x -> calls.incrementAndGet()).cache();
        test.output(cached);
        test.output(cached.filter(x -> x > 1));
        numbers.push(1, 2);
        test.runBatch();
        assertThat(calls).hasValue(2);
        numbers.push(3);
        test.runBatch();
        assertThat(calls).hasValue(3);
    }

    @Test
    void rowsOfACachedRddAreComputedOnceUntilTheyAreDropped() {
        AtomicInteger calls = new AtomicInteger();
        RDD<Integer> fixed = test.context()
                .parallelize(List.of(1, 2))
                .map(x -> calls.incrementAndGet())
                .cache();
        numbers.stream().foreachRDD(rdd -> rdd.union(fixed).count());
        test.runBatches(3);
        assertThat(calls).hasValue(2);
        assertThat(fixed.unpersist()).isSameAs(fixed);
        test.runBatch();
        assertThat(calls).hasValue(4);
    }

    @Test
    void whatIsCachedAboveAShuffleIsNotShuffledAgain() {
        AtomicInteger calls = new AtomicInteger();
        PairRDD<Integer, Integer> fixed = test.context()
                .parallelize(List.of(1, 2))
                .mapToPair(x -> Pair.of(x, calls.incrementAndGet()))
                .reduceByKey(Integer::sum)
                .cache();
        numbers.stream().foreachRDD(rdd -> rdd.union(fixed.keys()).count());
        test.runBatches(3);
        assertThat(fixed.count()).isEqualTo(2);
        assertThat(calls).hasValue(2);
    }

    @Test
    void aCachedRddOutlivesTheBatchesOfACachedStreamThatGivesItOn() {
        AtomicInteger calls = new AtomicInteger();
        RDD<Integer> fixed = test.context()
                .parallelize(List.of(1, 2))
                .map(x -> calls.incrementAndGet())
                .cache();
        test.output(numbers.stream().transform(rdd -> fixed).cache());
        test.runBatches(3);
        assertThat(calls).hasValue(2);
    }

    @Test
    void rowsThatACachedStreamGivesOnAreNotKeptForLongerThanTheBatch() {
        AtomicInteger calls = new AtomicInteger();
        RDD<Integer> fixed = test.context().parallelize(List.of(1, 2)).map(x -> calls.incrementAndGet());
        test.output(numbers.stream().transform(rdd -> fixed).cache());
        test.runBatches(3);
        assertThat(calls).hasValue(6);
    }

    @Test
    void aShuffleRunsOncePerBatchForAllActionsAndOutputs() {
        AtomicInteger calls = new AtomicInteger();
        var counts = numbers.stream()
                .mapToPair(x -> Pair.of(x, calls.incrementAndGet()))
                .reduceByKey(Integer::sum);
        counts.foreachRDD((PairRDD<Integer, Integer> rdd) -> {
            rdd.take(1);
            rdd.count();
        });
        counts.foreachRDD((PairRDD<Integer, Integer> rdd) -> rdd.collect());
        numbers.push(1, 2, 3);
        test.runBatch();
        assertThat(calls).hasValue(3);
    }

    @Test
    void aParentOfAnotherPipelineIsRefused() {
        StreamingContext other = test.context().pipeline("other");
        DStream<String> foreign = other.socketTextStream("localhost", 9);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> numbers.stream().map(x -> "").union(foreign))
                .withMessageContaining("belongs to another pipeline");
    }

    private static Iterator<Integer> sum(Iterator<Integer> rows) {
        int sum = 0;
        while (rows.hasNext()) {
            sum += rows.next();
        }
        return Arrays.asList(sum).iterator();
    }
}
