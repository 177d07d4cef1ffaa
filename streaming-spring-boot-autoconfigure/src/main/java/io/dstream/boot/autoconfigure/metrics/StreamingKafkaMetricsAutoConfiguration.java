package io.dstream.boot.autoconfigure.metrics;

import io.dstream.boot.autoconfigure.StreamingAutoConfiguration;
import io.dstream.boot.autoconfigure.StreamingConfigCustomizer;
import io.dstream.boot.autoconfigure.StreamingKafkaAutoConfiguration;
import io.dstream.boot.metrics.DirectStreamMetrics;
import io.dstream.kafka.DirectStreamMonitor;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of {@link DirectStreamMetrics}. */
@AutoConfiguration(
        before = StreamingAutoConfiguration.class,
        after = StreamingKafkaAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass({MeterRegistry.class, DirectStreamMonitor.class})
@ConditionalOnBean({MeterRegistry.class, DirectStreamMonitor.class})
public final class StreamingKafkaMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    DirectStreamMetrics directStreamMetrics(MeterRegistry registry, DirectStreamMonitor monitor) {
        return new DirectStreamMetrics(registry, monitor);
    }

    @Bean
    StreamingConfigCustomizer directStreamMetricsCustomizer(DirectStreamMetrics metrics) {
        return config -> config.withObserver(metrics);
    }
}
