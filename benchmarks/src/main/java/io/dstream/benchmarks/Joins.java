package io.dstream.benchmarks;

import io.dstream.PairDStream;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Two streams are joined. A unit is a batch of 50,000 pairs of each, with 10,000 keys. */
final class Joins {

    private static final int PAIRS = 50_000;
    private static final int KEYS = 10_000;

    private final List<Pair<Long, Long>> left = pairs(1);
    private final List<Pair<Long, Long>> right = pairs(2);

    private Joins() {}

    static Workload engine() {
        return new Joins().pipeline();
    }

    static Workload plain() {
        return new Joins().hashJoin();
    }

    private static List<Pair<Long, Long>> pairs(int seed) {
        Random random = new Random(seed);
        List<Pair<Long, Long>> pairs = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            pairs.add(Pair.of((long) random.nextInt(KEYS), (long) random.nextInt(1_000)));
        }
        return pairs;
    }

    private Workload pipeline() {
        return units -> {
            try (Pipeline pipeline = new Pipeline()) {
                Queue<RDD<Pair<Long, Long>>> lefts = Pipeline.queue();
                Queue<RDD<Pair<Long, Long>>> rights = Pipeline.queue();
                AtomicLong sum = new AtomicLong();
                PairDStream.fromDStream(pipeline.stream(lefts))
                        .join(PairDStream.fromDStream(pipeline.stream(rights)))
                        .foreachRDD(rdd -> rdd.foreachPartition(rows -> sum.addAndGet(sumOf(rows))));
                pipeline.context().start();
                for (int i = 0; i < units; i++) {
                    lefts.add(pipeline.context().parallelize(left));
                    rights.add(pipeline.context().parallelize(right));
                    pipeline.runBatch();
                }
                Workload.check("sum", sum.get(), units * expected());
            }
        };
    }

    private static long sumOf(Iterator<Pair<Long, Pair<Long, Long>>> rows) {
        long[] sum = new long[1];
        rows.forEachRemaining(row -> sum[0] += row.value().key() * row.value().value());
        return sum[0];
    }

    private Workload hashJoin() {
        return units -> {
            AtomicLong sum = new AtomicLong();
            try (TwoThreads threads = new TwoThreads()) {
                for (int i = 0; i < units; i++) {
                    threads.run(thread -> sum.addAndGet(joinedSum(thread)));
                }
            }
            Workload.check("sum", sum.get(), units * expected());
        };
    }

    /** Builds a map of the left pairs of one parity and looks the right ones up in it. */
    private long joinedSum(int thread) {
        Map<Long, List<Long>> built = new HashMap<>();
        for (Pair<Long, Long> pair : left) {
            if ((pair.key().hashCode() & 1) == thread) {
                built.computeIfAbsent(pair.key(), absent -> new ArrayList<>()).add(pair.value());
            }
        }
        long sum = 0;
        for (Pair<Long, Long> pair : right) {
            if ((pair.key().hashCode() & 1) == thread) {
                for (long value : built.getOrDefault(pair.key(), List.of())) {
                    sum += value * pair.value();
                }
            }
        }
        return sum;
    }

    private long expected() {
        return joinedSum(0) + joinedSum(1);
    }
}
