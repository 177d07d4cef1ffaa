package io.dstream.boot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dstream.StreamingContext;
import io.dstream.boot.autoconfigure.StreamingAutoConfiguration;
import io.dstream.boot.autoconfigure.StreamingKafkaAutoConfiguration;
import io.dstream.boot.autoconfigure.StreamingLifecycleAutoConfiguration;
import io.dstream.boot.autoconfigure.health.StreamingHealthContributorAutoConfiguration;
import io.dstream.boot.autoconfigure.health.StreamingKafkaHealthContributorAutoConfiguration;
import io.dstream.boot.autoconfigure.metrics.StreamingKafkaMetricsAutoConfiguration;
import io.dstream.boot.health.DirectStreamHealthIndicator;
import io.dstream.boot.health.StreamingHealthContributor;
import io.dstream.kafka.KafkaUtils;
import io.dstream.kafka.OnError;
import io.dstream.kafka.broker.KafkaBroker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;

/** A stream of a topic in a Spring Boot application, which has but {@code spring.kafka.*}; with a broker over SSL, which is killed. */
@ExtendWith(OutputCaptureExtension.class)
class DirectStreamOverBrokerTest {

    private static KafkaBroker broker;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.startWithSsl();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void aStreamHasTheConsumersOfTheApplicationAndItsSslBundleMetersAndHealth(CapturedOutput output) {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class,
                        KafkaAutoConfiguration.class,
                        StreamingAutoConfiguration.class,
                        StreamingKafkaAutoConfiguration.class,
                        StreamingLifecycleAutoConfiguration.class,
                        StreamingHealthContributorAutoConfiguration.class,
                        StreamingKafkaHealthContributorAutoConfiguration.class,
                        StreamingKafkaMetricsAutoConfiguration.class))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean("topic", NewTopic.class, () -> new NewTopic("lines", 1, (short) 1))
                .withBean("deadLetters", NewTopic.class, () -> new NewTopic("lines-dlt", 1, (short) 1))
                .withBean("lines", Lines.class)
                .withBean("stuck", Stuck.class)
                .withPropertyValues(
                        "spring.ssl.bundle.jks.broker.truststore.location=file:" + broker.trustStore(),
                        "spring.ssl.bundle.jks.broker.truststore.type=PKCS12",
                        "spring.ssl.bundle.jks.broker.truststore.password=" + broker.trustStorePassword(),
                        "spring.kafka.bootstrap-servers=" + broker.sslBootstrapServers(),
                        "spring.kafka.security.protocol=SSL",
                        "spring.kafka.ssl.bundle=broker",
                        "spring.kafka.consumer.group-id=lines",
                        "spring.kafka.consumer.auto-offset-reset=earliest",
                        "spring.kafka.consumer.properties.default.api.timeout.ms=1000",
                        "streaming.batch-interval=100ms",
                        "streaming.kafka.max-rate-per-partition=10",
                        "streaming.shutdown.graceful=false",
                        "streaming.failure.max-attempts=1",
                        "streaming.failure.backoff=100ms")
                .run(this::useIt);
        assertThat(output).doesNotContain("already registered", "already been registered");
    }

    private void useIt(ApplicationContext context) {
        Lines lines = context.getBean(Lines.class);
        send(context, "a");
        eventually(() -> assertThat(lines.seen).containsExactly("a"));
        eventually(() -> assertThat(lag(context).value()).isZero());
        send(context, "poison");
        eventually(() -> assertThat(failed(context, "dead-letter")).isEqualTo(1));
        assertThat(failed(context, "skipped")).isZero();
        assertThat(lines.seen).containsExactly("a");
        assertThat(brokers(context).getDetails().get("lines/kafka-0"))
                .asString()
                .contains("deadLetters=1");
        eventually(() -> assertThat(health(context, "stuck")).isEqualTo(Status.DOWN));
        assertThat(health(context, "lines")).isEqualTo(Status.UP);
        assertThat(brokers(context).getStatus()).isEqualTo(Status.UP); // so that is not why one is down
        broker.kill();
        eventually(() -> assertThat(brokers(context).getStatus()).isEqualTo(Status.DOWN));
        eventually(() -> assertThat(health(context, "lines")).isEqualTo(Status.DOWN));
        assertThat(brokers(context).getDetails().get("lines/kafka-0"))
                .asString()
                .contains("is away");
    }

    private static void send(ApplicationContext context, String value) {
        @SuppressWarnings("unchecked") // as it is injected
        KafkaTemplate<String, String> template = (KafkaTemplate<String, String>) context.getBean("kafkaTemplate");
        assertThat(template.send("lines", value)).succeedsWithin(Duration.ofSeconds(30));
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
    }

    private static Status health(ApplicationContext context, String pipeline) {
        StreamingHealthContributor health = context.getBean(StreamingHealthContributor.class);
        return requireNonNull((HealthIndicator) health.getContributor(pipeline))
                .health()
                .getStatus();
    }

    private static Health brokers(ApplicationContext context) {
        return context.getBean(DirectStreamHealthIndicator.class).health();
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

    private static double failed(ApplicationContext context, String outcome) {
        return context.getBean(MeterRegistry.class)
                .get("streaming.kafka.records.failed")
                .tag("pipeline", "lines")
                .tag("input", "kafka-0")
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }

    @StreamPipeline("lines")
    static final class Lines implements StreamDefinition {

        private final ConsumerFactory<String, String> consumers;
        private final ProducerFactory<String, String> producers;
        private final List<String> seen = new CopyOnWriteArrayList<>();

        Lines(ConsumerFactory<String, String> consumers, ProducerFactory<String, String> producers) {
            this.consumers = consumers;
            this.producers = producers;
        }

        @Override
        public void define(StreamingContext streams) {
            KafkaUtils.createDirectStream(streams, consumers, "lines")
                    .onError(OnError.deadLetter(producers, "lines-dlt"))
                    .map(record -> {
                        if (record.value().equals("poison")) {
                            throw new IllegalArgumentException("poisoned");
                        }
                        return record.value();
                    })
                    .foreachRDD(rdd -> seen.addAll(rdd.collect()));
        }
    }

    @StreamPipeline("stuck")
    static final class Stuck implements StreamDefinition {

        private final ConsumerFactory<String, String> consumers;

        Stuck(ConsumerFactory<String, String> consumers) {
            this.consumers = consumers;
        }

        @Override
        public void define(StreamingContext streams) {
            KafkaUtils.createDirectStream(streams, consumers, "lines").foreachRDD(rdd -> {
                if (!rdd.isEmpty()) {
                    throw new IllegalStateException("stuck");
                }
            });
        }
    }
}
