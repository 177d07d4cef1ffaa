package io.dstream.boot.autoconfigure.metrics;

import io.dstream.StreamingContext;
import io.dstream.boot.autoconfigure.StreamingAutoConfiguration;
import io.dstream.boot.autoconfigure.StreamingConfigCustomizer;
import io.dstream.boot.metrics.StreamingMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;

/** Auto-configuration of {@link StreamingMetrics}. */
@AutoConfiguration(
        before = StreamingAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class StreamingMetricsAutoConfiguration {

    // The registry is taken, not bound to by a MeterBinder: that would come too late for a context started early
    @Bean
    @ConditionalOnMissingBean
    StreamingMetrics streamingMetrics(MeterRegistry registry, ObjectProvider<StreamingContext> root) {
        return new StreamingMetrics(registry, SingletonSupplier.of(root::getObject));
    }

    @Bean
    StreamingConfigCustomizer streamingMetricsCustomizer(StreamingMetrics metrics) {
        return config -> config.withObserver(metrics);
    }
}
