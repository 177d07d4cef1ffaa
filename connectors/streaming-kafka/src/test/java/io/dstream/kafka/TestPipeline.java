package io.dstream.kafka;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.ReceiverInfo;
import io.dstream.event.StreamingListener;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.time.ManualClock;
import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A pipeline of the tests, on a clock that they move from batch to batch, a second each. */
final class TestPipeline implements AutoCloseable, StreamingListener {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final StreamClock clock;
    private final StreamingContext context;
    private final DirectStreamMonitor monitor = new DirectStreamMonitor();
    private final Map<Instant, BatchInfo> ended = new ConcurrentSkipListMap<>();
    private final Map<Instant, List<String>> values = new ConcurrentSkipListMap<>(); // of outputs, by batch
    private final List<String> receiverErrors = new CopyOnWriteArrayList<>();
    private volatile Signal change = new Signal();

    TestPipeline() {
        this(config -> config);
    }

    TestPipeline(UnaryOperator<StreamingConfig> change) {
        this(new ManualClock(Instant.EPOCH), change, settings -> settings);
    }

    static TestPipeline with(UnaryOperator<KafkaSettings> settings) {
        return new TestPipeline(new ManualClock(Instant.EPOCH), config -> config, settings);
    }

    TestPipeline(StreamClock clock, UnaryOperator<StreamingConfig> change, UnaryOperator<KafkaSettings> settings) {
        this.clock = clock;
        KafkaSettings kafka =
                KafkaSettings.defaults().withDiscoveryInterval(Duration.ZERO).withMonitor(monitor);
        this.context = new StreamingContext(change.apply(StreamingConfig.defaults()
                .withClock(clock)
                .withParallelism(2)
                .withFailure(new FailureSettings(Policy.STOP, 1, Duration.ofMillis(200), failure -> false))
                .withConnectorSettings(settings.apply(kafka))
                .withObserver(this)));
    }

    StreamingContext context() {
        return context;
    }

    /** Keeps the values of a stream's records, by batch. */
    void collect(DStream<ConsumerRecord<String, String>> stream) {
        collectValues(stream.map(ConsumerRecord::value));
    }

    /** Keeps what is in a stream, by batch. */
    void collectValues(DStream<String> stream) {
        stream.foreachRDD((rdd, time) -> values.put(time, rdd.collect()));
    }

    /** The values of the last batch. */
    List<String> last() {
        return values.isEmpty() ? List.of() : List.copyOf(new ArrayList<>(values.values()).get(values.size() - 1));
    }

    /** The values of all batches. */
    List<String> all() {
        List<String> all = new CopyOnWriteArrayList<>();
        values.values().forEach(all::addAll);
        return all;
    }

    List<String> at(long second) {
        return values.getOrDefault(Instant.ofEpochSecond(second), List.of());
    }

    /** What receivers have reported and failed by. */
    List<String> receiverErrors() {
        return receiverErrors;
    }

    DirectStreamInfo stream() {
        return monitor.streams().get(0);
    }

    List<DirectStreamInfo> streams() {
        return monitor.streams();
    }

    void start() {
        context.start();
    }

    /** Runs the next batch, and starts before if need be; returns when it has ended. */
    BatchInfo runBatch() {
        if (context.info().state() != PipelineInfo.State.ACTIVE) {
            context.start();
        }
        return await(clock.now().plusSeconds(1).truncatedTo(ChronoUnit.SECONDS));
    }

    /** As {@link #runBatch()}, with another interval of batches; the pipeline runs, and its last batch is as old as that. */
    BatchInfo runBatch(Duration interval) {
        return await(clock.now().plus(interval));
    }

    private BatchInfo await(Instant time) {
        advance(Duration.between(clock.now(), time));
        await(() -> ended.containsKey(time));
        BatchInfo batch = ended.get(time);
        if (batch.status() == BatchInfo.Status.FAILED) {
            await(() -> context.info().state().isEnd());
        }
        return batch;
    }

    void advance(Duration step) {
        ((ManualClock) clock).advance(step);
    }

    /** Waits for something that events make true. */
    void await(BooleanSupplier condition) {
        Instant deadline = StreamClock.system().now().plus(PATIENCE);
        try {
            Signal next = change;
            while (!condition.getAsBoolean()) {
                if (!StreamClock.system().await(next, deadline)) {
                    throw new IllegalStateException("It has not come to that, but to " + context.info() + ", " + ended);
                }
                next = change;
            }
        } catch (InterruptedException end) {
            throw new IllegalStateException(end);
        }
    }

    @Override
    public void onBatchCompleted(BatchInfo batch) {
        ended.put(batch.batchTime(), batch);
        tell();
    }

    @Override
    public void onReceiverError(ReceiverInfo receiver) {
        receiverErrors.add(String.valueOf(receiver.lastError()));
        tell();
    }

    @Override
    public void onPipelineChanged(PipelineInfo pipeline) {
        tell();
    }

    void tell() {
        Signal past = change;
        change = new Signal();
        past.set();
    }

    @Override
    public void close() {
        context.stop(false, Duration.ZERO); // a test that has failed has batches that never end
        context.close();
    }
}
