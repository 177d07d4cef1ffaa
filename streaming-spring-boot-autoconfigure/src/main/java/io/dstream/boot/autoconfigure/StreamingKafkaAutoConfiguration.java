package io.dstream.boot.autoconfigure;

import io.dstream.StreamingConfig;
import io.dstream.kafka.DirectStreamMonitor;
import io.dstream.kafka.KafkaSettings;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of a {@link DirectStreamMonitor}, which knows the streams of Kafka topics of all pipelines. */
@AutoConfiguration(before = StreamingAutoConfiguration.class)
@ConditionalOnClass(DirectStreamMonitor.class)
public final class StreamingKafkaAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    DirectStreamMonitor directStreamMonitor() {
        return new DirectStreamMonitor();
    }

    @Bean
    StreamingConfigCustomizer directStreamMonitorCustomizer(DirectStreamMonitor monitor) {
        return config -> config.withConnectorSettings(settings(config).withMonitor(monitor));
    }

    private static KafkaSettings settings(StreamingConfig config) {
        return config.connectorSettings(KafkaSettings.class).orElseGet(KafkaSettings::defaults);
    }
}
