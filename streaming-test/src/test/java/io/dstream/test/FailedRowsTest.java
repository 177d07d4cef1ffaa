package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.StreamingListener;
import io.dstream.function.FlatMapFunction;
import io.dstream.rdd.LongAccumulator;
import io.dstream.rdd.Pair;
import io.dstream.rdd.StorageLevel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of a source that are taken out because their operators fail, and what is not taken for that. */
class FailedRowsTest {

    private final TestStreamingContext test = new TestStreamingContext();
    private final IsolatingSource source = new IsolatingSource();
    private final DStream<String> words = test.context().inputStream(source);

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aRowThatFailsIsTakenOutAndTheOthersGoOn() {
        TestOutput<Integer> numbers = test.output(words.map(Integer::parseInt));
        source.pushTogether("1", "x", "2");
        test.runBatch();
        assertThat(numbers.last()).containsExactly(1, 2);
        assertThat(source.told()).containsExactly("x");
        assertThat(source.failures()).singleElement().isInstanceOf(NumberFormatException.class);
    }

    static Map<String, Function<DStream<String>, DStream<?>>> operators() {
        return Map.of(
                "map", stream -> stream.map(FailedRowsTest::requireNumber),
                "filter", stream -> stream.filter(word -> !requireNumber(word).isEmpty()),
                "flatMap",
                        stream -> stream.flatMap(
                                word -> List.of(requireNumber(word)).iterator()),
                "mapToPair",
                        stream -> stream.mapToPair(word -> Pair.of(requireNumber(word), 1))
                                .map(pair -> pair),
                "mapValues",
                        stream -> stream.mapToPair(word -> Pair.of("key", word))
                                .mapValues(FailedRowsTest::requireNumber)
                                .map(pair -> pair),
                "flatMapValues",
                        stream -> stream.mapToPair(word -> Pair.of("key", word))
                                .flatMapValues(
                                        word -> List.of(requireNumber(word)).iterator())
                                .map(pair -> pair),
                "transform", stream -> stream.transform(rdd -> rdd.map(FailedRowsTest::requireNumber)));
    }

    static Stream<String> operatorNames() {
        return operators().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("operatorNames")
    void thatHoldsForEachOperatorOfSingleRowsHoweverTheyAreRead(String operator) {
        DStream<?> stream = operators().get(operator).apply(words);
        List<Long> counts = new ArrayList<>();
        stream.foreachRDD(rdd -> {
            counts.add(rdd.count()); // pushes rows
            counts.add((long) rdd.take(9).size()); // pulls them
        });
        source.pushTogether("1", "x", "2");
        test.runBatch();
        assertThat(counts).containsExactly(2L, 2L);
        assertThat(source.told()).containsExactly("x", "x");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRowThatFailsHalfWayGivesNothing(boolean pulls) {
        DStream<Integer> counted = words.flatMap(upTo()).map(number -> number * 10);
        List<Integer> given = new ArrayList<>();
        counted.foreachRDD(rdd -> given.addAll(pulls ? rdd.take(9) : rdd.collect()));
        source.pushTogether("2", "4", "1");
        test.runBatch();
        assertThat(given).containsExactly(10, 20, 10);
        assertThat(source.told()).containsExactly("4");
    }

    @Test
    void anOutputThatComputesAFewRowsMeetsNoOthers() {
        words.map(FailedRowsTest::requireNumber).foreachRDD(rdd -> rdd.take(1));
        source.pushTogether("1", "x");
        test.runBatch();
        assertThat(source.told()).isEmpty();
    }

    @Test
    void whatTheSourceCouldNotReadIsTakenOutTooAndSeenByNoOperator() {
        List<String> all = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        words.foreachRDD(rdd -> all.addAll(rdd.collect()));
        words.foreachRDD(rdd -> counts.add(rdd.count()));
        source.pushTogether("a", IsolatingSource.UNREADABLE, "b");
        test.runBatch();
        assertThat(all).containsExactly("a", "b");
        assertThat(counts).containsExactly(2L);
        assertThat(source.told()).containsExactly("?", "?");
    }

    @Test
    void eachOutputThatComputesARowMeetsItsFailure() {
        DStream<Integer> numbers = words.map(Integer::parseInt);
        numbers.foreachRDD(rdd -> rdd.count());
        numbers.filter(number -> number > 1).foreachRDD(rdd -> rdd.count());
        source.push("1", "x");
        test.runBatch();
        assertThat(source.told()).containsExactly("x", "x");
    }

    @Test
    void rowsBehindAShuffleAreComputedOnce() {
        var counts = words.mapToPair(word -> Pair.of(requireNumber(word), 1)).reduceByKey(Integer::sum);
        TestOutput<Pair<String, Integer>> first = test.output(counts);
        test.output(counts.mapValues(count -> -count));
        source.push("1", "x", "1");
        test.runBatch();
        assertThat(first.last()).containsExactly(Pair.of("1", 2));
        assertThat(source.told()).containsExactly("x");
    }

    @Test
    void persistedRowsAreComputedOnce() {
        DStream<Integer> numbers = words.map(Integer::parseInt).persist(StorageLevel.MEMORY_ONLY);
        test.output(numbers);
        test.output(numbers);
        source.push("1", "x");
        test.runBatch();
        assertThat(source.told()).containsExactly("x");
    }

    @Test
    void anOperatorBehindPersistedRowsFailsTheBatch() {
        test.output(words.map(word -> word).persist().map(Integer::parseInt));
        source.push("1", "x");
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.FAILED);
        assertThat(source.told()).isEmpty();
    }

    @Test
    void ofAStreamThatIsPersistedItselfRowsAreTakenOutAsEver() {
        DStream<String> persisted = words.persist();
        TestOutput<Integer> numbers = test.output(persisted.map(Integer::parseInt));
        TestOutput<Integer> lengths = test.output(persisted.map(String::length));
        source.push("1", "xy", IsolatingSource.UNREADABLE);
        test.runBatch();
        assertThat(numbers.last()).containsExactly(1);
        assertThat(lengths.last()).containsExactly(1, 2);
        assertThat(source.told()).containsExactlyInAnyOrder("?", "xy");
    }

    @Test
    void inAUnionRowsAreThoseOfTheirSource() {
        TestInput<String> others = test.input();
        TestOutput<Integer> numbers = test.output(words.union(others.stream()).map(Integer::parseInt));
        source.push("1", "x");
        others.push("2");
        test.runBatch();
        assertThat(numbers.last()).containsExactlyInAnyOrder(1, 2);
        assertThat(source.told()).containsExactly("x");
        others.push("y");
        assertThat(test.runFailingBatch().failureReason()).contains("NumberFormatException");
    }

    @Test
    void anActionInsideOfAnOutputIsOneOfIts() {
        words.foreachRDD(rdd -> rdd.map(Integer::parseInt).count());
        source.push("x");
        test.runBatch();
        assertThat(source.told()).containsExactly("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"foreach", "foreachPartition", "mapPartitions", "reduce", "reduceByKey", "coalesced", "state"})
    void aFailureBehindTheOperatorsFailsTheBatch(String behind) {
        DStream<String> mapped = words.map(word -> word);
        switch (behind) {
            case "foreach" -> mapped.foreachRDD(rdd -> rdd.foreach(FailedRowsTest::requireNumber));
            case "foreachPartition" ->
                mapped.foreachRDD(
                        rdd -> rdd.foreachPartition(rows -> rows.forEachRemaining(FailedRowsTest::requireNumber)));
            case "mapPartitions" ->
                test.output(mapped.mapPartitions(rows -> {
                    rows.forEachRemaining(FailedRowsTest::requireNumber);
                    return List.of().iterator();
                }));
            case "reduce" -> mapped.foreachRDD(rdd -> rdd.reduce((a, b) -> requireNumber(b)));
            case "reduceByKey" ->
                test.output(mapped.mapToPair(word -> Pair.of("key", word)).reduceByKey((a, b) -> requireNumber(b)));
            case "coalesced" ->
                mapped.foreachRDD(rdd ->
                        rdd.coalesce(1).map(FailedRowsTest::requireNumber).count());
            default ->
                test.output(mapped.mapToPair(word -> Pair.of("key", word))
                        .<String>updateStateByKey((values, state) -> Optional.of(requireNumber(values.get(1)))));
        }
        if (behind.equals("coalesced")) {
            source.push("1", "x");
        } else {
            source.pushTogether("1", "x");
        }
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason()).contains("NumberFormatException");
        assertThat(source.told()).isEmpty();
    }

    static List<Throwable> endsOfTasks() {
        return List.of(
                new OutOfMemoryError("a test"),
                new AssertionError("a test"),
                new InterruptedException("a test"),
                new IllegalStateException(new InterruptedException("a test")),
                new CancellationException("a test"),
                new ExecutionException(new StackOverflowError("a test")));
    }

    @ParameterizedTest
    @MethodSource("endsOfTasks")
    void whatEndsATaskIsNoFailureOfARow(Throwable end) {
        test.output(words.map(word -> thrown(end)));
        source.push("a");
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.FAILED);
        assertThat(source.told()).isEmpty();
    }

    @Test
    void norIsWhatAFunctionThrowsThatWasInterrupted() {
        test.output(words.map(word -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("ended");
        }));
        source.push("a");
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.FAILED);
        assertThat(source.told()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows", "shuffled", "persisted"})
    void aTaskFailsThatCannotTellOfARowAndIsRunAnew(String kind) throws Exception {
        List<String> given = new CopyOnWriteArrayList<>();
        source.push("x", "1");
        source.breakFor(1);
        runAttempts(context -> kept(kind, context.inputStream(source).map(FailedRowsTest::requireNumber))
                .foreachRDD(rdd -> given.addAll(rdd.collect())));
        assertThat(given).containsExactly("1");
        assertThat(source.told()).containsExactly("x", "x");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoHasReadAllRowsOfATaskDoesNotLetThemCountBeforeTheSourceHasToldOfTheOthers(boolean pulls) {
        AtomicInteger counted = new AtomicInteger();
        words.map(FailedRowsTest::requireNumber)
                .foreachRDD(rdd -> rdd.foreachPartition(rows -> {
                    if (pulls) {
                        while (rows.hasNext()) {
                            rows.next();
                        }
                    } else {
                        rows.forEachRemaining(row -> {});
                    }
                    counted.incrementAndGet(); // such as by a commit
                }));
        source.pushTogether("1", "x");
        source.breakFor(1);
        assertThat(test.runFailingBatch().failureReason()).contains("cannot be told");
        assertThat(counted).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows", "shuffled", "exchanged", "persisted", "persistedShuffle", "remembered"})
    void anOutputThatTakesDeadLettersHasThemWithItsRowsHoweverOftenItIsTried(String kind) throws Exception {
        LetterSink<String> sink = new LetterSink<>();
        CompletableFuture<Long> read = new CompletableFuture<>();
        source.push("1", "x", "2", "y");
        sink.breakFor(1);
        runAttempts(context -> {
            LongAccumulator accumulator = context.longAccumulator("read");
            kept(kind, context.inputStream(source).map(word -> {
                        accumulator.add(1);
                        return requireNumber(word);
                    }))
                    .saveTo(sink);
            context.addStreamingListener(new StreamingListener() {
                @Override
                public void onBatchCompleted(BatchInfo batch) {
                    read.complete(accumulator.value());
                }
            });
        });
        assertThat(sink.rows()).containsExactlyInAnyOrder("1", "2");
        assertThat(sink.letters()).containsExactlyInAnyOrder("x", "y");
        assertThat(source.told()).isEmpty();
        assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo(4);
    }

    @Test
    void anotherOutputReadsWhatOneHasComputed() throws Exception {
        LetterSink<String> first = new LetterSink<>();
        LetterSink<String> second = new LetterSink<>();
        source.push("1", "x");
        second.breakFor(1);
        runAttempts(context -> {
            DStream<String> numbers =
                    kept("shuffled", context.inputStream(source).map(FailedRowsTest::requireNumber));
            numbers.saveTo(first);
            numbers.saveTo(second);
        });
        assertThat(first.letters()).containsExactly("x");
        assertThat(second.letters()).isEmpty();
        assertThat(second.rows()).containsExactly("1");
    }

    @Test
    void ofRowsThatBecomeStatesTheSourceTells() throws Exception {
        LetterSink<Pair<String, Integer>> sink = new LetterSink<>();
        source.push("1", "x");
        sink.breakFor(1);
        runAttempts(context -> context.inputStream(source)
                .mapToPair(word -> Pair.of(requireNumber(word), 1))
                .<Integer>updateStateByKey((values, count) -> Optional.of(count.orElse(0) + values.size()))
                .saveTo(sink));
        assertThat(sink.rows().get(0)).isEqualTo(Pair.of("1", 1));
        assertThat(sink.letters()).isEmpty();
        assertThat(source.told()).containsExactly("x");
    }

    /** Runs the first batch to its commit, which takes two attempts. */
    private static void runAttempts(Consumer<StreamingContext> definition) throws InterruptedException {
        Recorder recorder = new Recorder();
        try (StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withParallelism(2)
                .withBatchInterval(Duration.ofMillis(5))
                .withFailure(Failures.attempts(2))
                .withObserver(recorder))) {
            definition.accept(context);
            context.start();
            BatchInfo first = recorder.awaitBatch();
            assertThat(first.status()).isEqualTo(Status.COMMITTED);
            assertThat(first.failureReason()).isNotNull();
            context.stop();
        }
    }

    @Test
    void ofRowsThatOnlyAWindowReachesTheSourceTellsAtTheEndOfTheBatch() {
        TestOutput<String> windows = test.output(
                words.map(FailedRowsTest::requireNumber).window(Duration.ofSeconds(2), Duration.ofSeconds(2)));
        source.push("1", "x");
        test.runBatch();
        assertThat(source.told()).containsExactly("x");
        source.push("2", "y");
        test.runBatch();
        assertThat(windows.last()).containsExactly("1", "2");
        assertThat(source.told()).containsExactly("x", "y");
    }

    private static DStream<String> kept(String kind, DStream<String> stream) {
        return switch (kind) {
            case "shuffled" -> counted(stream);
            case "exchanged" -> stream.repartition(2);
            case "persisted" -> stream.persist();
            case "persistedShuffle" -> counted(stream).persist();
            case "remembered" -> {
                stream.remember(Duration.ofSeconds(5));
                yield stream;
            }
            default -> stream;
        };
    }

    private static DStream<String> counted(DStream<String> stream) {
        return stream.mapToPair(word -> Pair.of(word, 1))
                .reduceByKey(Integer::sum)
                .map(Pair::key);
    }

    /** Counts up to a number, and fails at 3. */
    private static FlatMapFunction<String, Integer> upTo() {
        return word -> {
            Iterator<Integer> numbers =
                    IntStream.rangeClosed(1, Integer.parseInt(word)).boxed().iterator();
            return new Iterator<>() {

                @Override
                public boolean hasNext() {
                    return numbers.hasNext();
                }

                @Override
                public Integer next() {
                    int next = numbers.next();
                    if (next == 3) {
                        throw new IllegalStateException("three");
                    }
                    return next;
                }
            };
        };
    }

    private static String requireNumber(String word) {
        return String.valueOf(Integer.parseInt(word));
    }

    private static String thrown(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }
}
