package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.rdd.Accumulator;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import io.dstream.state.KeyUpdate;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import io.dstream.state.UpdateSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Code that the documents show, where Java's types ask for more than the method's name. */
class DocumentedExamplesTest {

    private final TestStreamingContext test = new TestStreamingContext();
    private final TestInput<String> input = test.input();
    private final DStream<String> words = input.stream();
    private final PairDStream<String, Integer> pairs = words.mapToPair(word -> Pair.of(word, 1));
    private final List<List<String>> queries = new ArrayList<>();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void lambdasWithTypesMayBeFollowedByCalls() {
        TestOutput<String> totals = test.output(
                pairs.mapWithState(StateSpec.function((String user, Optional<Integer> word, State<Long> total) -> {
                            total.update(total.getOption().orElse(0L) + 1);
                            return user + total.get();
                        })
                        .timeout(Duration.ofHours(1))));
        pairs.updateStateByKey(
                        (List<Integer> values, Optional<Integer> state) -> Optional.of(state.orElse(0) + values.size()))
                .print(0);
        TestOutput<Pair<String, Integer>> counts = test.output("print-0");
        input.pushBatches(List.of("a"), List.of("a"));
        test.runBatches(2);
        assertThat(totals.batches()).containsExactly(List.of("a1"), List.of("a2"));
        assertThat(counts.last()).containsExactly(Pair.of("a", 2));
    }

    @Test
    void aFunctionOfAPartitionAsksForAllItsNewKeysAtOnce() {
        record Visits(String name, long count) {}

        PairDStream<String, Visits> visits = pairs.updateStateByKey(
                UpdateSpec.partitionFunction((Iterator<KeyUpdate<String, Integer, Visits>> updates) -> {
                            List<KeyUpdate<String, Integer, Visits>> users = new ArrayList<>();
                            updates.forEachRemaining(users::add);
                            Map<String, String> names = names(users.stream()
                                    .filter(user -> user.state().isEmpty())
                                    .map(KeyUpdate::key)
                                    .toList());
                            return users.stream()
                                    .map(user -> {
                                        Visits before =
                                                user.state().orElseGet(() -> new Visits(names.get(user.key()), 0));
                                        return Pair.of(
                                                user.key(),
                                                new Visits(
                                                        before.name(),
                                                        before.count()
                                                                + user.values().size()));
                                    })
                                    .iterator();
                        })
                        .numPartitions(1));
        TestOutput<Pair<String, Visits>> output = test.output(visits);
        input.pushBatches(List.of("ann", "bob", "ann"), List.of("bob", "eve"));
        test.runBatches(2);
        assertThat(output.last())
                .containsExactlyInAnyOrder(
                        Pair.of("ann", new Visits("ANN", 2)),
                        Pair.of("bob", new Visits("BOB", 2)),
                        Pair.of("eve", new Visits("EVE", 1)));
        assertThat(queries).containsExactly(List.of("ann", "bob"), List.of("eve"));
    }

    private Map<String, String> names(List<String> users) {
        queries.add(users.stream().sorted().toList());
        Map<String, String> names = new TreeMap<>();
        users.forEach(user -> names.put(user, user.toUpperCase(Locale.ROOT)));
        return names;
    }

    @Test
    @SuppressWarnings("unchecked") // the first stream has texts, the second one pairs
    void streamsOfRowsAndOfPairsAreTransformedTogether() {
        PairDStream<String, Long> counts =
                words.filter(word -> word.startsWith("a")).countByValue();
        DStream<String> known = test.context().transform(List.of(words, counts.toDStream()), (rdds, time) -> {
            RDD<String> text = (RDD<String>) rdds.get(0);
            PairRDD<String, Long> count = PairRDD.fromRDD((RDD<Pair<String, Long>>) rdds.get(1));
            return text.mapToPair(word -> Pair.of(word, true)).join(count).keys();
        });
        TestOutput<String> output = test.output(known);
        input.push("a", "b", "a");
        test.runBatch();
        assertThat(output.last()).containsExactly("a", "a");
    }

    @Test
    void anAccumulatorOfOnesOwnBeginsWithWhatAFunctionMakes() {
        Accumulator<String, Set<String>> users = test.context()
                .accumulator(
                        "users",
                        HashSet::new,
                        (set, user) -> {
                            set.add(user);
                            return set;
                        },
                        (one, other) -> {
                            one.addAll(other);
                            return one;
                        });
        words.foreachRDD(rdd -> rdd.foreach(users::add));
        input.pushBatches(List.of("ann", "bob", "ann"), List.of("eve"));
        test.runBatches(2);
        assertThat(users.value()).containsExactlyInAnyOrder("ann", "bob", "eve");
    }

    @Test
    void rddsOfPairsAreUnited() {
        PairRDD<String, Integer> one = test.context().parallelizePairs(List.of(Pair.of("a", 1)), 1);
        PairRDD<String, Integer> other = test.context().parallelizePairs(List.of(Pair.of("b", 2)), 1);
        assertThat(test.context()
                        .union(one, other, one)
                        .reduceByKey(Integer::sum)
                        .collectAsMap())
                .isEqualTo(Map.of("a", 2, "b", 2));
    }
}
