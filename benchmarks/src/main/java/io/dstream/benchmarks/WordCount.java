package io.dstream.benchmarks;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;

/** W1: words are counted. A unit is a batch of 100,000 lines. */
final class WordCount {

    private WordCount() {}

    static Workload engine() {
        Words words = new Words(Words.LINES_PER_BATCH);
        return batches -> {
            try (Pipeline pipeline = new Pipeline()) {
                Queue<RDD<String>> queue = Pipeline.queue();
                AtomicLong counted = counted(pipeline, queue);
                for (int i = 0; i < batches; i++) {
                    runBatch(words, pipeline, queue);
                }
                Workload.check("words", counted.get(), batches * words.words());
            }
        };
    }

    private static AtomicLong counted(Pipeline pipeline, Queue<RDD<String>> queue) {
        AtomicLong counted = new AtomicLong();
        counts(pipeline.stream(queue))
                .foreachRDD(rdd -> rdd.foreachPartition(counts -> counted.addAndGet(sumOf(counts))));
        pipeline.context().start();
        return counted;
    }

    static PairDStream<String, Long> counts(DStream<String> lines) {
        return lines.flatMap(line -> Arrays.asList(line.split(" ")).iterator())
                .mapToPair(word -> Pair.of(word, 1L))
                .reduceByKey(Long::sum);
    }

    private static void runBatch(Words words, Pipeline pipeline, Queue<RDD<String>> queue) {
        queue.add(pipeline.context().parallelize(words.lines()));
        pipeline.runBatch();
    }

    /**
     * Counts the words of the same lines for some time.
     *
     * @return the live heap in the last third of the time, as the median of several full collections, beside that of the
     *     first third
     */
    static double heapGrowth(int seconds) throws Exception {
        Words words = new Words(20_000);
        int samples = 30;
        long[] heaps = new long[samples];
        try (Pipeline pipeline = new Pipeline()) {
            Queue<RDD<String>> queue = Pipeline.queue();
            AtomicLong counted = counted(pipeline, queue);
            long batches = 0;
            long start = System.nanoTime();
            for (int sample = 0; sample < samples; sample++) {
                while (System.nanoTime() - start < seconds * 1e9 * (sample + 1) / samples) {
                    runBatch(words, pipeline, queue);
                    batches++;
                }
                heaps[sample] = Side.liveHeap();
            }
            Workload.check("words", counted.get(), batches * words.words());
        }
        return median(heaps, samples * 2 / 3, samples) / median(heaps, 0, samples / 3);
    }

    private static double median(long[] values, int from, int to) {
        return Arrays.stream(values, from, to)
                .sorted()
                .skip((to - from) / 2)
                .findFirst()
                .orElseThrow();
    }

    static Workload plain() {
        Words words = new Words(Words.LINES_PER_BATCH);
        return batches -> {
            try (TwoThreads threads = new TwoThreads()) {
                AtomicLong counted = new AtomicLong();
                for (int i = 0; i < batches; i++) {
                    countBatch(words.lines(), threads, counted);
                }
                Workload.check("words", counted.get(), batches * words.words());
            }
        };
    }

    static void countBatch(List<String> lines, TwoThreads threads, AtomicLong counted) {
        List<Map<String, Counter>> maps = new ArrayList<>(List.of(new HashMap<>(), new HashMap<>()));
        int half = lines.size() / 2;
        threads.run(thread -> count(lines.subList(thread * half, (thread + 1) * half), maps.get(thread)));
        threads.run(thread -> counted.addAndGet(mergedSum(maps, thread)));
    }

    @SuppressWarnings("StringSplitter") // what the engine is compared with is fixed
    private static void count(List<String> lines, Map<String, Counter> counts) {
        for (String line : lines) {
            for (String word : line.split(" ")) {
                counts.computeIfAbsent(word, absent -> new Counter()).value++;
            }
        }
    }

    /** The words of both maps whose hash is of this thread's half, merged into one map; their sum. */
    private static long mergedSum(List<Map<String, Counter>> maps, int thread) {
        Map<String, Counter> merged = new HashMap<>();
        for (Map<String, Counter> map : maps) {
            map.forEach((word, counter) -> {
                if ((word.hashCode() & 1) == thread) {
                    merged.computeIfAbsent(word, absent -> new Counter()).value += counter.value;
                }
            });
        }
        long sum = 0;
        for (Counter counter : merged.values()) {
            sum += counter.value;
        }
        return sum;
    }

    static long sumOf(Iterator<Pair<String, Long>> counts) {
        long[] sum = new long[1];
        counts.forEachRemaining(count -> sum[0] += count.value());
        return sum[0];
    }
}
