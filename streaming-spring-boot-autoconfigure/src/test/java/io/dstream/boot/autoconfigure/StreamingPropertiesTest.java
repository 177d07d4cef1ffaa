package io.dstream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.input.BackpressureSettings;
import io.dstream.input.BackpressureSettings.Pid;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.receiver.ReceiverSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.storage.StorageSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** From properties to the configuration of contexts. */
class StreamingPropertiesTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(StreamingAutoConfiguration.class, StreamingLifecycleAutoConfiguration.class))
            .withUserConfiguration(Pipelines.class);

    @Test
    void everyPropertyReachesTheRootContext() {
        runner.withPropertyValues(
                        "streaming.auto-startup=false",
                        "streaming.batch-interval=250ms",
                        "streaming.parallelism=3",
                        "streaming.storage.directory=/somewhere",
                        "streaming.storage.max-memory=6MB",
                        "streaming.max-records-per-batch=500",
                        "streaming.receiver.block-interval=50ms",
                        "streaming.receiver.restart-delay=3s",
                        "streaming.receiver.max-line-length=2KB",
                        "streaming.receiver.max-rate=80",
                        "streaming.receiver.max-memory=3MB",
                        "streaming.receiver.max-disk=4MB",
                        "streaming.receiver.max-frame-length=5KB",
                        "streaming.receiver.read-timeout=9s",
                        "streaming.backpressure.enabled=true",
                        "streaming.backpressure.initial-rate=70",
                        "streaming.backpressure.min-rate=7",
                        "streaming.backpressure.pid.proportional=0.9",
                        "streaming.backpressure.pid.integral=0.3",
                        "streaming.backpressure.pid.derivative=0.1",
                        "streaming.checkpoint.directory=/var/lib/orders",
                        "streaming.checkpoint.retain=10",
                        "streaming.checkpoint.aliases[com.shop.Order]=" + Pair.class.getName(),
                        "streaming.checkpoint.aliases.com.shop.Sale=" + Pair.class.getName(),
                        "streaming.write-ahead-log.enabled=true",
                        "streaming.failure.policy=skip",
                        "streaming.failure.max-attempts=5",
                        "streaming.failure.backoff=10ms",
                        "streaming.shutdown.graceful=false",
                        "streaming.shutdown.timeout=7s")
                .run(context -> {
                    StreamingConfig config =
                            context.getBean(StreamingContext.class).config();
                    assertThat(config.batchInterval()).isEqualTo(Duration.ofMillis(250));
                    assertThat(config.parallelism()).isEqualTo(3);
                    assertThat(config.storage()).isEqualTo(new StorageSettings(Path.of("/somewhere"), 6 << 20));
                    assertThat(config.maxRecordsPerBatch()).isEqualTo(500);
                    assertThat(config.receiver())
                            .isEqualTo(new ReceiverSettings(
                                    Duration.ofMillis(50),
                                    Duration.ofSeconds(3),
                                    80L,
                                    3 << 20,
                                    4 << 20,
                                    2 << 10,
                                    5 << 10,
                                    Duration.ofSeconds(9)));
                    assertThat(config.backpressure())
                            .isEqualTo(new BackpressureSettings(true, 70L, 7, new Pid(0.9, 0.3, 0.1)));
                    assertThat(config.checkpointDirectory()).isEqualTo(Path.of("/var/lib/orders"));
                    assertThat(config.checkpointRetain()).isEqualTo(10);
                    assertThat(config.aliases())
                            .isEqualTo(Map.of("com.shop.Order", Pair.class, "com.shop.Sale", Pair.class));
                    assertThat(config.writeAheadLog()).isTrue();
                    assertThat(config.failure().policy()).isEqualTo(Policy.SKIP);
                    assertThat(config.failure().maxAttempts()).isEqualTo(5);
                    assertThat(config.failure().backoff()).isEqualTo(Duration.ofMillis(10));
                    assertThat(config.shutdown()).isEqualTo(new StreamingConfig.Shutdown(false, Duration.ofSeconds(7)));
                });
    }

    @Test
    void everyPropertyOfAPipelineOverridesTheCommonOne() {
        runner.withPropertyValues(
                        "streaming.auto-startup=false",
                        "streaming.pipelines.orders.batch-interval=250ms",
                        "streaming.pipelines.orders.max-records-per-batch=500",
                        "streaming.pipelines.orders.receiver.block-interval=50ms",
                        "streaming.pipelines.orders.receiver.restart-delay=3s",
                        "streaming.pipelines.orders.receiver.max-line-length=2KB",
                        "streaming.pipelines.orders.receiver.max-rate=80",
                        "streaming.pipelines.orders.receiver.max-memory=3MB",
                        "streaming.pipelines.orders.receiver.max-disk=4MB",
                        "streaming.pipelines.orders.receiver.max-frame-length=5KB",
                        "streaming.pipelines.orders.receiver.read-timeout=9s",
                        "streaming.pipelines.orders.backpressure.enabled=true",
                        "streaming.pipelines.orders.backpressure.initial-rate=70",
                        "streaming.pipelines.orders.backpressure.min-rate=7",
                        "streaming.pipelines.orders.backpressure.pid.proportional=0.9",
                        "streaming.pipelines.orders.backpressure.pid.integral=0.3",
                        "streaming.pipelines.orders.backpressure.pid.derivative=0.1",
                        "streaming.pipelines.orders.checkpoint.directory=/var/lib/orders",
                        "streaming.pipelines.orders.checkpoint.retain=10",
                        "streaming.pipelines.orders.write-ahead-log.enabled=true",
                        "streaming.pipelines.orders.failure.policy=skip",
                        "streaming.pipelines.orders.failure.max-attempts=5",
                        "streaming.pipelines.orders.failure.backoff=10ms",
                        "streaming.pipelines.orders.shutdown.graceful=false",
                        "streaming.pipelines.orders.shutdown.timeout=7s")
                .run(context -> {
                    StreamingConfig config =
                            context.getBean("orders", StreamingContext.class).config();
                    assertThat(config.batchInterval()).isEqualTo(Duration.ofMillis(250));
                    assertThat(config.maxRecordsPerBatch()).isEqualTo(500);
                    assertThat(config.receiver())
                            .isEqualTo(new ReceiverSettings(
                                    Duration.ofMillis(50),
                                    Duration.ofSeconds(3),
                                    80L,
                                    3 << 20,
                                    4 << 20,
                                    2 << 10,
                                    5 << 10,
                                    Duration.ofSeconds(9)));
                    assertThat(config.backpressure())
                            .isEqualTo(new BackpressureSettings(true, 70L, 7, new Pid(0.9, 0.3, 0.1)));
                    assertThat(config.checkpointDirectory()).isEqualTo(Path.of("/var/lib/orders"));
                    assertThat(config.checkpointRetain()).isEqualTo(10);
                    assertThat(config.writeAheadLog()).isTrue();
                    assertThat(config.failure().policy()).isEqualTo(Policy.SKIP);
                    assertThat(config.failure().maxAttempts()).isEqualTo(5);
                    assertThat(config.failure().backoff()).isEqualTo(Duration.ofMillis(10));
                    assertThat(config.shutdown()).isEqualTo(new StreamingConfig.Shutdown(false, Duration.ofSeconds(7)));
                });
    }

    @Test
    void whatAPipelineDoesNotSetItInherits() {
        runner.withPropertyValues(
                        "streaming.batch-interval=250ms",
                        "streaming.failure.max-attempts=5",
                        "streaming.failure.policy=skip",
                        "streaming.pipelines.orders.failure.max-attempts=7")
                .run(context -> {
                    StreamingConfig orders =
                            context.getBean("orders", StreamingContext.class).config();
                    assertThat(orders.batchInterval()).isEqualTo(Duration.ofMillis(250));
                    assertThat(orders.failure().maxAttempts()).isEqualTo(7);
                    assertThat(orders.failure().policy()).isEqualTo(Policy.SKIP);
                    StreamingConfig other =
                            context.getBean("Other.v1", StreamingContext.class).config();
                    assertThat(other.failure().maxAttempts()).isEqualTo(5);
                });
    }

    @Test
    void aPipelineMayHaveNoCheckpointDirectoryWhereOthersHaveOne() {
        runner.withPropertyValues(
                        "streaming.checkpoint.directory=/var/lib/streams",
                        "streaming.pipelines.orders.checkpoint.directory=")
                .withPropertyValues("streaming.auto-startup=false")
                .run(context -> {
                    assertThat(context.getBean("orders", StreamingContext.class)
                                    .config()
                                    .checkpointDirectory())
                            .isNull();
                    assertThat(context.getBean("Other.v1", StreamingContext.class)
                                    .config()
                                    .checkpointDirectory())
                            .isEqualTo(Path.of("/var/lib/streams"));
                });
    }

    @Test
    void aNameWithCapitalsOrDotsGoesInBrackets() {
        runner.withPropertyValues("streaming.pipelines[Other.v1].batch-interval=250ms")
                .run(context -> assertThat(context.getBean("Other.v1", StreamingContext.class)
                                .config()
                                .batchInterval())
                        .isEqualTo(Duration.ofMillis(250)));
    }

    /** They are those of the process, where others may have some that begin so. */
    @Test
    void environmentVariablesAndSystemPropertiesThatAreNotKnownDoNoHarm() {
        runner.withInitializer(context -> {
                    MutablePropertySources sources = context.getEnvironment().getPropertySources();
                    sources.replace(
                            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                            new SystemEnvironmentPropertySource(
                                    StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                    Map.of("STREAMING_URL", "x", "STREAMING_BATCHINTERVAL", "250ms")));
                })
                .withSystemProperties("streaming.url=x")
                .run(context -> assertThat(
                                context.getBean(StreamingContext.class).config().batchInterval())
                        .isEqualTo(Duration.ofMillis(250)));
    }

    @Test
    void theDefaultsInTheMetadataAreThoseOfTheLibrary() throws IOException {
        runner.withPropertyValues(defaultsInMetadata()).run(context -> assertThat(
                        context.getBean(StreamingContext.class).config())
                .usingRecursiveComparison()
                .ignoringFields("clock", "failure.surroundings")
                .isEqualTo(StreamingConfig.defaults()));
        assertThat(defaultsInMetadata()).hasSize(25);
    }

    private static String[] defaultsInMetadata() throws IOException {
        try (InputStream metadata =
                StreamingProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            List<Map<String, Object>> defaults =
                    JsonPath.read(metadata, "$.properties[?(@.name =~ /streaming\\..*/ && @.defaultValue)]");
            return defaults.stream()
                    .map(property -> property.get("name") + "=" + property.get("defaultValue"))
                    .toArray(String[]::new);
        }
    }

    private static void define(StreamingContext streams) {
        Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
        streams.queueStream(queue).foreachRDD(rdd -> rdd.count());
    }

    @Configuration(proxyBeanMethods = false)
    static class Pipelines {

        @Bean
        @StreamPipeline("orders")
        StreamDefinition ordersPipeline() {
            return StreamingPropertiesTest::define;
        }

        @Bean
        @StreamPipeline("Other.v1")
        StreamDefinition otherPipeline() {
            return StreamingPropertiesTest::define;
        }
    }
}
