package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.PairDStream;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Functions of pairs take the pair, or key and value apart; lambdas and method references find their form. */
class KeyAndValueTest {

    private static final Pair<String, Integer> A1 = Pair.of("a", 1);
    private static final Pair<String, Integer> B2 = Pair.of("b", 2);

    private final Rdds rdds = new Rdds();
    private final PairRDD<String, Integer> pairs = PairRDD.fromRDD(rdds.of(2, A1, B2));

    @AfterEach
    void close() {
        rdds.close();
    }

    @Test
    void functionsOfRddsMayTakeKeyAndValueApart() {
        assertThat(pairs.filter((key, value) -> value > 1).collect()).containsExactly(B2);
        assertThat(pairs.map((key, value) -> key + value).collect()).containsExactly("a1", "b2");
        assertThat(pairs.mapToPair((key, value) -> Pair.of(value, key)).keys().collect())
                .containsExactly(1, 2);
        assertThat(pairs.flatMap((key, value) -> Collections.nCopies(value, key).iterator())
                        .collect())
                .containsExactly("a", "b", "b");
        assertThat(pairs.flatMapToPair(
                                (key, value) -> List.of(Pair.of(value, key)).iterator())
                        .keys()
                        .collect())
                .containsExactly(1, 2);
    }

    @Test
    void functionsOfStreamsMayTakeKeyAndValueApart() {
        try (TestStreamingContext test = new TestStreamingContext()) {
            TestInput<Integer> numbers = test.input();
            PairDStream<Integer, String> stream = numbers.stream().mapToPair(x -> Pair.of(x, "n" + x));
            TestOutput<String> mapped =
                    test.output(stream.filter((key, value) -> key > 1).map((key, value) -> key + value));
            TestOutput<String> repeated = test.output(stream.flatMap(
                    (key, value) -> Collections.nCopies(key, value).iterator()));
            TestOutput<Pair<String, Integer>> swapped =
                    test.output(stream.mapToPair((key, value) -> Pair.of(value, key)));
            TestOutput<Pair<String, Integer>> flat = test.output(stream.flatMapToPair(
                    (key, value) -> List.of(Pair.of(value, key)).iterator()));
            TestOutput<Pair<Integer, Boolean>> byPartition = test.output(
                    numbers.stream().mapPartitionsToPair(rows -> List.of(Pair.of(rows.next(), rows.hasNext()))
                            .iterator()));
            numbers.push(1, 2);
            test.runBatch();
            assertThat(mapped.last()).containsExactly("2n2");
            assertThat(repeated.last()).containsExactly("n1", "n2", "n2");
            assertThat(swapped.last()).containsExactly(Pair.of("n1", 1), Pair.of("n2", 2));
            assertThat(flat.last()).isEqualTo(swapped.last());
            assertThat(byPartition.last()).containsExactly(Pair.of(1, false), Pair.of(2, false));
        }
    }

    /** What would not compile if it were ambiguous. */
    @Test
    void methodReferencesFindTheFormOfTheirArguments() {
        assertThat(pairs.map(Pair::key).collect()).containsExactly("a", "b");
        assertThat(pairs.map(Pair::value).collect()).containsExactly(1, 2);
        assertThat(pairs.mapToPair(Pair::swap).keys().collect()).containsExactly(1, 2);
        assertThat(pairs.map(Pair::toString).collect()).containsExactly("(a,1)", "(b,2)");
        assertThat(pairs.map(Object::hashCode).count()).isEqualTo(2);
        assertThat(pairs.map(String::valueOf).collect()).containsExactly("(a,1)", "(b,2)");
        assertThat(pairs.filter(Objects::nonNull).count()).isEqualTo(2);
        assertThat(pairs.filter(List.of(A1)::contains).collect()).containsExactly(A1);
        assertThat(pairs.map(KeyAndValueTest::ofPair).collect()).containsExactly("a/1", "b/2");
        assertThat(pairs.map(KeyAndValueTest::ofTwo).collect()).containsExactly("a:1", "b:2");
        assertThat(pairs.filter(KeyAndValueTest::isSmall).collect()).containsExactly(A1);
        assertThat(pairs.map(Pair::of).collect()).containsExactly(A1, B2);
        assertThat(pairs.mapToPair(Pair::of).collect()).containsExactly(A1, B2);
        assertThat(pairs.flatMap(KeyAndValueTest::repeated).collect()).containsExactly("a", "b", "b");
    }

    /** There is no foreach of key and value: an add of lists, which is there with an index too, would not compile. */
    @Test
    void foreachTakesTheAddOfAList() {
        List<Pair<String, Integer>> seen = Collections.synchronizedList(new ArrayList<>());
        pairs.foreach(seen::add);
        assertThat(seen).containsExactlyInAnyOrder(A1, B2);
    }

    private static String ofPair(Pair<String, Integer> pair) {
        return pair.key() + "/" + pair.value();
    }

    private static String ofTwo(String key, Integer value) {
        return key + ":" + value;
    }

    private static boolean isSmall(String key, int value) {
        return value < 2;
    }

    private static Iterator<String> repeated(String key, int times) {
        return Collections.nCopies(times, key).iterator();
    }
}
