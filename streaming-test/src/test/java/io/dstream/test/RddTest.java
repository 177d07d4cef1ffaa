package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What RDDs are made into; each with rows, without rows and without partitions. */
class RddTest {

    private final Rdds rdds = new Rdds();

    @AfterEach
    void close() {
        rdds.close();
    }

    @Test
    void groupByGathersTheRowsOfAKeyInAsManyPartitionsAsAsked() {
        var groups = rdds.range(6, 3).groupBy(x -> x % 2, 5);
        assertThat(groups.getNumPartitions()).isEqualTo(5);
        assertThat(groups.collect())
                .containsExactlyInAnyOrder(Pair.of(0, List.of(0, 2, 4)), Pair.of(1, List.of(1, 3, 5)));
        assertThat(rdds.range(6, 3).groupBy(x -> x % 2).collectAsMap()).isEqualTo(groups.collectAsMap());
        assertThat(rdds.<Integer>withoutPartitions().groupBy(x -> x).collect()).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rdds.range(6, 3).groupBy(x -> x, 0))
                .withMessage("'partitions' must be at least 1, but was 0");
    }

    @Test
    void mapPartitionsToPairMakesPairsOfEveryPartition() {
        assertThat(rdds.range(5, 3)
                        .mapPartitionsToPair(rows -> {
                            int first = rows.hasNext() ? rows.next() : -1;
                            return List.of(Pair.of(first, rows.hasNext())).iterator();
                        })
                        .collect())
                .containsExactly(Pair.of(0, false), Pair.of(1, true), Pair.of(3, true));
    }

    @Test
    void distinctHasEveryRowOnceNullToo() {
        assertThat(rdds.of(3, "a", null, "b", "a", null).distinct().collect())
                .containsExactlyInAnyOrder("a", "b", null);
        assertThat(rdds.range(9, 3).map(x -> x / 3).distinct(4).getNumPartitions())
                .isEqualTo(4);
        assertThat(rdds.withoutPartitions().distinct().collect()).isEmpty();
    }

    @Test
    void subtractLeavesTheRowsThatTheOtherDoesNotHaveAsOftenAsTheyAre() {
        RDD<String> rows = rdds.of(3, "a", "b", "a", "c", null);
        assertThat(rows.subtract(rdds.of(2, "b", "b", "x")).collect()).containsExactlyInAnyOrder("a", "a", "c", null);
        assertThat(rows.subtract(rdds.of(1, "b"), 5).getNumPartitions()).isEqualTo(5);
        assertThat(rows.subtract(rdds.withoutPartitions()).collect()).hasSize(5);
        assertThat(rdds.<String>withoutPartitions().subtract(rows).collect()).isEmpty();
    }

    @Test
    void intersectionHasTheRowsOfBothOnce() {
        RDD<String> rows = rdds.of(3, "a", "b", "a", null);
        assertThat(rows.intersection(rdds.of(2, "a", "a", "x", null)).collect()).containsExactlyInAnyOrder("a", null);
        assertThat(rows.intersection(rdds.withoutPartitions()).collect()).isEmpty();
    }

    @Test
    void pairsCanBeSubtractedAndIntersectedAsRows() {
        var pairs = rdds.of(2, 1, 2, 3).mapToPair(x -> Pair.of("k", x));
        var others = rdds.of(1, 2, 4).mapToPair(x -> Pair.of("k", x));
        assertThat(pairs.subtract(others).values().collect()).containsExactlyInAnyOrder(1, 3);
        assertThat(pairs.intersection(others).values().collect()).containsExactly(2);
        assertThat(pairs.union(pairs).distinct(3).values().collect()).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void zipWithIndexCountsOnFromPartitionToPartition() {
        assertThat(rdds.of(4, "a", "b", "c").zipWithIndex().collect())
                .containsExactly(Pair.of("a", 0L), Pair.of("b", 1L), Pair.of("c", 2L));
        assertThat(rdds.withoutPartitions().zipWithIndex().collect()).isEmpty();
    }

    @Test
    void zipWithUniqueIdGivesEveryPartitionNumbersOfItsOwn() {
        assertThat(rdds.range(5, 2).zipWithUniqueId().collect())
                .containsExactly(Pair.of(0, 0L), Pair.of(1, 2L), Pair.of(2, 1L), Pair.of(3, 3L), Pair.of(4, 5L));
        assertThat(rdds.withoutPartitions().zipWithUniqueId().collect()).isEmpty();
    }
}
