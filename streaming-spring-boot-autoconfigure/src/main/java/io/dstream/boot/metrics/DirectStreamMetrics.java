package io.dstream.boot.metrics;

import io.dstream.boot.metrics.StreamingMeter.Tag;
import io.dstream.event.BatchInfo;
import io.dstream.event.StreamingListener;
import io.dstream.kafka.DirectStreamInfo;
import io.dstream.kafka.DirectStreamMonitor;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.HashSet;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps the meters of the streams of Kafka topics. It is an observer because partitions come and go with batches.
 *
 * <p>Thread-safe.
 */
public final class DirectStreamMetrics implements StreamingListener {

    private final MeterRegistry registry;
    private final DirectStreamMonitor monitor;
    private final MultiGauge lag;

    // Mutable state, guarded by this
    private Set<Partition> gauged = Set.of();
    private final Set<Tags> counted =
            new HashSet<>(); // pipelines and inputs; a registry warns of a counter that it is given twice

    /**
     * @param registry gets the meters
     * @param monitor knows the streams
     */
    public DirectStreamMetrics(MeterRegistry registry, DirectStreamMonitor monitor) {
        this.registry = registry;
        this.monitor = monitor;
        this.lag = MultiGauge.builder(StreamingMeter.KAFKA_LAG.getName())
                .description(StreamingMeter.KAFKA_LAG.description())
                .register(registry);
    }

    @Override
    public void onBatchCompleted(BatchInfo batch) {
        Set<Partition> partitions = new HashSet<>();
        for (DirectStreamInfo stream : monitor.streams()) {
            stream.lag()
                    .keySet()
                    .forEach(partition -> partitions.add(new Partition(stream.pipeline(), stream.input(), partition)));
            count(stream.pipeline(), stream.input());
        }
        gauge(partitions);
    }

    private synchronized void gauge(Set<Partition> partitions) {
        if (!partitions.equals(gauged)) {
            gauged = partitions;
            lag.register(
                    partitions.stream()
                            .<MultiGauge.Row<?>>map(
                                    partition -> MultiGauge.Row.of(partition.tags(), partition, this::lagOf))
                            .toList(),
                    true);
        }
    }

    private synchronized void count(String pipeline, String input) {
        Tags tags = tags(pipeline, input);
        if (!counted.add(tags)) {
            return;
        }
        count(StreamingMeter.KAFKA_RECORDS_LOST, tags, () -> sum(pipeline, input, DirectStreamInfo::lostRecords));
        count(
                StreamingMeter.KAFKA_RECORDS_FAILED,
                tags.and(Tag.OUTCOME.asString(), "skipped"),
                () -> sum(pipeline, input, DirectStreamInfo::skippedRecords));
        count(
                StreamingMeter.KAFKA_RECORDS_FAILED,
                tags.and(Tag.OUTCOME.asString(), "dead-letter"),
                () -> sum(pipeline, input, DirectStreamInfo::deadLetters));
    }

    private void count(StreamingMeter meter, Tags tags, DoubleSupplier records) {
        FunctionCounter.builder(meter.getName(), monitor, known -> records.getAsDouble())
                .description(meter.description())
                .tags(tags)
                .register(registry);
    }

    private double lagOf(Partition partition) {
        return streams(partition.pipeline(), partition.input())
                .map(stream -> stream.lag().get(partition.partition()))
                .mapToDouble(records -> records == null ? Double.NaN : records.doubleValue())
                .findFirst()
                .orElse(Double.NaN);
    }

    private double sum(String pipeline, String input, ToLongFunction<DirectStreamInfo> records) {
        return streams(pipeline, input).mapToLong(records).sum();
    }

    private Stream<DirectStreamInfo> streams(String pipeline, String input) {
        return monitor.streams().stream()
                .filter(stream ->
                        stream.pipeline().equals(pipeline) && stream.input().equals(input));
    }

    private static Tags tags(String pipeline, String input) {
        return Tags.of(Tag.PIPELINE.asString(), pipeline, Tag.INPUT.asString(), input);
    }

    private record Partition(String pipeline, String input, TopicPartition partition) {

        Tags tags() {
            return DirectStreamMetrics.tags(pipeline, input)
                    .and(Tag.TOPIC.asString(), partition.topic())
                    .and(Tag.PARTITION.asString(), String.valueOf(partition.partition()));
        }
    }
}
