package io.dstream.test;

import static java.util.Comparator.naturalOrder;
import static java.util.Comparator.nullsFirst;
import static java.util.Comparator.reverseOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows in order: sortBy, sortByKey, top, takeOrdered. */
class SortTest {

    private final Rdds rdds = new Rdds();

    @AfterEach
    void close() {
        rdds.close();
    }

    @ParameterizedTest
    @CsvSource({"0,3,4", "1,3,4", "10,1,4", "100,10,1", "20000,7,2", "20000,7,50"})
    void sortByPutsAllRowsInOrderOverThePartitions(int rows, int from, int to) {
        RDD<Integer> shuffled = shuffled(rows, from);
        assertThat(shuffled.sortBy(x -> x, true, to).collect())
                .containsExactlyElementsOf(IntStream.range(0, rows).boxed().toList());
        assertThat(shuffled.sortBy(x -> -x, false, to).collect())
                .containsExactlyElementsOf(IntStream.range(0, rows).boxed().toList());
    }

    @Test
    void partitionsOfSortedRowsAreOfAboutEqualSize() {
        List<Integer> sizes = shuffled(20_000, 7)
                .sortBy(x -> x, true, 8)
                .glom()
                .map(List::size)
                .collect();
        assertThat(sizes).hasSize(8).allMatch(size -> size > 1_250 && size < 5_000);
    }

    @Test
    void partitionsOfVeryDifferentSizesAreCutWhereTheRowsAre() {
        RDD<Integer> uneven = rdds.range(20_000, 1)
                .union(rdds.range(10, 1).map(x -> 1_000_000 + x))
                .sortBy(x -> x, true, 4);
        assertThat(uneven.glom().map(List::size).collect()).hasSize(4).allMatch(size -> size > 2_500 && size < 10_000);
    }

    @Test
    void thereAreNoMorePartitionsThanDifferentKeys() {
        PairRDD<Integer, Integer> pairs = rdds.range(100, 5).mapToPair(x -> Pair.of(x % 2, x));
        assertThat(pairs.sortByKey(true, 10).getNumPartitions()).isLessThanOrEqualTo(3);
        assertThat(pairs.sortByKey(true, 10).keys().collect()).isSorted();
    }

    @Test
    void pairsOfEqualKeysStayInTheirOrder() {
        List<Integer> values = rdds.range(1000, 6)
                .mapToPair(x -> Pair.of(x % 3, x))
                .sortByKey(true, 4)
                .filter(pair -> pair.key() == 1)
                .values()
                .collect();
        assertThat(values).hasSize(333).isSorted();
    }

    @Test
    void keysAreSortedEitherWayOrByAComparator() {
        PairRDD<String, Integer> pairs = rdds.of(3, "b", "a", "cc").mapToPair(x -> Pair.of(x, x.length()));
        assertThat(pairs.sortByKey(true).keys().collect()).containsExactly("a", "b", "cc");
        assertThat(pairs.sortByKey().keys().collect()).containsExactly("a", "b", "cc");
        assertThat(pairs.sortByKey(false).keys().collect()).containsExactly("cc", "b", "a");
        assertThat(pairs.sortByKey(false, 1).getNumPartitions()).isEqualTo(1);
        assertThat(pairs.sortByKey(Comparator.comparing(String::length).thenComparing(reverseOrder()))
                        .keys()
                        .collect())
                .containsExactly("b", "a", "cc");
        assertThat(pairs.sortByKey(reverseOrder(), 2).keys().collect()).containsExactly("cc", "b", "a");
    }

    @Test
    void nullKeysAreSortedByAComparatorThatTakesThem() {
        PairRDD<String, Integer> pairs = rdds.of(3, "b", null, "a").mapToPair(x -> Pair.of(x, 1));
        assertThat(pairs.sortByKey(nullsFirst(naturalOrder())).keys().collect()).containsExactly(null, "a", "b");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pairs.sortByKey(true).collect())
                .withMessageContaining("but there was null");
    }

    @Test
    void rowsWithoutAnOrderOfTheirOwnNeedAComparator() {
        RDD<Object> objects = rdds.range(2, 1).map(x -> new Object());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> objects.takeOrdered(1))
                .withMessage("Only rows that are Comparable can be put in order without a Comparator, but there was one"
                        + " of class java.lang.Object");
        RDD<Object> mixed = rdds.of(1, "a", 1);
        assertThatExceptionOfType(ClassCastException.class).isThrownBy(() -> mixed.top(1));
    }

    @Test
    void sortingWithoutRowsOrPartitionsGivesNothing() {
        assertThat(rdds.<Integer>withoutPartitions().sortBy(x -> x, true).collect())
                .isEmpty();
        assertThat(rdds.range(0, 3).sortBy(x -> x, true, 4).collect()).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rdds.range(1, 1).sortBy(x -> x, true, 0))
                .withMessage("'partitions' must be at least 1, but was 0");
    }

    @Test
    void rowsAreComputedOnceToSeeWhereToCutAndOnceMoreToBeSorted() {
        AtomicInteger calls = new AtomicInteger();
        RDD<Integer> sorted = rdds.range(10, 2)
                .map(x -> {
                    calls.incrementAndGet();
                    return -x;
                })
                .sortBy(x -> x, true, 2);
        assertThat(calls).hasValue(10);
        assertThat(sorted.first()).isEqualTo(-9);
        assertThat(calls).hasValue(20);
    }

    @Test
    void aFailureOfTheKeyFunctionIsThrownAsItIs() {
        IllegalStateException failure = new IllegalStateException("no key");
        assertThatIllegalStateException()
                .isThrownBy(() -> rdds.range(3, 2)
                        .<Integer>sortBy(
                                x -> {
                                    throw failure;
                                },
                                true))
                .isSameAs(failure);
    }

    @Test
    void partitionByPutsAllPairsOfAKeyIntoOnePartition() {
        PairRDD<Integer, Integer> pairs = rdds.range(30, 4).mapToPair(x -> Pair.of(x % 5, x));
        List<Integer> keysOfPartitions = pairs.partitionBy(3)
                .mapPartitions(rows -> List.of((int) distinctKeys(rows)).iterator())
                .collect();
        assertThat(keysOfPartitions).hasSize(3);
        assertThat(keysOfPartitions.stream().mapToInt(Integer::intValue).sum()).isEqualTo(5);
        assertThat(pairs.partitionBy(3).values().collect()).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void pairsCanBeSortedWithinThePartitionsOfTheirKeys() {
        PairRDD<Integer, String> pairs = shuffled(50, 4).mapToPair(x -> Pair.of(x, "v" + x));
        List<List<Integer>> partitions =
                pairs.repartitionAndSortWithinPartitions(3).keys().glom().collect();
        assertThat(partitions)
                .hasSize(3)
                .allSatisfy(keys -> assertThat(keys).isSorted().isNotEmpty());
        assertThat(pairs.repartitionAndSortWithinPartitions(1, reverseOrder()).first())
                .isEqualTo(Pair.of(49, "v49"));
        assertThat(rdds.<Pair<Integer, Integer>>withoutPartitions()
                        .mapToPair(pair -> pair)
                        .repartitionAndSortWithinPartitions(2)
                        .collect())
                .isEmpty();
    }

    @Test
    void topAndTakeOrderedGiveTheGreatestAndTheLeast() {
        RDD<Integer> numbers = shuffled(1000, 7);
        assertThat(numbers.top(3)).containsExactly(999, 998, 997);
        assertThat(numbers.takeOrdered(3)).containsExactly(0, 1, 2);
        assertThat(numbers.top(2, reverseOrder())).containsExactly(0, 1);
        assertThat(numbers.takeOrdered(2, reverseOrder())).containsExactly(999, 998);
        assertThat(numbers.takeOrdered(5000)).hasSize(1000).isSorted();
        assertThat(numbers.takeOrdered(0)).isEmpty();
        assertThat(rdds.of(2, "b", null, "a").takeOrdered(2, nullsFirst(naturalOrder())))
                .containsExactly(null, "a");
        assertThat(rdds.<Integer>withoutPartitions().top(3)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> numbers.top(-1))
                .withMessage("'n' must not be negative, but was -1");
    }

    private static long distinctKeys(Iterator<Pair<Integer, Integer>> rows) {
        List<Integer> keys = new ArrayList<>();
        rows.forEachRemaining(row -> keys.add(row.key()));
        return keys.stream().distinct().count();
    }

    private RDD<Integer> shuffled(int rows, int partitions) {
        List<Integer> numbers = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
        Collections.shuffle(numbers, new Random(1));
        return rdds.of(partitions, numbers.toArray(Integer[]::new));
    }
}
