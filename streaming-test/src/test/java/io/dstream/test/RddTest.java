package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.function.StreamingException;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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

    @Test
    void coalescePutsNeighboursTogetherInTheirOrder() {
        RDD<Integer> coalesced = rdds.range(10, 5).coalesce(2);
        assertThat(coalesced.glom().collect()).containsExactly(List.of(0, 1, 2, 3), List.of(4, 5, 6, 7, 8, 9));
        assertThat(rdds.range(10, 5).coalesce(1).collect()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(coalesced.take(5)).containsExactly(0, 1, 2, 3, 4);
        assertThat(coalesced.getNumPartitions()).isEqualTo(2);
    }

    @Test
    void coalesceOnlyMakesFewerPartitions() {
        assertThat(rdds.range(4, 2).coalesce(7).getNumPartitions()).isEqualTo(2);
        assertThat(rdds.withoutPartitions().coalesce(3).getNumPartitions()).isZero();
        assertThat(rdds.range(0, 4).coalesce(2).collect()).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rdds.range(1, 1).coalesce(0))
                .withMessage("'partitions' must be at least 1, but was 0");
    }

    @Test
    void coalesceReadsWhatAShufflePutOutAndWhatIsKept() {
        AtomicInteger calls = new AtomicInteger();
        var counts = rdds.range(100, 7)
                .mapToPair(x -> Pair.of(x % 10, calls.incrementAndGet()))
                .reduceByKey(Integer::sum, 6)
                .coalesce(2)
                .cache();
        assertThat(counts.keys().collect()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(counts.coalesce(1).values().reduce(Integer::sum)).isEqualTo(5050);
        assertThat(calls).hasValue(100);
    }

    @Test
    void coalesceOpensAPartitionWhenTheOneBeforeIsOver() {
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        List<InputPartition<String>> partitions =
                List.of(() -> new LoggedRows("a", events), () -> new LoggedRows("b", events));
        assertThat(rdds.ofPartitions(partitions).coalesce(1).collect()).containsExactly("a", "b");
        assertThat(events).containsExactly("open a", "close a", "open b", "close b");
    }

    @Test
    void aFailureInOnePartOfACoalescedPartitionClosesWhatIsOpen() {
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        List<InputPartition<String>> partitions =
                List.of(() -> new LoggedRows("a", events), () -> new LoggedRows("b", events));
        RDD<String> coalesced = rdds.ofPartitions(partitions).coalesce(1);
        assertThatIllegalStateException().isThrownBy(() -> coalesced.foreach(RddTest::refuse));
        assertThat(events).containsExactly("open a", "close a");
    }

    @Test
    void zipPutsRowsOfTheSamePlaceSideBySide() {
        RDD<Integer> numbers = rdds.range(5, 2);
        assertThat(numbers.zip(numbers.map(x -> "n" + x)).collect())
                .containsExactly(
                        Pair.of(0, "n0"), Pair.of(1, "n1"), Pair.of(2, "n2"), Pair.of(3, "n3"), Pair.of(4, "n4"));
        assertThat(rdds.withoutPartitions().zip(rdds.withoutPartitions()).collect())
                .isEmpty();
        assertThat(rdds.range(0, 3).zip(rdds.range(0, 3)).collect()).isEmpty();
    }

    @Test
    void zipNeedsAsManyPartitionsOfAsManyRows() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rdds.range(6, 3).zip(rdds.range(6, 2)))
                .withMessage("'other' must have as many partitions as this RDD, 3, but has 2");
        for (var unequal :
                List.of(rdds.range(4, 1).zip(rdds.range(6, 1)), rdds.range(4, 1).zip(rdds.range(0, 1)))) {
            assertThatExceptionOfType(StreamingException.class)
                    .isThrownBy(unequal::collect)
                    .withMessageMatching("zip\\(\\) needs .* one has 4 and the other [06]");
        }
    }

    @Test
    void zipPartitionsCallsAFunctionForEveryTwoPartitionsTheEmptyOnesToo() {
        assertThat(rdds.range(5, 3)
                        .zipPartitions(
                                rdds.of(3, "a", "b"), (left, right) -> List.of(sizeOf(left) + ":" + sizeOf(right))
                                        .iterator())
                        .collect())
                .containsExactly("1:0", "2:1", "2:1");
    }

    @Test
    void bothSidesOfAZipAreClosedWhateverFails() {
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        RDD<String> left = rdds.ofPartitions(List.of(() -> new LoggedRows("a", events)));
        RDD<String> right = rdds.ofPartitions(List.of(() -> new LoggedRows("b", events)));
        assertThat(left.zip(right).collect()).containsExactly(Pair.of("a", "b"));
        assertThat(events).containsExactlyInAnyOrder("open a", "open b", "close a", "close b");
        events.clear();
        RDD<String> unreadable = rdds.ofPartitions(List.of(RddTest::unreadable));
        assertThatIllegalStateException().isThrownBy(() -> left.zip(unreadable).collect());
        assertThat(events).containsExactly("open a", "close a");
    }

    @Test
    void cartesianHasEveryRowWithEveryOther() {
        var product = rdds.range(3, 2).cartesian(rdds.of(2, "a", "b"));
        assertThat(product.getNumPartitions()).isEqualTo(4);
        assertThat(product.collect())
                .containsExactlyInAnyOrder(
                        Pair.of(0, "a"),
                        Pair.of(0, "b"),
                        Pair.of(1, "a"),
                        Pair.of(1, "b"),
                        Pair.of(2, "a"),
                        Pair.of(2, "b"));
        assertThat(rdds.range(3, 2).cartesian(rdds.range(0, 2)).collect()).isEmpty();
        assertThat(rdds.range(3, 2).cartesian(rdds.withoutPartitions()).collect())
                .isEmpty();
        assertThat(rdds.withoutPartitions().cartesian(rdds.range(3, 2)).collect())
                .isEmpty();
    }

    @Test
    void anRddOfTwoBelongsToTheBatchThatEndsFirst() {
        RunScope batch = rdds.openBatch();
        RDD<Integer> ofBatch = RDD.ofRows(batch, List.of(1, 2), 2);
        RDD<Integer> lasting = rdds.range(2, 2);
        var zipped = lasting.zip(ofBatch);
        assertThat(zipped.collect()).hasSize(2);
        batch.close();
        assertThatIllegalStateException().isThrownBy(zipped::collect);
        assertThatIllegalStateException()
                .isThrownBy(() -> lasting.cartesian(ofBatch).count());
        assertThatIllegalStateException().isThrownBy(() -> ofBatch.coalesce(1).count());
    }

    @Test
    void rowsThatCannotBeClosedHideNeitherTheFailureBeforeNorEachOther() {
        var zipped = unclosable("left").zip(unclosable("right"));
        assertThatIllegalStateException()
                .isThrownBy(() -> zipped.foreach(pair -> refuse("row")))
                .withMessage("no row")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .singleElement()
                        .satisfies(closing -> assertThat(closing)
                                .hasMessage("no close of right")
                                .satisfies(first -> assertThat(first.getSuppressed())
                                        .extracting(Throwable::getMessage)
                                        .containsExactly("no close of left"))));
    }

    private RDD<String> unclosable(String name) {
        return rdds.ofPartitions(List.of(() -> new LoggedRows(name, new ArrayList<>()) {
            @Override
            public void close() {
                refuse("close of " + name);
            }
        }));
    }

    private static int sizeOf(Iterator<?> rows) {
        int size = 0;
        for (; rows.hasNext(); rows.next()) {
            size++;
        }
        return size;
    }

    private static void refuse(String row) {
        throw new IllegalStateException("no " + row);
    }

    private static <T> Iterator<T> unreadable() {
        throw new IllegalStateException("unreadable");
    }

    /** One row, which tells when it is opened and closed. */
    private static class LoggedRows implements Iterator<String>, AutoCloseable {

        private final Iterator<String> rows;
        private final String row;
        private final List<String> events;

        LoggedRows(String row, List<String> events) {
            this.rows = List.of(row).iterator();
            this.row = row;
            this.events = events;
            events.add("open " + row);
        }

        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public String next() {
            return rows.next();
        }

        @Override
        public void close() {
            events.add("close " + row);
        }
    }
}
