package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.function.StreamingException;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is done with the values of a key; each with rows, without rows and without partitions. */
class PairRddTest {

    private final Rdds rdds = new Rdds();

    @AfterEach
    void close() {
        rdds.close();
    }

    @Test
    void aggregateByKeyGathersTheValuesOfAKeyInAResultOfItsOwn() {
        PairRDD<Integer, Set<Integer>> sets =
                byParity(100, 7).aggregateByKey(TreeSet::new, PairRddTest::added, PairRddTest::united, 3);
        assertThat(sets.getNumPartitions()).isEqualTo(3);
        Map<Integer, Set<Integer>> byKey = sets.collectAsMap();
        assertThat(byKey.get(0)).hasSize(50).allMatch(x -> x % 2 == 0);
        assertThat(byKey.get(1)).hasSize(50).allMatch(x -> x % 2 == 1);
    }

    @Test
    void aggregateByKeyBeginsWithAZeroForEachKeyAndPartition() {
        assertThat(byParity(8, 2)
                        .aggregateByKey(() -> 100, Integer::sum, Integer::sum)
                        .collectAsMap())
                .isEqualTo(Map.of(0, 212, 1, 216));
    }

    @Test
    void foldByKeyUsesTheNeutralValueOncePerKeyAndPartition() {
        PairRDD<Integer, Integer> pairs = byParity(8, 2);
        assertThat(pairs.foldByKey(0, Integer::sum).collectAsMap()).isEqualTo(Map.of(0, 12, 1, 16));
        assertThat(pairs.foldByKey(100, Integer::sum).collectAsMap()).isEqualTo(Map.of(0, 212, 1, 216));
        assertThat(pairs.foldByKey(0, Integer::sum, 5).getNumPartitions()).isEqualTo(5);
    }

    @Test
    void reduceByKeyLocallyGivesAMap() {
        assertThat(byParity(8, 3).reduceByKeyLocally(Math::max)).isEqualTo(Map.of(0, 6, 1, 7));
    }

    @Test
    void pairsThatLieByKeyAreNotShuffledAgain() {
        PairRDD<Integer, Integer> reduced = byParity(8, 3).reduceByKey(Integer::sum);
        assertThat(reduced.partitionBy(2)).isSameAs(reduced);
        assertThat(reduced.mapValues(x -> -x).partitionBy(2).toDebugString()).doesNotContain("partitionBy");
        assertThat(reduced.partitionBy(3).toDebugString()).contains("partitionBy");
        assertThat(reduced.mapToPair(Pair::swap).partitionBy(2).toDebugString()).contains("partitionBy");
    }

    @Test
    void shufflesOfPairsThatLieByKeyTakeTheirNumberOfPartitionsAndDoNotShuffle() {
        PairRDD<Integer, Integer> five = byParity(8, 3).partitionBy(5);
        PairRDD<Integer, Integer> sums = five.reduceByKey(Integer::sum);
        assertThat(sums.glom().collect())
                .containsExactly(List.of(Pair.of(0, 12)), List.of(Pair.of(1, 16)), List.of(), List.of(), List.of());
        assertThat(sums.foldByKey(1, Integer::sum).mapValues(x -> -x).collectAsMap())
                .isEqualTo(Map.of(0, -13, 1, -17));
        assertThat(five.groupByKey().collectAsMap()).isEqualTo(Map.of(0, List.of(0, 2, 4, 6), 1, List.of(1, 3, 5, 7)));
        assertThat(five.combineByKey(x -> (Integer) null, (none, x) -> none, (a, b) -> a)
                        .collect())
                .containsExactly(Pair.of(0, null), Pair.of(1, null));
        assertThat(five.aggregateByKey(() -> 0, Integer::sum, Integer::sum).getNumPartitions())
                .isEqualTo(5);
        assertThat(shuffles(sums)).isEqualTo(1);
        assertThat(shuffles(five.groupByKey().mapValues(List::size).reduceByKey(Integer::sum)))
                .isEqualTo(1);
        assertThat(shuffles(five.reduceByKey(Integer::sum, 4))).isEqualTo(2);
        assertThat(shuffles(five.mapToPair(Pair::swap).reduceByKey(Integer::sum)))
                .isEqualTo(2);
        assertThat(five.mapToPair(Pair::swap).reduceByKey(Integer::sum).getNumPartitions())
                .isEqualTo(2);
    }

    @Test
    void joinsTakeTheNumberOfPartitionsOfTheSideThatLiesByKey() {
        PairRDD<Integer, Integer> five = byParity(8, 3).partitionBy(5);
        PairRDD<Integer, Integer> one = byParity(8, 3).partitionBy(1);
        PairRDD<Integer, Integer> other = byParity(8, 3);
        assertThat(five.join(other).getNumPartitions()).isEqualTo(5);
        assertThat(other.cogroup(five).getNumPartitions()).isEqualTo(5);
        assertThat(one.subtractByKey(five).getNumPartitions()).isEqualTo(5);
        assertThat(shuffles(five.leftOuterJoin(other))).isEqualTo(2);
        assertThat(other.join(other).getNumPartitions()).isEqualTo(2);
        assertThat(one.rightOuterJoin(other).getNumPartitions()).isEqualTo(1);
        assertThat(one.fullOuterJoin(byParity(8, 9)).getNumPartitions()).isEqualTo(1);
        assertThat(one.fullOuterJoin(byParity(8, 10)).getNumPartitions()).isEqualTo(2);
        assertThat(five.join(byParity(8, 50)).getNumPartitions()).isEqualTo(5);
    }

    private static long shuffles(PairRDD<?, ?> pairs) {
        return pairs.toDebugString()
                .lines()
                .filter(line -> line.contains("partitionBy") || line.contains("combineByKey"))
                .count();
    }

    @Test
    void aFunctionThatFailsWithoutAShuffleFailsAsInOne() {
        PairRDD<Integer, Integer> five = byParity(8, 3).partitionBy(5);
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> five.reduceByKey((a, b) -> {
                            throw new IOException("boom");
                        })
                        .count())
                .withCauseInstanceOf(IOException.class);
    }

    @Test
    void pairsOfAnotherRddAreTakenAsTheyAre() {
        PairRDD<Integer, Integer> pairs = byParity(2, 1);
        assertThat(rdds.of(1, "a").cartesian(pairs).collect())
                .containsExactly(Pair.of("a", Pair.of(0, 0)), Pair.of("a", Pair.of(1, 1)));
        assertThat(rdds.of(1, "a", "b").zip(pairs).collect())
                .containsExactly(Pair.of("a", Pair.of(0, 0)), Pair.of("b", Pair.of(1, 1)));
    }

    @Test
    void pairsThatLieByKeyAlikeAreUnitedPartitionByPartition() {
        PairRDD<Integer, Integer> sums = byParity(8, 3).reduceByKey(Integer::sum);
        PairRDD<Integer, Integer> maxima = byParity(8, 3).reduceByKey(Math::max);
        PairRDD<Integer, Integer> united = sums.union(maxima);
        assertThat(united.glom().collect())
                .containsExactly(List.of(Pair.of(0, 12), Pair.of(0, 6)), List.of(Pair.of(1, 16), Pair.of(1, 7)));
        assertThat(united.reduceByKey(Integer::sum).collectAsMap()).isEqualTo(Map.of(0, 18, 1, 23));
        assertThat(sums.union(maxima.reduceByKey(Math::max, 3)).getNumPartitions())
                .isEqualTo(5);
    }

    @Test
    void joinsGiveTheSameRowsWhetherTheyArePulledOrPushed() {
        PairRDD<Integer, Integer> left =
                pairs(List.of(Pair.of(1, 10), Pair.of(1, 11), Pair.of(2, 20), Pair.of(null, 0)));
        PairRDD<Integer, String> right =
                pairs(List.of(Pair.of(1, "a"), Pair.of(1, "b"), Pair.of(3, "c"), Pair.of(null, "n")));
        assertSamePulled(left.join(right), 5);
        assertSamePulled(left.leftOuterJoin(right), 6);
        assertSamePulled(left.rightOuterJoin(right), 6);
        assertSamePulled(left.fullOuterJoin(right), 7);
    }

    private <K, V> PairRDD<K, V> pairs(List<Pair<K, V>> pairs) {
        return PairRDD.fromRDD(rdds.ofPartitions(List.of(InputPartition.of(pairs))));
    }

    private static <K, V> void assertSamePulled(PairRDD<K, V> joined, int rows) {
        List<Pair<K, V>> pulled = new ArrayList<>();
        joined.foreachPartition(partition -> {
            while (partition.hasNext()) {
                synchronized (pulled) {
                    pulled.add(partition.next());
                }
            }
        });
        assertThat(joined.collect()).hasSize(rows).containsExactlyInAnyOrderElementsOf(pulled);
    }

    @Test
    void nullKeysAndValuesAreKeysAndValues() {
        PairRDD<String, String> pairs = rdds.of(2, "a", null).mapToPair(x -> Pair.of(x, null));
        assertThat(pairs.foldByKey("z", (a, b) -> a + b).collect())
                .containsExactlyInAnyOrder(Pair.of("a", "znull"), Pair.of(null, "znull"));
        assertThat(pairs.reduceByKeyLocally((a, b) -> a)).containsOnlyKeys("a", null);
    }

    @Test
    void withoutPairsThereAreNoKeys() {
        PairRDD<Integer, Integer> none = PairRDD.fromRDD(rdds.withoutPartitions());
        for (PairRDD<Integer, Integer> empty : Set.of(byParity(0, 3), none)) {
            assertThat(empty.foldByKey(1, Integer::sum).collect()).isEmpty();
            assertThat(empty.aggregateByKey(() -> 1, Integer::sum, Integer::sum).collect())
                    .isEmpty();
            assertThat(empty.reduceByKeyLocally(Integer::sum)).isEmpty();
            assertThat(empty.subtractByKey(byParity(3, 1), 4).collect()).isEmpty();
            assertThat(empty.partitionBy(2).collect()).isEmpty();
        }
    }

    @Test
    void subtractByKeyLeavesThePairsWhoseKeysTheOtherDoesNotHave() {
        PairRDD<Integer, Integer> pairs = rdds.range(10, 3).mapToPair(x -> Pair.of(x % 5, x));
        PairRDD<Integer, Integer> left = pairs.subtractByKey(byParity(4, 2), 4);
        assertThat(left.getNumPartitions()).isEqualTo(4);
        assertThat(left.values().collect()).containsExactlyInAnyOrder(2, 3, 4, 7, 8, 9);
    }

    @Test
    void partitionCountsBelowOneAreRefused() {
        PairRDD<Integer, Integer> pairs = byParity(3, 1);
        for (ThrowingCallable call : new ThrowingCallable[] {
            () -> pairs.foldByKey(0, Integer::sum, 0),
            () -> pairs.aggregateByKey(() -> 0, Integer::sum, Integer::sum, 0),
            () -> pairs.subtractByKey(pairs, 0),
            () -> pairs.partitionBy(0),
            () -> pairs.sortByKey(true, 0),
            () -> pairs.repartitionAndSortWithinPartitions(0)
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(call)
                    .withMessage("'partitions' must be at least 1, but was 0");
        }
    }

    @Test
    void aCheckedFailureOfAFunctionIsTheCause() {
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> byParity(3, 1)
                        .aggregateByKey(
                                () -> {
                                    throw new IOException("disk");
                                },
                                Integer::sum,
                                Integer::sum)
                        .collect())
                .withCauseInstanceOf(IOException.class);
    }

    private PairRDD<Integer, Integer> byParity(int rows, int partitions) {
        return rdds.range(rows, partitions).mapToPair(x -> Pair.of(x % 2, x));
    }

    private static Set<Integer> added(Set<Integer> set, Integer value) {
        set.add(value);
        return set;
    }

    private static Set<Integer> united(Set<Integer> first, Set<Integer> second) {
        first.addAll(second);
        return first;
    }
}
