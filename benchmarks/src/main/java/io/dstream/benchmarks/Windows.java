package io.dstream.benchmarks;

import io.dstream.PairDStream;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongBinaryOperator;

/** W4: a value for each of 10,000 keys over a sliding window. A unit is a second of the stream, with 100,000 events. */
final class Windows {

    private static final int EVENTS = 100_000;
    private static final int KEYS = 10_000;

    private final int slides;
    private final boolean invertible;
    private final List<Pair<Long, Long>> events = new ArrayList<>();

    private Windows(int slides, boolean invertible) {
        this.slides = slides;
        this.invertible = invertible;
        Random random = new Random(1);
        for (int i = 0; i < EVENTS; i++) {
            events.add(Pair.of((long) random.nextInt(KEYS), (long) random.nextInt(1_000)));
        }
    }

    /** Sums with an inverse, or maxima without. */
    static Workload engine(int slides, boolean invertible) {
        return new Windows(slides, invertible).engine();
    }

    /** The same with a queue of maps, one for each slide. */
    static Workload plain(int slides, boolean invertible) {
        return new Windows(slides, invertible).plain();
    }

    private Workload engine() {
        Pipeline pipeline = new Pipeline();
        Queue<RDD<Pair<Long, Long>>> queue = Pipeline.queue();
        AtomicLong checksum = new AtomicLong();
        PairDStream<Long, Long> pairs = PairDStream.fromDStream(pipeline.stream(queue));
        Duration slide = Duration.ofSeconds(1);
        Duration length = slide.multipliedBy(slides);
        PairDStream<Long, Long> windows = invertible
                ? pairs.reduceByKeyAndWindow(Long::sum, (sum, gone) -> sum - gone, length, slide)
                : pairs.reduceByKeyAndWindow(Math::max, length, slide);
        windows.foreachRDD(rdd -> {
            checksum.set(0);
            rdd.foreachPartition(rows -> checksum.addAndGet(sumOf(rows)));
        });
        pipeline.context().start();
        runBatches(slides, pipeline, queue);
        return units -> {
            runBatches(units, pipeline, queue);
            Workload.check("checksum", checksum.get(), expected());
            pipeline.close();
        };
    }

    private void runBatches(int count, Pipeline pipeline, Queue<RDD<Pair<Long, Long>>> queue) {
        for (int i = 0; i < count; i++) {
            queue.add(pipeline.context().parallelize(events));
            pipeline.runBatch();
        }
    }

    private static long sumOf(Iterator<Pair<Long, Long>> rows) {
        long[] sum = new long[1];
        rows.forEachRemaining(row -> sum[0] += row.value());
        return sum[0];
    }

    /** Every second brings the same events. */
    private long expected() {
        Map<Long, Long> second = new HashMap<>();
        events.forEach(event -> second.merge(event.key(), event.value(), invertible ? Long::sum : Math::max));
        long sum = second.values().stream().mapToLong(Long::longValue).sum();
        return invertible ? sum * slides : sum;
    }

    private Workload plain() {
        List<Part> parts = List.of(new Part(), new Part());
        TwoThreads threads = new TwoThreads();
        for (int i = 0; i < slides; i++) {
            slide(parts, threads);
        }
        return units -> {
            long checksum = 0;
            for (int i = 0; i < units; i++) {
                checksum = slide(parts, threads);
            }
            Workload.check("checksum", checksum, expected());
            threads.close();
        };
    }

    private long slide(List<Part> parts, TwoThreads threads) {
        List<Map<Long, Counter>> halves = List.of(new HashMap<>(), new HashMap<>());
        long[] sums = new long[2];
        threads.run(thread -> addAll(thread, halves.get(thread)));
        threads.run(thread -> sums[thread] = parts.get(thread).slide(halves, thread));
        return sums[0] + sums[1];
    }

    private void addAll(int thread, Map<Long, Counter> pane) {
        for (Pair<Long, Long> event : events.subList(thread * EVENTS / 2, (thread + 1) * EVENTS / 2)) {
            merge(pane, event.key(), event.value());
        }
    }

    private void merge(Map<Long, Counter> pane, Long key, long value) {
        Counter counter = pane.computeIfAbsent(key, absent -> new Counter());
        LongBinaryOperator function = invertible ? Long::sum : Math::max;
        counter.value = function.applyAsLong(counter.value, value);
    }

    /** The keys of one thread. */
    private final class Part {

        private final Deque<Map<Long, Counter>> panes = new ArrayDeque<>();
        private final Map<Long, Counter> totals = new HashMap<>();

        long slide(List<Map<Long, Counter>> halves, int thread) {
            Map<Long, Counter> pane = new HashMap<>();
            for (Map<Long, Counter> half : halves) {
                half.forEach((key, counter) -> {
                    if ((key.hashCode() & 1) == thread) {
                        merge(pane, key, counter.value);
                    }
                });
            }
            panes.addLast(pane);
            Map<Long, Counter> gone = panes.size() > slides ? panes.removeFirst() : Map.of();
            return sumOf(invertible ? totals(pane, gone) : reduced());
        }

        private Map<Long, Counter> totals(Map<Long, Counter> pane, Map<Long, Counter> gone) {
            pane.forEach((key, counter) -> merge(totals, key, counter.value));
            gone.forEach((key, counter) -> merge(totals, key, -counter.value));
            return totals;
        }

        private Map<Long, Counter> reduced() {
            Map<Long, Counter> all = new HashMap<>();
            panes.forEach(pane -> pane.forEach((key, counter) -> merge(all, key, counter.value)));
            return all;
        }

        private long sumOf(Map<Long, Counter> window) {
            long sum = 0;
            for (Counter counter : window.values()) {
                sum += counter.value;
            }
            return sum;
        }
    }
}
