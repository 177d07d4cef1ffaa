package io.dstream.benchmarks;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.StreamingListener;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;

/** W2: ten records are counted by key, and the counts go to two outputs. */
final class TinyBatches {

    private static final List<String> RECORDS = List.of("a", "b", "c", "a", "b", "a", "d", "e", "f", "a");
    private static final int OUTPUTS = 2;
    private static final Duration SHORT_INTERVAL = Duration.ofMillis(5);
    private static final Duration IDLE_INTERVAL = Duration.ofMillis(10);

    private TinyBatches() {}

    /**
     * Runs batches one after the other.
     *
     * @return the median time in seconds that the later half of them took to be processed, from the start of a batch to its end
     */
    static double processingTime(int batches) throws Exception {
        ProcessingTimes times = new ProcessingTimes();
        try (Pipeline pipeline = new Pipeline(times)) {
            Queue<RDD<String>> queue = Pipeline.queue();
            AtomicLong counted = count(pipeline.context(), queue);
            pipeline.context().start();
            for (int i = 0; i < batches; i++) {
                queue.add(pipeline.context().parallelize(RECORDS));
                pipeline.runBatch();
            }
            Workload.check("records", counted.get(), (long) batches * OUTPUTS * RECORDS.size());
        }
        return times.median();
    }

    private static AtomicLong count(StreamingContext context, Queue<RDD<String>> queue) {
        AtomicLong counted = new AtomicLong();
        var counts = context.queueStream(queue)
                .mapToPair(record -> Pair.of(record, 1L))
                .reduceByKey(Long::sum);
        for (int i = 0; i < OUTPUTS; i++) {
            counts.foreachRDD(rdd -> rdd.collect().forEach(count -> counted.addAndGet(count.value())));
        }
        return counted;
    }

    /** A unit is a batch that is handed to another thread and back. */
    static Workload plain() {
        TwoThreads threads = new TwoThreads();
        return units -> {
            AtomicLong counted = new AtomicLong();
            for (int i = 0; i < units; i++) {
                countBatch(threads, counted);
            }
            Workload.check("records", counted.get(), (long) units * OUTPUTS * RECORDS.size());
        };
    }

    private static void countBatch(TwoThreads threads, AtomicLong counted) {
        List<Map<String, Counter>> maps = List.of(new HashMap<>(), new HashMap<>());
        int half = RECORDS.size() / 2;
        threads.run(thread -> RECORDS.subList(thread * half, (thread + 1) * half)
                .forEach(record -> maps.get(thread).computeIfAbsent(record, absent -> new Counter()).value++));
        Map<String, Counter> merged = new HashMap<>(maps.get(0));
        maps.get(1)
                .forEach((record, counter) ->
                        merged.computeIfAbsent(record, absent -> new Counter()).value += counter.value);
        for (int i = 0; i < OUTPUTS; i++) {
            merged.values().forEach(counter -> counted.addAndGet(counter.value));
        }
    }

    /**
     * Runs a batch every five milliseconds.
     *
     * @return the median delay of the batches in the last sixth of the time, in batch intervals
     */
    static double delayInIntervals(int seconds) throws Exception {
        List<Double> delays = Collections.synchronizedList(new ArrayList<>());
        StreamingConfig config = config(SHORT_INTERVAL).withObserver(new StreamingListener() {
            @Override
            public void onBatchCompleted(BatchInfo batch) {
                delays.add((double) Objects.requireNonNull(batch.totalDelay()).toNanos());
            }
        });
        try (StreamingContext context = new StreamingContext(config)) {
            Queue<RDD<String>> queue = Pipeline.queue();
            AtomicLong counted = count(context, queue);
            int batches = Math.toIntExact(Duration.ofSeconds(seconds).dividedBy(SHORT_INTERVAL));
            for (int i = 0; i < batches; i++) {
                queue.add(context.parallelize(RECORDS));
            }
            context.start();
            Thread.sleep(Duration.ofSeconds(seconds).toMillis());
            context.stop();
            long expected = (long) delays.size() * OUTPUTS * RECORDS.size();
            Workload.check("records", counted.get(), Math.min(expected, (long) batches * OUTPUTS * RECORDS.size()));
            Workload.check("enough batches", delays.size() > batches * 0.98 ? 1 : 0, 1);
        }
        List<Double> last = new ArrayList<>(delays.subList(delays.size() * 5 / 6, delays.size()));
        last.sort(null);
        return last.get(last.size() / 2) / SHORT_INTERVAL.toNanos();
    }

    /**
     * Runs a batch every ten milliseconds, without records, after as many batches as it takes until all is compiled, some at this
     * interval, to which the compiler adapts.
     *
     * @return how much of a core that takes
     */
    static double idleCores(int seconds) throws Exception {
        idle(Duration.ofMillis(1), 20, () -> {});
        double[] cores = new double[1];
        idle(IDLE_INTERVAL, 60, () -> {
            long before = Side.cpuNanos();
            Thread.sleep(Duration.ofSeconds(seconds).toMillis());
            cores[0] = (Side.cpuNanos() - before) / 1e9 / seconds;
        });
        return cores[0];
    }

    private static void idle(Duration batchInterval, int seconds, Measurement measurement) throws Exception {
        try (StreamingContext context = new StreamingContext(config(batchInterval))) {
            AtomicLong counted = count(context, Pipeline.queue());
            context.start();
            Thread.sleep(Duration.ofSeconds(seconds).toMillis());
            measurement.run();
            Workload.check("records", counted.get(), 0);
        }
    }

    private static StreamingConfig config(Duration batchInterval) {
        return StreamingConfig.defaults().withParallelism(Pipeline.THREADS).withBatchInterval(batchInterval);
    }

    @FunctionalInterface
    private interface Measurement {
        void run() throws Exception;
    }

    /** How long batches take, on a clock that does not wait for the pipeline's. */
    private static final class ProcessingTimes implements StreamingListener {

        // Mutable state, used by the batch thread, and by others when it has ended
        private final List<Double> seconds = new ArrayList<>();
        private long started;

        @Override
        public void onBatchStarted(BatchInfo batch) {
            started = System.nanoTime();
        }

        @Override
        public void onBatchCompleted(BatchInfo batch) {
            seconds.add((System.nanoTime() - started) / 1e9);
        }

        double median() {
            List<Double> warm = new ArrayList<>(seconds.subList(seconds.size() / 2, seconds.size()));
            warm.sort(null);
            return warm.get(warm.size() / 2);
        }
    }
}
