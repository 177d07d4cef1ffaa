package io.dstream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.boot.autoconfigure.health.StreamingKafkaHealthContributorAutoConfiguration;
import io.dstream.boot.autoconfigure.metrics.StreamingKafkaMetricsAutoConfiguration;
import io.dstream.boot.health.DirectStreamHealthIndicator;
import io.dstream.boot.metrics.DirectStreamMetrics;
import io.dstream.kafka.DirectStreamMonitor;
import io.dstream.kafka.KafkaSettings;
import io.dstream.kafka.KafkaUtils;
import io.dstream.kafka.LostOffsets;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.kafka.core.ConsumerFactory;

/** Streams of Kafka topics in a Spring Boot application, without a broker. */
class StreamingKafkaAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    KafkaAutoConfiguration.class,
                    StreamingAutoConfiguration.class,
                    StreamingKafkaAutoConfiguration.class,
                    StreamingLifecycleAutoConfiguration.class,
                    StreamingKafkaHealthContributorAutoConfiguration.class,
                    StreamingKafkaMetricsAutoConfiguration.class))
            .withBean(MeterRegistry.class, SimpleMeterRegistry::new);

    @Test
    void everyPropertyReachesTheSettings() {
        runner.withPropertyValues(
                        "streaming.kafka.max-rate-per-partition=100",
                        "streaming.kafka.min-rate-per-partition=2",
                        "streaming.kafka.lost-offsets=earliest",
                        "streaming.kafka.commit-offsets=false",
                        "streaming.kafka.discovery-interval=1m")
                .run(context -> assertThat(settings(context.getBean(StreamingConfig.class)))
                        .isEqualTo(new KafkaSettings(
                                100L,
                                2,
                                LostOffsets.EARLIEST,
                                false,
                                Duration.ofMinutes(1),
                                context.getBean(DirectStreamMonitor.class))));
    }

    @Test
    void aPipelineHasItsOwnRateAndTheMonitorOfAll() {
        runner.withBean("orders", Orders.class)
                .withPropertyValues(
                        "streaming.auto-startup=false",
                        "streaming.kafka.lost-offsets=latest",
                        "streaming.pipelines.orders.kafka.max-rate-per-partition=5")
                .run(context -> {
                    StreamingConfig config = context.getBean(StreamingContext.class)
                            .pipelines()
                            .get(0)
                            .config();
                    assertThat(settings(config).maxRatePerPartition()).isEqualTo(5);
                    assertThat(settings(config).lostOffsets()).isEqualTo(LostOffsets.LATEST);
                    assertThat(settings(config).monitor()).isSameAs(context.getBean(DirectStreamMonitor.class));
                });
    }

    @Test
    void nothingIsThereWithoutTheModule() {
        runner.withClassLoader(new FilteredClassLoader(DirectStreamMonitor.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(StreamingContext.class)
                        .doesNotHaveBean("directStreamMonitor")
                        .doesNotHaveBean("directStreamMetrics")
                        .doesNotHaveBean("streamingKafkaHealthIndicator"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "streaming.kafka.max-rate-per-partition=100",
                "streaming.kafka.min-rate-per-partition=2",
                "streaming.kafka.lost-offsets=earliest",
                "streaming.kafka.commit-offsets=false",
                "streaming.kafka.discovery-interval=1m"
            })
    void aPropertyIsRefusedWithoutTheModule(String property) {
        runner.withClassLoader(new FilteredClassLoader("io.dstream.kafka"))
                .withPropertyValues(property)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("needs the module io.dstream:streaming-kafka"));
    }

    @Test
    void healthIsNotThereIfItIsDisabled() {
        runner.withPropertyValues("management.health.streaming-kafka.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(DirectStreamHealthIndicator.class));
    }

    @Test
    void metersAreNotThereWithoutARegistry() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        StreamingAutoConfiguration.class,
                        StreamingKafkaAutoConfiguration.class,
                        StreamingKafkaMetricsAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(DirectStreamMetrics.class));
    }

    @Test
    void healthIsUnknownWithoutAStream() {
        runner.run(context -> assertThat(health(context.getBean(DirectStreamHealthIndicator.class))
                        .getStatus())
                .isEqualTo(Status.UNKNOWN));
    }

    @Test
    void anApplicationStartsWithoutItsBrokerAndIsDown() {
        runner.withBean("orders", Orders.class)
                .withPropertyValues(
                        "spring.kafka.bootstrap-servers=127.0.0.1:1",
                        "spring.kafka.consumer.group-id=orders",
                        "streaming.shutdown.graceful=false",
                        "spring.kafka.consumer.properties.default.api.timeout.ms=300")
                .run(context -> {
                    Health health = health(context.getBean(DirectStreamHealthIndicator.class));
                    assertThat(health.getStatus()).isEqualTo(Status.DOWN);
                    assertThat(health.getDetails().get("orders/kafka-0"))
                            .asString()
                            .contains("Kafka at 127.0.0.1:1 is away");
                });
    }

    @Test
    void consumersThatCannotBeMadeAreToldWithARemedy() {
        runner.withBean("orders", Orders.class)
                .withPropertyValues("spring.kafka.bootstrap-servers=nowhere")
                .run(context -> {
                    FailureAnalysis analysis =
                            new MisconfigurationFailureAnalyzer().analyze(context.getStartupFailure());
                    assertThat(analysis.getDescription())
                            .startsWith("Input 'kafka-0' of pipeline 'orders' does not start: ")
                            .contains("Invalid url in bootstrap.servers: nowhere");
                    assertThat(analysis.getAction()).contains("spring.kafka.*");
                });
    }

    private static KafkaSettings settings(StreamingConfig config) {
        return config.connectorSettings(KafkaSettings.class).orElseThrow();
    }

    private static Health health(DirectStreamHealthIndicator indicator) {
        return indicator.health();
    }

    @StreamPipeline("orders")
    static final class Orders implements StreamDefinition {

        private final ConsumerFactory<String, String> consumers;

        Orders(ConsumerFactory<String, String> consumers) {
            this.consumers = consumers;
        }

        @Override
        public void define(StreamingContext streams) {
            KafkaUtils.createDirectStream(streams, consumers, "orders").foreachRDD(rdd -> {});
        }
    }
}
