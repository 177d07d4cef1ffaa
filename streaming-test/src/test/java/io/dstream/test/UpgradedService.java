package io.dstream.test;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.rdd.Accumulator;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.state.StateSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/**
 * Version 1 of several programs, a process of its own. Each has run all of its batches but the last when the process says so, and is in
 * the midst of that one: its outputs have run, and it is not committed.
 */
final class UpgradedService {

    /** The words of the batches. */
    static final List<List<String>> BATCHES = List.of(List.of("a", "b", "a"), List.of("a"), List.of("a"), List.of("a"));

    /** When the process is killed. */
    static final Duration END = Duration.ofSeconds(BATCHES.size());

    /** The programs. */
    @SuppressWarnings("ImmutableEnumChecker") // a definition is a function
    enum Version1 {
        COUNTS(words -> List.of(counted(words, 1).toDStream())),
        NAMED(words -> List.of(
                counted(words, 1).named("ones").toDStream(),
                counted(words, 10).named("tens").toDStream())),
        UNNAMED(words ->
                List.of(counted(words, 1).toDStream(), counted(words, 10).toDStream())),
        SUMS(words -> List.of(pairs(words).mapWithState(summed()).named("sums"))),
        WINDOWS(words -> List.of(
                words.map(word -> word).window(Duration.ofSeconds(3)),
                sum(words, 3, 1, false).named("sums"),
                sum(words, 3, 1, true).named("inverse"))),
        TWO_SOURCES(words -> {
            DStream<String> more = words.context().queueStream(new ConcurrentLinkedQueue<RDD<String>>());
            return List.of(
                    counted(words.union(more.named("more")), 1).named("counts").toDStream());
        }),
        ACCUMULATOR(words -> {
            addInEveryBatch(words);
            return List.of(words);
        }),
        SINK(words -> {
            words.saveTo(new MemorySink<>("memory"));
            return List.of(words);
        }),
        SHOP(words -> shop().define(words));

        private final Definition definition;

        Version1(Definition definition) {
            this.definition = definition;
        }
    }

    private final CountDownLatch working = new CountDownLatch(Version1.values().length);

    /**
     * Runs until the process is killed.
     *
     * @param arguments the directory where each program has one for its checkpoint
     */
    public static void main(String[] arguments) throws Exception {
        UpgradedService service = new UpgradedService();
        for (Version1 program : Version1.values()) {
            service.run(program, Path.of(arguments[0], program.name()));
        }
        service.working.await();
        System.out.println("at work");
        waitForTheEnd();
    }

    private void run(Version1 program, Path directory) {
        TestStreamingContext test = new TestStreamingContext(config -> config.withParallelism(1)
                .withCheckpointDirectory(directory)
                .withWriteAheadLog(true)
                .withAllowedPackages("com.shop"));
        Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
        DStream<String> words = test.context().queueStream(queue);
        program.definition.define(words).forEach(stream -> stream.foreachRDD(rdd -> rdd.count()));
        words.foreachRDD((rdd, time) -> waitInLast(time));
        for (List<String> batch : BATCHES.subList(0, BATCHES.size() - 1)) {
            queue.add(test.context().parallelize(batch));
            test.runBatch();
        }
        queue.add(test.context().parallelize(BATCHES.get(BATCHES.size() - 1)));
        test.clock().advance(Duration.ofSeconds(1));
    }

    private void waitInLast(Instant time) throws IOException {
        if (time.equals(Instant.EPOCH.plus(END))) {
            working.countDown();
            waitForTheEnd();
        }
    }

    private static void waitForTheEnd() throws IOException {
        while (System.in.read() >= 0) {
            // the test writes nothing
        }
    }

    /** The program of which the test has made several versions. */
    static Definition shop() {
        try {
            ClassLoader program = Thread.currentThread().getContextClassLoader();
            return (Definition) program.loadClass("com.shop.Totals")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException(failure);
        }
    }

    static PairDStream<String, Long> counted(DStream<String> words, long each) {
        return pairs(words)
                .updateStateByKey((List<Long> values, Optional<Long> state) ->
                        Optional.of(state.orElse(0L) + each * values.size()));
    }

    static PairDStream<String, Long> pairs(DStream<String> words) {
        return words.mapToPair(word -> Pair.of(word, 1L));
    }

    /** The sum of a key; empty when it times out. */
    static StateSpec<String, Long, Long, String> summed() {
        return StateSpec.function((word, value, state) -> {
            if (value.isEmpty()) {
                return word + " was " + state.get();
            }
            state.update(state.getOption().orElse(0L) + value.get());
            return word + " is " + state.get();
        });
    }

    /** The number of words in a window. */
    static DStream<Long> sum(DStream<String> words, int length, int slide, boolean inverse) {
        DStream<Long> ones = words.map(word -> 1L);
        Duration window = Duration.ofSeconds(length);
        return inverse
                ? ones.reduceByWindow(Long::sum, (sum, out) -> sum - out, window, Duration.ofSeconds(slide))
                : ones.reduceByWindow(Long::sum, window, Duration.ofSeconds(slide));
    }

    static void addInEveryBatch(DStream<String> words) {
        Accumulator<Long, Long> batches = words.context().longAccumulator("batches");
        words.foreachRDD(rdd -> batches.add(1L));
    }
}
