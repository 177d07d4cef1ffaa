package io.dstream.benchmarks;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.RateInfo;
import io.dstream.event.StreamingListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process sends twice as many lines as a pipeline can process, to a receiver with backpressure. To try it for a minute: {@code java
 * -Xmx256m -cp … io.dstream.benchmarks.Forked overload 60}.
 */
final class Overload {

    private static final long PROCESSED_PER_SECOND = 20_000;
    private static final long SENT_PER_SECOND = 2 * PROCESSED_PER_SECOND;
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final List<Double> delays = Collections.synchronizedList(new ArrayList<>()); // in seconds
    private final List<Double> limits = Collections.synchronizedList(new ArrayList<>()); // per second
    private final List<Double> heaps = new ArrayList<>(); // in megabytes, of what is alive
    private final AtomicLong next = new AtomicLong(); // number that is expected

    private Overload() {}

    /**
     * Runs for some time.
     *
     * @return the total delay of a batch in the last third, in batch intervals, as the 95th percentile
     * @throws IllegalStateException if a line is lost, doubled or out of order, the live heap grows, or the rate limit does
     *     not come to what the pipeline can process
     */
    static double delayInIntervals(int seconds) throws Exception {
        return new Overload().run(seconds);
    }

    private double run(int seconds) throws Exception {
        StreamingConfig config = StreamingConfig.defaults()
                .withParallelism(Pipeline.THREADS)
                .withBatchInterval(INTERVAL)
                .withObserver(new Watch());
        config = config.withBackpressure(config.backpressure().withEnabled(true));
        try (LoadGenerator generator = LoadGenerator.ofRate(SENT_PER_SECOND, seconds);
                StreamingContext context = new StreamingContext(config)) {
            context.socketTextStream("localhost", generator.port()).foreachRDD(rdd -> process(rdd.collect()));
            context.start();
            for (int sample = 0; sample < 30; sample++) {
                Thread.sleep(seconds * 1_000L / 30);
                heaps.add(Side.liveHeap() / 1e6);
                requireRunning(context);
            }
            long sent = generator.sent();
            Workload.await("lines", next::get, sent);
            context.stop();
            Workload.check("lines", next.get(), sent);
            System.err.println(text("%d lines sent, %.0f per second", sent, (double) sent / seconds));
        }
        return figures();
    }

    private static void requireRunning(StreamingContext context) {
        PipelineInfo pipeline = context.info();
        if (pipeline.state() != PipelineInfo.State.ACTIVE) {
            throw new IllegalStateException("The pipeline is " + pipeline.state() + ": " + pipeline.problem());
        }
    }

    /** Takes as long as so many lines take. */
    private void process(List<String> lines) throws InterruptedException {
        for (String line : lines) {
            Workload.check("next line", LoadGenerator.numberOf(line), next.get());
            next.incrementAndGet();
        }
        Thread.sleep(lines.size() * 1_000L / PROCESSED_PER_SECOND);
    }

    private double figures() {
        tell("total delay in s", delays);
        tell("rate limit per s", limits);
        tell("live heap in MB", heaps);
        List<Double> lastLimits = lastThird(limits);
        double limit = percentile(lastLimits, 50) / PROCESSED_PER_SECOND;
        Workload.check("converged limit", limit > 0.7 && limit < 1.1 ? 1 : 0, 1);
        Workload.check(
                "bounded heap", percentile(lastThird(heaps), 50) < 1.5 * percentile(thirdBefore(heaps), 50) ? 1 : 0, 1);
        return percentile(lastThird(delays), 95) / INTERVAL.toSeconds();
    }

    private static void tell(String what, List<Double> values) {
        for (List<Double> third :
                List.of(values.subList(0, values.size() / 3), thirdBefore(values), lastThird(values))) {
            System.err.println(text(
                    "%s: median %.2f, 95 %% %.2f, largest %.2f",
                    what, percentile(third, 50), percentile(third, 95), percentile(third, 100)));
        }
    }

    private static List<Double> thirdBefore(List<Double> values) {
        return values.subList(values.size() / 3, values.size() * 2 / 3);
    }

    private static List<Double> lastThird(List<Double> values) {
        return values.subList(values.size() * 2 / 3, values.size());
    }

    private static double percentile(List<Double> values, int percent) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** Writes down delays and limits. */
    private final class Watch implements StreamingListener {

        @Override
        public void onBatchCompleted(BatchInfo batch) {
            if (batch.numRecords() > 0) {
                delays.add(Objects.requireNonNull(batch.totalDelay()).toNanos() / 1e9);
            }
        }

        @Override
        public void onRateLimitChanged(RateInfo rate) {
            limits.add((double) rate.recordsPerSecond());
        }
    }
}
