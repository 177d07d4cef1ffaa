package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.event.PipelineInfo.State;
import io.dstream.rdd.Pair;
import io.dstream.time.StreamClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a stream with a receiver does while its broker is away, in real time. */
class ReceiverOutageTest {

    private final TestKafka kafka = TestKafka.shared();
    private final String topic = kafka.newTopic(1);
    private final TestPipeline pipeline = new TestPipeline(
            StreamClock.system(),
            config -> config.withBatchInterval(Duration.ofMillis(100))
                    .withReceiver(config.receiver().withRestartDelay(Duration.ofMillis(100))),
            settings -> settings);

    @AfterEach
    void close() {
        pipeline.close();
        kafka.broker().restart();
    }

    @Test
    void aReceiverGoesOnWithABrokerThatWasKilledAndMissesNothing() {
        start();
        send(0, 100);
        pipeline.await(() -> pipeline.all().size() >= 100);
        kafka.broker().kill();
        awaitReport();
        kafka.broker().restart();
        send(100, 200);
        pipeline.await(() -> pipeline.all().containsAll(numbers(0, 200)));
        assertThat(pipeline.context().info().state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void aReceiverStartsWhenItsBrokerDoes() {
        send(0, 100);
        kafka.broker().kill();
        start();
        awaitReport();
        kafka.broker().restart();
        pipeline.await(() -> pipeline.all().containsAll(numbers(0, 100)));
    }

    @Test
    void aReceiverEndsAlsoWhenItsBrokerIsAway() {
        start();
        send(0, 100);
        pipeline.await(() -> pipeline.all().size() >= 100);
        kafka.broker().kill();
        assertThat(threads()).isNotEmpty();
        pipeline.context().stop();
        assertThat(threads()).isEmpty();
    }

    private List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("dstream-") && name.contains(topic))
                .toList();
    }

    private void start() {
        pipeline.collectValues(KafkaUtils.<String, String>createStream(
                        pipeline.context(), kafka.params("default.api.timeout.ms", "1000"), Map.of(topic, 1))
                .map(Pair::value));
        pipeline.start();
    }

    private void awaitReport() {
        pipeline.await(() -> pipeline.receiverErrors().stream()
                .anyMatch(
                        error -> error.contains("Kafka at " + kafka.broker().bootstrapServers() + " does not answer")));
    }

    private void send(int from, int until) {
        kafka.send(topic, 0, numbers(from, until).toArray(String[]::new));
    }

    private static List<String> numbers(int from, int until) {
        return IntStream.range(from, until).mapToObj(String::valueOf).toList();
    }
}
