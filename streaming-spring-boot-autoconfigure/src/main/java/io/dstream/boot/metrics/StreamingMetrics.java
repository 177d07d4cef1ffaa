package io.dstream.boot.metrics;

import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.InputInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.RateInfo;
import io.dstream.event.ReceiverInfo;
import io.dstream.event.StreamingListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the meters of all pipelines: counts their events, as an observer that misses none, and asks the context for what
 * is so at the moment. A pipeline's meters appear with its first events.
 *
 * <p>Thread-safe. Never waits.
 */
public final class StreamingMetrics implements StreamingListener {

    private final MeterRegistry registry;
    private final Supplier<StreamingContext> root;

    // Mutable state
    private final Set<Tags> gauged = ConcurrentHashMap.newKeySet(); // whose gauges were made
    private final Set<Tags> limited = ConcurrentHashMap.newKeySet(); // likewise, of rate limits

    /**
     * @param registry gets the meters
     * @param root the root context; asked for only when a meter is read, because it is made after its observers
     */
    public StreamingMetrics(MeterRegistry registry, Supplier<StreamingContext> root) {
        this.registry = registry;
        this.root = root;
    }

    @Override
    public void onPipelineChanged(PipelineInfo pipeline) {
        String name = pipeline.pipeline();
        Tags tags = tags(name);
        if (gauged.add(tags)) {
            gauge(StreamingMeter.BATCHES_WAITING, tags, () -> batchesWaiting(name));
            gauge(StreamingMeter.WRITE_AHEAD_LOG_BYTES, tags, () -> writeAheadLogBytes(name));
        }
    }

    @Override
    public void onBatchCompleted(BatchInfo batch) {
        for (InputInfo input : batch.inputs()) { // of files it is not known before how many there are
            counter(StreamingMeter.RECORDS_RECEIVED, tags(batch.pipeline(), input.input()))
                    .increment((double) input.records());
        }
        Tags pipeline = tags(batch.pipeline());
        String outcome = batch.status().name().toLowerCase(Locale.ROOT);
        record(StreamingMeter.BATCH, pipeline.and(key(StreamingMeter.Tag.OUTCOME), outcome), batch.processingDelay());
        record(StreamingMeter.SCHEDULING_DELAY, pipeline, batch.schedulingDelay());
        record(StreamingMeter.PROCESSING_TIME, pipeline, batch.processingDelay());
        record(StreamingMeter.TOTAL_DELAY, pipeline, batch.totalDelay());
    }

    @Override
    public void onRateLimitChanged(RateInfo rate) {
        String pipeline = rate.pipeline();
        String input = rate.input();
        Tags tags = tags(pipeline, input);
        if (limited.add(tags)) {
            gauge(StreamingMeter.RATE_LIMIT, tags, () -> limit(pipeline, input));
        }
    }

    @Override
    public void onReceiverStarted(ReceiverInfo receiver) {
        String pipeline = receiver.pipeline();
        String input = receiver.input();
        Tags tags = tags(pipeline, input);
        if (gauged.add(tags)) {
            gauge(StreamingMeter.RECEIVER_ACTIVE, tags, () -> isActive(pipeline, input) ? 1 : 0);
        }
        counter(StreamingMeter.RECEIVER_RESTARTS, tags).increment(receiver.restarts() == 0 ? 0 : 1);
    }

    private int batchesWaiting(String pipeline) {
        return info(pipeline).mapToInt(PipelineInfo::batchesWaiting).sum();
    }

    private long writeAheadLogBytes(String pipeline) {
        return info(pipeline).mapToLong(PipelineInfo::writeAheadLogBytes).sum();
    }

    private boolean isActive(String pipeline, String input) {
        return info(pipeline)
                .flatMap(info -> info.receivers().stream())
                .anyMatch(receiver -> receiver.input().equals(input) && receiver.active());
    }

    private double limit(String pipeline, String input) {
        return info(pipeline)
                .flatMap(info -> info.rates().stream())
                .filter(rate -> rate.input().equals(input))
                .mapToDouble(RateInfo::recordsPerSecond)
                .findFirst()
                .orElse(Double.NaN);
    }

    private Stream<PipelineInfo> info(String pipeline) {
        return root.get().pipelines().stream()
                .filter(context -> context.name().equals(pipeline))
                .map(StreamingContext::info);
    }

    private void record(StreamingMeter meter, Tags tags, @Nullable Duration duration) {
        if (duration != null) {
            Timer.builder(meter.getName())
                    .description(meter.description())
                    .tags(tags)
                    .register(registry)
                    .record(duration);
        }
    }

    private Counter counter(StreamingMeter meter, Tags tags) {
        return Counter.builder(meter.getName())
                .description(meter.description())
                .tags(tags)
                .register(registry);
    }

    private void gauge(StreamingMeter meter, Tags tags, Supplier<Number> value) {
        Gauge.builder(meter.getName(), value)
                .description(meter.description())
                .tags(tags)
                .register(registry);
    }

    private static Tags tags(String pipeline, String input) {
        return tags(pipeline).and(key(StreamingMeter.Tag.INPUT), input);
    }

    private static Tags tags(String pipeline) {
        return Tags.of(key(StreamingMeter.Tag.PIPELINE), pipeline);
    }

    private static String key(StreamingMeter.Tag tag) {
        return tag.asString();
    }
}
