package io.dstream.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dstream.StreamingContext;
import io.dstream.boot.autoconfigure.StreamingAutoConfiguration;
import io.dstream.boot.autoconfigure.StreamingKafkaAutoConfiguration;
import io.dstream.boot.autoconfigure.StreamingLifecycleAutoConfiguration;
import io.dstream.boot.autoconfigure.health.StreamingKafkaHealthContributorAutoConfiguration;
import io.dstream.boot.autoconfigure.metrics.StreamingKafkaMetricsAutoConfiguration;
import io.dstream.boot.health.DirectStreamHealthIndicator;
import io.dstream.kafka.KafkaUtils;
import io.dstream.kafka.broker.KafkaBroker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/** A stream of a topic in a Spring Boot application, which has but {@code spring.kafka.*}; with a broker, which is killed. */
class DirectStreamOverBrokerTest {

    private static KafkaBroker broker;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void aStreamHasTheConsumersOfTheApplicationAndItsMetersAndHealth() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        KafkaAutoConfiguration.class,
                        StreamingAutoConfiguration.class,
                        StreamingKafkaAutoConfiguration.class,
                        StreamingLifecycleAutoConfiguration.class,
                        StreamingKafkaHealthContributorAutoConfiguration.class,
                        StreamingKafkaMetricsAutoConfiguration.class))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(NewTopic.class, () -> new NewTopic("lines", 1, (short) 1))
                .withBean("lines", Lines.class)
                .withPropertyValues(
                        "spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                        "spring.kafka.consumer.group-id=lines",
                        "spring.kafka.consumer.auto-offset-reset=earliest",
                        "spring.kafka.consumer.properties.default.api.timeout.ms=1000",
                        "streaming.batch-interval=100ms",
                        "streaming.kafka.max-rate-per-partition=10",
                        "streaming.shutdown.graceful=false",
                        "streaming.failure.backoff=100ms")
                .run(this::useIt);
    }

    private void useIt(ApplicationContext context) {
        Lines lines = context.getBean(Lines.class);
        @SuppressWarnings("unchecked") // as it is injected
        KafkaTemplate<String, String> template = (KafkaTemplate<String, String>) context.getBean("kafkaTemplate");
        assertThat(template.send("lines", "a")).succeedsWithin(Duration.ofSeconds(30));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(lines.seen).containsExactly("a"));
        DirectStreamHealthIndicator health = context.getBean(DirectStreamHealthIndicator.class);
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(lag(context).value()).isZero());
        broker.kill();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(health.health().getStatus()).isEqualTo(Status.DOWN));
        assertThat(health.health().getDetails().get("lines/kafka-0")).asString().contains("is away");
    }

    private static Gauge lag(ApplicationContext context) {
        return context.getBean(MeterRegistry.class)
                .get("streaming.kafka.lag")
                .tag("pipeline", "lines")
                .tag("input", "kafka-0")
                .tag("topic", "lines")
                .tag("partition", "0")
                .gauge();
    }

    @StreamPipeline("lines")
    static final class Lines implements StreamDefinition {

        private final ConsumerFactory<String, String> consumers;
        private final List<String> seen = new CopyOnWriteArrayList<>();

        Lines(ConsumerFactory<String, String> consumers) {
            this.consumers = consumers;
        }

        @Override
        public void define(StreamingContext streams) {
            KafkaUtils.createDirectStream(streams, consumers, "lines")
                    .map(ConsumerRecord::value)
                    .foreachRDD(rdd -> seen.addAll(rdd.collect()));
        }
    }
}
