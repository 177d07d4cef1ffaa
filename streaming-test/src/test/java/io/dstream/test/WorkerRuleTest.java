package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.time.StreamThread;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
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
