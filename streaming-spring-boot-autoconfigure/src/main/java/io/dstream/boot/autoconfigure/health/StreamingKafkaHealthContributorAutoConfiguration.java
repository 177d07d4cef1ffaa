package io.dstream.boot.autoconfigure.health;

import io.dstream.boot.autoconfigure.StreamingKafkaAutoConfiguration;
import io.dstream.boot.health.DirectStreamHealthIndicator;
import io.dstream.kafka.DirectStreamMonitor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of {@link DirectStreamHealthIndicator}. */
@AutoConfiguration(after = StreamingKafkaAutoConfiguration.class)
@ConditionalOnClass({ConditionalOnEnabledHealthIndicator.class, DirectStreamMonitor.class})
@ConditionalOnBean(DirectStreamMonitor.class)
@ConditionalOnEnabledHealthIndicator("streaming-kafka")
public final class StreamingKafkaHealthContributorAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = {"streamingKafkaHealthIndicator", "streamingKafkaHealthContributor"})
    DirectStreamHealthIndicator streamingKafkaHealthIndicator(DirectStreamMonitor monitor) {
        return new DirectStreamHealthIndicator(monitor);
    }
}
