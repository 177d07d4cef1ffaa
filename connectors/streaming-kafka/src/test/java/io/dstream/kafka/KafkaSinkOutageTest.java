package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo.State;
import io.dstream.function.Function;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkUnavailableException;
import io.dstream.output.SinkWriter;
import io.dstream.rdd.RDD;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.time.StreamClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;

/** What an output does while its broker is away, or an answer of it is lost. */
@Timeout(120)
class KafkaSinkOutageTest {

    private static final Instant FIRST = Instant.ofEpochSecond(1);
    private static final Instant SECOND = Instant.ofEpochSecond(2);

    private final TestKafka kafka = TestKafka.shared();
    private final StreamingContext context =
            new StreamingContext(StreamingConfig.defaults().withParallelism(2));
    private final String topic = kafka.newTopic(2);
    private final DefaultKafkaProducerFactory<String, String> producers =
            new DefaultKafkaProducerFactory<>(kafka.producerParams(Map.of("max.block.ms", "1000")));

    @AfterEach
    void close() {
        context.close();
        kafka.broker().restart();
    }

    @Test
    void batchesWaitForABrokerThatIsAwayAtTheStartAndLater() {
        Queue<RDD<String>> rows = new ConcurrentLinkedQueue<>();
        try (TestPipeline pipeline = new TestPipeline(
                StreamClock.system(),
                config -> config.withBatchInterval(Duration.ofMillis(100))
                        .withFailure(new FailureSettings(Policy.STOP, 1, Duration.ofMillis(100), failure -> false)),
                settings -> settings)) {
            producers.updateConfigs(Map.of("request.timeout.ms", "1000", "delivery.timeout.ms", "1500"));
            pipeline.context().queueStream(rows).saveTo(sink(row -> row)).named(TestKafka.newName("output"));
            kafka.broker().kill();
            pipeline.start();
            rows.add(pipeline.context().parallelize(List.of("a")));
            awaitProblem(pipeline);
            kafka.broker().restart();
            awaitRows(pipeline, 1);
            kafka.broker().suspend();
            rows.add(pipeline.context().parallelize(List.of("b")));
            awaitProblem(pipeline);
            kafka.broker().resume();
            awaitRows(pipeline, 2);
            assertThat(pipeline.context().batches())
                    .extracting(BatchInfo::status)
                    .doesNotContain(Status.FAILED, Status.SKIPPED);
        }
        assertThat(kafka.committedValues(topic)).containsExactly("a", "b");
    }

    @Test
    void aBrokerThatIsKilledInATransactionAndComesBackHasTheBatchOnce() throws Exception {
        AtomicBoolean killed = new AtomicBoolean();
        try (SinkWriter<String> writer = open(sink(row -> {
            if (row.equals("c") && killed.compareAndSet(false, true)) {
                kafka.broker().kill();
                kafka.broker().restart();
            }
            return row;
        }))) {
            writer.write(context.parallelize(List.of("a"), 1), FIRST);
            writeUntilWritten(writer, context.parallelize(List.of("b", "c", "d"), 1), SECOND);
        }
        assertThat(kafka.committedValues(topic)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void aBrokerThatDoesNotAnswerToTheCommitHasTheBatchOnce() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        producers.addPostProcessor(producer -> watched(
                producer,
                "commitTransaction",
                () -> {
                    if (commits.incrementAndGet() == 2) { // the first is that of the start
                        kafka.broker().suspend();
                    }
                },
                () -> {}));
        try (SinkWriter<String> writer = open(sink(row -> row))) {
            RDD<String> rows = context.parallelize(List.of("a", "b"), 1);
            try {
                assertThatExceptionOfType(SinkUnavailableException.class)
                        .isThrownBy(() -> writer.write(rows, FIRST))
                        .withMessageContaining("is away or busy");
                assertThat(commits).hasValue(2);
            } finally {
                kafka.broker().resume();
            }
            writeUntilWritten(writer, rows, FIRST);
            writer.write(context.parallelize(List.of("c")), SECOND);
        }
        assertThat(kafka.committedValues(topic)).containsExactly("a", "b", "c");
    }

    @Test
    void aCommitWhoseAnswerIsLostIsNotRepeated() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        producers.addPostProcessor(producer -> watched(producer, "commitTransaction", () -> {}, () -> {
            if (commits.incrementAndGet() == 2) {
                throw new TimeoutException("the answer is lost");
            }
        }));
        AtomicInteger computed = new AtomicInteger();
        try (SinkWriter<String> writer = open(sink(row -> row + computed.incrementAndGet()))) {
            RDD<String> rows = context.parallelize(List.of("a"), 1);
            assertThatExceptionOfType(SinkUnavailableException.class)
                    .isThrownBy(() -> writer.write(rows, FIRST))
                    .withMessageContaining("committing a batch: the answer is lost");
            writer.write(rows, FIRST);
        }
        assertThat(kafka.committedValues(topic)).containsExactly("a1");
        assertThat(computed).hasValue(1);
    }

    @Test
    void aCommitThatIsInterruptedIsNotRepeated() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        producers.addPostProcessor(producer -> watched(
                producer,
                "commitTransaction",
                () -> {
                    if (commits.incrementAndGet() == 2) {
                        Thread.currentThread().interrupt();
                    }
                },
                () -> {}));
        try (SinkWriter<String> writer = open(sink(row -> row))) {
            RDD<String> rows = context.parallelize(List.of("a"), 1);
            assertThatExceptionOfType(InterruptException.class).isThrownBy(() -> writer.write(rows, FIRST));
            assertThat(Thread.interrupted()).isTrue();
            writer.write(rows, FIRST);
            writer.write(context.parallelize(List.of("b")), SECOND);
        }
        assertThat(kafka.committedValues(topic)).containsExactly("a", "b");
    }

    @Test
    void aBatchThatIsInterruptedLeavesNoTransactionOpen() throws Exception {
        producers.addPostProcessor(producer ->
                watched(producer, "flush", () -> Thread.currentThread().interrupt(), () -> {}));
        try (SinkWriter<String> writer = open(sink(row -> row))) {
            RDD<String> rows = context.parallelize(List.of("a"), 1);
            assertThatExceptionOfType(InterruptException.class).isThrownBy(() -> writer.write(rows, FIRST));
            assertThat(Thread.interrupted()).isTrue();
        }
        kafka.send(topic, 0, "behind"); // is seen because no transaction is left open
        kafka.send(topic, 1, "behind");
        assertThat(kafka.committedValues(topic)).containsExactly("behind", "behind");
    }

    private KafkaSink<String> sink(Function<String, String> value) {
        return KafkaSink.to(producers, topic, row -> null, value);
    }

    private static SinkWriter<String> open(KafkaSink<String> sink) {
        return sink.open(
                new SinkContext("p", TestKafka.newName("output"), StreamClock.system(), Duration.ofSeconds(1)));
    }

    /** As the scheduler does. */
    private static void writeUntilWritten(SinkWriter<String> writer, RDD<String> rows, Instant time) throws Exception {
        boolean written = false;
        while (!written) {
            try {
                writer.write(rows, time);
                written = true;
            } catch (SinkUnavailableException away) {
                // it is written again
            }
        }
    }

    private static void awaitProblem(TestPipeline pipeline) {
        pipeline.await(() -> pipeline.context().info().state() == State.WAITING);
        assertThat(pipeline.context().info().problem()).isInstanceOf(SinkUnavailableException.class);
    }

    private static void awaitRows(TestPipeline pipeline, long rows) {
        pipeline.await(() -> pipeline.context().info().state() == State.ACTIVE
                && pipeline.context().batches().stream()
                                .filter(batch -> batch.status() == Status.COMMITTED)
                                .mapToLong(BatchInfo::numRecords)
                                .sum()
                        == rows);
    }

    /** Does something before and after each call of a method. */
    @SuppressWarnings("unchecked") // a proxy of the same interface
    private static Producer<String, String> watched(
            Producer<String, String> producer, String watched, Runnable before, Runnable after) {
        return (Producer<String, String>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    boolean calls = method.getName().equals(watched);
                    if (calls) {
                        before.run();
                    }
                    try {
                        Object result = method.invoke(producer, arguments);
                        if (calls) {
                            after.run();
                        }
                        return result;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }
}
