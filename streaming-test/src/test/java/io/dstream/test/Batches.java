package io.dstream.test;

import io.dstream.DStream;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Runs an operation on given batches: batches in, batches out. */
final class Batches {

    private Batches() {}

    /** What an operation puts out for these batches of its input, in two partitions each; with two threads. */
    static <T, U> List<List<U>> out(Function<DStream<T>, DStream<U>> operation, List<List<T>> in) {
        try (TestStreamingContext test = new TestStreamingContext()) {
            TestInput<T> input = test.input();
            TestOutput<U> output = test.output(operation.apply(input.stream()));
            runAll(test, input, in);
            return output.batches();
        }
    }

    /** How many partitions an operation makes of these batches of its input, in two partitions each; with two threads. */
    static <T, U> List<Integer> partitions(Function<DStream<T>, DStream<U>> operation, List<List<T>> in) {
        try (TestStreamingContext test = new TestStreamingContext()) {
            TestInput<T> input = test.input();
            List<Integer> partitions = new ArrayList<>();
            operation.apply(input.stream()).foreachRDD(rdd -> partitions.add(rdd.getNumPartitions()));
            runAll(test, input, in);
            return partitions;
        }
    }

    /** Runs a batch that may be committed or skipped, for tests in which both belong to the case. */
    static BatchInfo runEither(TestStreamingContext test) {
        try {
            return test.runBatch();
        } catch (IllegalStateException failure) {
            BatchInfo last = test.context().batches().get(0);
            if (last.status() != Status.SKIPPED) {
                throw failure;
            }
            return last;
        }
    }

    private static <T> void runAll(TestStreamingContext test, TestInput<T> input, List<List<T>> in) {
        for (List<T> rows : in) {
            input.push(rows);
            test.runBatch();
        }
    }
}
