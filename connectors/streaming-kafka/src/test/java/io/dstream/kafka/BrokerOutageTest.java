package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo.State;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.time.StreamClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/** What a stream does while its broker is away, in real time. */
class BrokerOutageTest {

    private final TestKafka kafka = TestKafka.shared();
    private final String topic = kafka.newTopic(1);
    private TestPipeline pipeline;

    @BeforeEach
    void open() {
        pipeline = newPipeline();
        pipeline.collect(stream(pipeline));
    }

    @AfterEach
    void close() {
        pipeline.close();
        kafka.broker().restart();
    }

    @Test
    void batchesWaitForABrokerThatWasKilledAndMissNothingAndAPipelineStartsWithoutIt() {
        send(0, 100);
        pipeline.start();
        pipeline.await(() -> pipeline.all().size() == 100);
        kafka.broker().kill();
        awaitProblem();
        try (TestPipeline late = newPipeline()) {
            late.collect(stream(late));
            late.start();
            assertThat(late.stream().problem())
                    .contains("Kafka at " + kafka.broker().bootstrapServers() + " is away");
            kafka.broker().restart();
            send(100, 200);
            late.await(() -> late.all().size() >= 200);
            assertThat(late.all()).isEqualTo(numbers(0, 200));
        }
        pipeline.await(() -> pipeline.all().size() >= 200);
        assertThat(pipeline.all()).isEqualTo(numbers(0, 200));
        assertThat(pipeline.context().batches())
                .extracting(BatchInfo::status)
                .doesNotContain(Status.FAILED, Status.SKIPPED);
        assertThat(pipeline.stream().problem()).isNull();
    }

    @Test
    void batchesWaitForABrokerThatDoesNotAnswer() {
        send(0, 10);
        pipeline.start();
        pipeline.await(() -> pipeline.all().size() == 10);
        kafka.broker().suspend();
        try {
            awaitProblem();
        } finally {
            kafka.broker().resume();
        }
        send(10, 20);
        pipeline.await(() -> pipeline.all().size() >= 20);
        assertThat(pipeline.all()).isEqualTo(numbers(0, 20));
    }

    static List<Throwable> failures() {
        return List.of(new KafkaException("broken"), new OutOfMemoryError("of a test"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aConsumerThatFailsIsReplaced(Throwable failure) {
        pipeline.close();
        pipeline = newPipeline();
        AtomicInteger consumersMade = new AtomicInteger();
        DefaultKafkaConsumerFactory<String, String> consumers =
                new DefaultKafkaConsumerFactory<>(kafka.params("group.id", "replaced"));
        consumers.addPostProcessor(
                consumer -> consumersMade.incrementAndGet() == 1 ? failingAtFirstRecords(consumer, failure) : consumer);
        pipeline.collect(KafkaUtils.createDirectStream(pipeline.context(), consumers, topic));
        pipeline.start();
        send(0, 10);
        pipeline.await(() -> pipeline.all().size() >= 10);
        send(10, 20);
        pipeline.await(() -> pipeline.all().size() >= 20);
        assertThat(pipeline.all()).isEqualTo(numbers(0, 20));
        assertThat(consumersMade).hasValue(2);
    }

    @SuppressWarnings("unchecked") // a proxy of the same interface
    private static Consumer<String, String> failingAtFirstRecords(
            Consumer<String, String> consumer, Throwable failure) {
        return (Consumer<String, String>) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(consumer, arguments);
                    if (result instanceof ConsumerRecords<?, ?> records && !records.isEmpty()) {
                        throw failure;
                    }
                    return result;
                });
    }

    private DirectKafkaDStream<String, String> stream(TestPipeline of) {
        return KafkaUtils.createDirectStream(
                of.context(),
                LocationStrategies.PreferConsistent(),
                ConsumerStrategies.Subscribe(List.of(topic), kafka.params("default.api.timeout.ms", "1000")));
    }

    private TestPipeline newPipeline() {
        return new TestPipeline(
                StreamClock.system(),
                config -> config.withBatchInterval(Duration.ofMillis(100))
                        .withFailure(new FailureSettings(Policy.STOP, 3, Duration.ofMillis(200), failure -> false)),
                settings -> settings);
    }

    private void awaitProblem() {
        pipeline.await(() -> pipeline.context().info().state() == State.WAITING);
        assertThat(pipeline.stream().problem()).contains("is away");
        assertThat(pipeline.context().info().problem()).hasMessageContaining("is away");
    }

    private void send(int from, int until) {
        kafka.send(topic, 0, numbers(from, until).toArray(String[]::new));
    }

    private static List<String> numbers(int from, int until) {
        return IntStream.range(from, until).mapToObj(String::valueOf).toList();
    }
}
