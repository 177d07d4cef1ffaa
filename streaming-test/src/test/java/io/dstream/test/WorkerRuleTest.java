package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.DStream;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.time.StreamThread;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever calls an action works on it, so actions may be called anywhere, with any parallelism. */
class WorkerRuleTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everyActionWorksInsideForeachPartition(int parallelism) {
        try (TestStreamingContext test = context(parallelism)) {
            TestInput<Integer> numbers = test.input();
            Queue<Object> results = new ConcurrentLinkedQueue<>();
            RDD<Integer> inner =
                    test.context().parallelize(IntStream.range(0, 10).boxed().toList(), 4);
            numbers.stream().foreachRDD(rdd -> rdd.foreachPartition(rows -> results.add(everyAction(inner))));
            numbers.push(1, 2, 3);
            assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
            assertThat(results).hasSize(parallelism).allMatch(expectedOfEveryAction()::equals);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everyActionWorksInsideTransform(int parallelism) {
        try (TestStreamingContext test = context(parallelism)) {
            TestInput<Integer> numbers = test.input();
            List<Object> results = new ArrayList<>();
            TestOutput<Integer> output = test.output(numbers.stream().transform(rdd -> {
                results.add(everyAction(rdd));
                return rdd;
            }));
            numbers.push(IntStream.range(0, 10).boxed().toList());
            assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
            assertThat(results).containsExactly(expectedOfEveryAction());
            assertThat(output.last()).hasSize(10);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aShuffleMayBeReadInsideATaskOfAnother(int parallelism) {
        try (TestStreamingContext test = context(parallelism)) {
            TestInput<Integer> numbers = test.input();
            var inner = test.context()
                    .parallelize(List.of(1, 1, 2), 3)
                    .mapToPair(x -> Pair.of(x, 1))
                    .reduceByKey(Integer::sum);
            TestOutput<Pair<Integer, Long>> output = test.output(numbers.stream()
                    .mapToPair(x -> Pair.of(x % 2, inner.count()))
                    .reduceByKey(Long::sum));
            numbers.push(1, 2, 3, 4);
            test.runBatch();
            assertThat(output.last()).containsExactlyInAnyOrder(Pair.of(0, 4L), Pair.of(1, 4L));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void anActionInsideATaskRunsOnThatTasksThread(int parallelism) {
        try (TestStreamingContext test = context(parallelism)) {
            TestInput<Integer> numbers = test.input();
            Set<String> wrong = ConcurrentHashMap.newKeySet();
            RDD<Integer> inner =
                    test.context().parallelize(IntStream.range(0, 50).boxed().toList(), 50);
            numbers.stream()
                    .foreachRDD(rdd -> rdd.foreachPartition(rows -> {
                        Thread outer = Thread.currentThread();
                        inner.foreach(x -> {
                            if (Thread.currentThread() != outer) {
                                wrong.add(Thread.currentThread().getName());
                            }
                        });
                    }));
            numbers.push(1, 2, 3, 4);
            test.runBatch();
            assertThat(wrong).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void noMoreThreadsWorkThanTheParallelism(int parallelism) {
        try (TestStreamingContext test = context(parallelism)) {
            TestInput<Integer> numbers = test.input();
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            numbers.stream().foreachRDD(rdd -> test.context()
                    .parallelize(IntStream.range(0, 1000).boxed().toList(), 100)
                    .foreach(x -> threads.add(Thread.currentThread())));
            test.runBatch();
            assertThat(threads).hasSizeBetween(1, parallelism).allMatch(thread -> thread instanceof StreamThread);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void anActionAfterTheBatchFailsAndNamesStreamAndBatch(int parallelism) {
        try (TestStreamingContext test = context(parallelism)) {
            TestInput<Integer> numbers = test.input();
            List<RDD<Integer>> kept = new ArrayList<>();
            numbers.stream().foreachRDD(rdd -> kept.add(rdd));
            numbers.push(1);
            test.runBatch();
            RDD<Integer> past = kept.get(0);
            RDD<Integer> lasting = test.context().parallelize(List.of(1));
            for (RDD<Integer> rdd : List.of(past, past.map(x -> x), lasting.union(past))) {
                assertThatIllegalStateException()
                        .isThrownBy(rdd::collect)
                        .withMessageContaining("'queue-0'")
                        .withMessageContaining("batch 1000 ms of pipeline 'default'")
                        .withMessageContaining("which is over");
            }
            assertThat(lasting.collect()).containsExactly(1);
        }
    }

    @Test
    void keysAreUpdatedByAllThreadsInABatchWithoutRows() {
        try (TestStreamingContext test = context(2)) {
            TestInput<Integer> numbers = test.input();
            CountDownLatch both = new CountDownLatch(2);
            AtomicBoolean idle = new AtomicBoolean();
            numbers.stream()
                    .mapToPair(x -> Pair.of(x, x))
                    .<Integer>updateStateByKey((values, state) -> {
                        if (idle.get()) {
                            awaitOther(both);
                        }
                        return Optional.of(1);
                    })
                    .foreachRDD(rdd -> rdd.count());
            numbers.push(0, 1);
            test.runBatch();
            idle.set(true);
            test.runBatch();
        }
    }

    @Test
    void valuesOfAWindowGoOutOnAllThreadsInABatchWithoutRows() {
        try (TestStreamingContext test = context(2)) {
            TestInput<Integer> numbers = test.input();
            CountDownLatch both = new CountDownLatch(2);
            numbers.stream()
                    .mapToPair(x -> Pair.of(x, x))
                    .reduceByKeyAndWindow(
                            Integer::sum,
                            (sum, out) -> {
                                awaitOther(both);
                                return sum - out;
                            },
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(2))
                    .foreachRDD(rdd -> rdd.count());
            numbers.pushBatches(List.of(), List.of(0, 1));
            test.runBatches(4);
        }
    }

    @Test
    void partitionsWithoutRowsAreWorkedOnByAllThreadsIfAUsersFunctionGetsThem() {
        try (TestStreamingContext test = context(2)) {
            TestInput<Integer> numbers = test.input();
            List<CountDownLatch> both = List.of(new CountDownLatch(2), new CountDownLatch(2), new CountDownLatch(2));
            DStream<Integer> none = numbers.stream().repartition(2);
            none.foreachRDD(rdd -> rdd.foreachPartition(rows -> awaitOther(both.get(0))));
            none.mapPartitions(rows -> {
                        awaitOther(both.get(1));
                        return rows;
                    })
                    .foreachRDD(RDD::count);
            none.foreachRDD(rdd -> rdd.zipPartitions(rdd, (left, right) -> {
                        awaitOther(both.get(2));
                        return left;
                    })
                    .count());
            test.runBatch();
        }
    }

    @Test
    void aBatchWithoutRowsAndStatesWakesNoWorker() {
        try (TestStreamingContext test = context(2)) {
            TestInput<Integer> numbers = test.input();
            DStream<Integer> rows = numbers.stream().repartition(2).map(x -> x + 1);
            rows.mapToPair(x -> Pair.of(x, 1)).reduceByKey(Integer::sum).foreachRDD(rdd -> rdd.collect());
            rows.window(Duration.ofSeconds(3)).glom().foreachRDD(RDD::count);
            rows.mapToPair(x -> Pair.of(x, 1))
                    .<Integer>updateStateByKey((values, state) -> state)
                    .foreachRDD(rdd -> rdd.sortByKey().collect());
            test.runBatch();
            long waits = waitsOfWorker();
            test.runBatches(20);
            assertThat(waitsOfWorker()).isEqualTo(waits);
        }
    }

    /** How often the one worker of this test's context has begun to wait, when it waits. */
    private static long waitsOfWorker() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Thread worker = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("dstream-engine-1"))
                .max(Comparator.comparing(Thread::getId))
                .orElseThrow();
        while (worker.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return threads.getThreadInfo(worker.getId()).getWaitedCount();
    }

    /** Fails if the task of the other partition is not begun meanwhile. */
    private static void awaitOther(CountDownLatch both) throws InterruptedException {
        both.countDown();
        if (!both.await(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the other partition waits for this one");
        }
    }

    private static TestStreamingContext context(int parallelism) {
        return new TestStreamingContext(config -> config.withParallelism(parallelism));
    }

    private static List<Object> everyAction(RDD<Integer> rdd) {
        Queue<Integer> foreach = new ConcurrentLinkedQueue<>();
        Queue<Integer> foreachPartition = new ConcurrentLinkedQueue<>();
        rdd.foreach(foreach::add);
        rdd.foreachPartition(rows -> rows.forEachRemaining(foreachPartition::add));
        return List.of(
                rdd.collect(),
                rdd.count(),
                rdd.take(3),
                rdd.first(),
                rdd.isEmpty(),
                rdd.reduce(Integer::sum),
                foreach.size(),
                foreachPartition.size());
    }

    private static List<Object> expectedOfEveryAction() {
        return List.of(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), 10L, List.of(0, 1, 2), 0, false, 45, 10, 10);
    }
}
