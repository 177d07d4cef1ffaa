package io.dstream.test;

import static java.util.Comparator.naturalOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ActionsTest {

    private final StreamingContext context =
            new StreamingContext(StreamingConfig.defaults().withParallelism(2));

    private final Rdds rdds = new Rdds();

    @AfterEach
    void close() {
        rdds.close();
        context.close();
    }

    @Test
    void collectHasTheRowsInTheOrderOfThePartitions() {
        for (int partitions = 1; partitions < 12; partitions++) {
            assertThat(rdd(10, partitions).collect()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            assertThat(rdd(10, partitions).getNumPartitions()).isEqualTo(partitions);
        }
        assertThat(rdd(0, 3).collect()).isEmpty();
    }

    @Test
    void collectPartitionsHasThoseAskedFor() {
        assertThat(rdd(6, 3).collectPartitions(2, 0)).containsExactly(List.of(4, 5), List.of(0, 1));
        assertThat(rdd(6, 3).collectPartitions()).isEmpty();
        for (int absent : new int[] {-1, 3}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> rdd(6, 3).collectPartitions(1, absent))
                    .withMessage(
                            "'partitions' must be numbers from 0 to below 3, the number of partitions, but there was "
                                    + absent);
        }
    }

    @Test
    void collectPartitionsComputesNoOtherThanThoseAskedFor() {
        Set<Integer> computed = ConcurrentHashMap.newKeySet();
        rdd(10, 10).filter(computed::add).collectPartitions(3, 7);
        assertThat(computed).containsExactlyInAnyOrder(3, 7);
    }

    @Test
    void toLocalIteratorComputesOnePartitionAfterTheOther() {
        Set<Integer> computed = ConcurrentHashMap.newKeySet();
        Iterator<Integer> rows = rdd(6, 3).filter(computed::add).toLocalIterator();
        assertThat(computed).isEmpty();
        assertThat(List.of(rows.next(), rows.next())).containsExactly(0, 1);
        assertThat(computed).containsExactlyInAnyOrder(0, 1);
        assertThat(rows).toIterable().containsExactly(2, 3, 4, 5);
        assertThat(rdds.withoutPartitions().toLocalIterator()).isExhausted();
    }

    @Test
    void countCountsAndIsEmptyLooks() {
        assertThat(rdd(10, 3).count()).isEqualTo(10);
        assertThat(rdd(0, 3).count()).isZero();
        assertThat(rdd(10, 3).filter(x -> x == 9).isEmpty()).isFalse();
        assertThat(rdd(10, 3).filter(x -> x > 9).isEmpty()).isTrue();
    }

    @Test
    void takeGivesTheFirstRowsAndFirstTheFirst() {
        assertThat(rdd(10, 4).take(0)).isEmpty();
        assertThat(rdd(10, 4).take(3)).containsExactly(0, 1, 2);
        assertThat(rdd(10, 4).take(100)).hasSize(10);
        assertThat(rdd(10, 4).filter(x -> x > 4).first()).isEqualTo(5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rdd(1, 1).take(-1))
                .withMessage("'n' must not be negative, but was -1");
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(() -> rdd(0, 1).first());
    }

    @Test
    void takeComputesOnePartitionFirstThenFourTimesAsMany() {
        Set<Integer> computed = ConcurrentHashMap.newKeySet();
        RDD<Integer> tracked = rdd(100, 100).map(x -> {
            computed.add(x);
            return x;
        });
        tracked.take(1);
        assertThat(computed).containsExactly(0);
        computed.clear();
        tracked.take(2);
        assertThat(computed).hasSize(5);
        computed.clear();
        tracked.take(6);
        assertThat(computed).hasSize(25);
    }

    @Test
    void reduceMakesOneOfAll() {
        assertThat(rdd(101, 7).reduce(Integer::sum)).isEqualTo(5050);
        assertThat(rdd(1, 3).reduce(Integer::sum)).isZero();
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(() -> rdd(0, 3).reduce(Integer::sum))
                .withMessageContaining("reduce() of an RDD without rows");
    }

    @Test
    void ofNoRowsThereIsNoFirstNoGreatestAndNoLeast() {
        for (RDD<Integer> none : List.of(rdd(0, 3), rdds.<Integer>withoutPartitions())) {
            assertThatNoRows("reduce", () -> none.reduce(Integer::sum));
            assertThatNoRows("first", none::first);
            assertThatNoRows("max", () -> none.max(naturalOrder()));
            assertThatNoRows("min", () -> none.min(naturalOrder()));
            assertThat(none.isEmpty()).isTrue();
            assertThat(none.take(3)).isEmpty();
            assertThat(none.countByValue()).isEmpty();
        }
    }

    private static void assertThatNoRows(String action, ThrowingCallable call) {
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(call)
                .withMessage(action + "() of an RDD without rows; ask isEmpty() before");
    }

    @Test
    void foldUsesTheNeutralValueOncePerPartitionAndOnceAtTheEnd() {
        assertThat(rdd(4, 2).fold(100, Integer::sum)).isEqualTo(306);
        assertThat(rdd(0, 2).fold(100, Integer::sum)).isEqualTo(300);
        assertThat(rdds.<Integer>withoutPartitions().fold(100, Integer::sum)).isEqualTo(100);
    }

    @Test
    void aggregateMayChangeWhatItBeginsWith() {
        List<Integer> all = rdd(100, 7).aggregate(ArrayList::new, ActionsTest::added, ActionsTest::concatenated);
        assertThat(all)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
        assertThat(rdds.<Integer>withoutPartitions()
                        .<List<Integer>>aggregate(ArrayList::new, ActionsTest::added, ActionsTest::concatenated))
                .isEmpty();
    }

    private static List<Integer> added(List<Integer> list, Integer row) {
        list.add(row);
        return list;
    }

    private static List<Integer> concatenated(List<Integer> first, List<Integer> second) {
        first.addAll(second);
        return first;
    }

    @Test
    void foreachSeesEveryRowAndForeachPartitionEveryPartition() {
        Queue<Integer> seen = new ConcurrentLinkedQueue<>();
        rdd(10, 3).foreach(seen::add);
        assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        AtomicInteger partitions = new AtomicInteger();
        rdd(1, 3).foreachPartition(rows -> partitions.incrementAndGet());
        assertThat(partitions).hasValue(3);
    }

    @Test
    void pairsHaveKeysValuesAndTheirReduction() {
        var pairs = rdd(6, 3).mapToPair(x -> Pair.of(x % 2, x));
        assertThat(pairs.keys().collect()).containsExactly(0, 1, 0, 1, 0, 1);
        assertThat(pairs.values().collect()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(pairs.reduceByKey(Integer::sum).collect()).containsExactlyInAnyOrder(Pair.of(0, 6), Pair.of(1, 9));
        assertThat(pairs.reduceByKey(Integer::sum, 5).getNumPartitions()).isEqualTo(5);
        assertThat(pairs.map(Pair::swap).collect()).hasSize(6);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pairs.reduceByKey(Integer::sum, 0))
                .withMessage("'partitions' must be at least 1, but was 0");
    }

    @Test
    void oneReductionMayFollowAnother() {
        var twice = rdd(100, 5)
                .mapToPair(x -> Pair.of(x % 10, 1))
                .reduceByKey(Integer::sum)
                .mapToPair(pair -> Pair.of(pair.value(), 1))
                .reduceByKey(Integer::sum);
        assertThat(twice.collect()).containsExactly(Pair.of(10, 10));
    }

    @Test
    void anUncheckedFailureIsThrownAsItIs() {
        IllegalStateException failure = new IllegalStateException("no");
        assertThatIllegalStateException()
                .isThrownBy(() -> rdd(10, 3).foreach(x -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @Test
    void aCheckedFailureIsTheCauseOfAStreamingException() {
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> rdd(10, 3)
                        .map(x -> {
                            throw new IOException("disk");
                        })
                        .collect())
                .withMessage("IOException: disk")
                .withCauseInstanceOf(IOException.class);
    }

    @Test
    void afterTheFirstFailureNoFurtherTaskBegins() {
        AtomicInteger begun = new AtomicInteger();
        assertThatIllegalStateException().isThrownBy(() -> rdd(1000, 1000).foreachPartition(rows -> {
            begun.incrementAndGet();
            throw new IllegalStateException("no");
        }));
        assertThat(begun.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void aFailedMergeOfAShuffleLeavesNothingBehind() {
        AtomicInteger merges = new AtomicInteger();
        var counts = rdd(40, 4).mapToPair(x -> Pair.of(0, new int[] {1})).reduceByKey((a, b) -> {
            a[0] += b[0];
            if (b[0] == 10 && merges.incrementAndGet() == 2) {
                throw new IllegalStateException("once");
            }
            return a;
        });
        assertThatIllegalStateException().isThrownBy(counts::collect).withMessage("once");
        assertThat(counts.collect().get(0).value()).containsExactly(40);
    }

    @Test
    void parallelizeCopiesItsRowsAndAllowsNulls() {
        List<String> rows = new ArrayList<>(Collections.singletonList(null));
        RDD<String> rdd = context.parallelize(rows, 1);
        rows.add("late");
        assertThat(rdd.collect()).containsExactly((String) null);
    }

    private RDD<Integer> rdd(int rows, int partitions) {
        return context.parallelize(IntStream.range(0, rows).boxed().toList(), partitions);
    }
}
