package io.dstream.boot.autoconfigure;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.boot.StreamPipeline;
import io.dstream.scheduler.FailureSettings;
import io.dstream.time.StreamClock;
import java.util.List;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.util.StringUtils;

/** Auto-configuration of the root {@link StreamingContext}, and of one derived from it for every {@link StreamPipeline} bean. */
@AutoConfiguration
@EnableConfigurationProperties(StreamingProperties.class)
public final class StreamingAutoConfiguration {

    @Bean
    static PipelineRegistrar streamPipelineRegistrar() {
        return new PipelineRegistrar();
    }

    @Bean
    @ConditionalOnMissingBean
    StreamingConfig streamingConfig(
            StreamingProperties properties,
            ConfigurableListableBeanFactory beans,
            ObjectProvider<StreamClock> clock,
            ObjectProvider<StreamingConfigCustomizer> customizers) {
        StreamingConfig config = ConfigMapper.rootConfig(properties).withAllowedPackages(ownPackages(beans));
        config = CodecBeans.addTo(config, beans);
        config = config.withClock(clock.getIfAvailable(config::clock));
        for (StreamingConfigCustomizer customizer : customizers.orderedStream().toList()) {
            config = customizer.customize(config);
        }
        return config;
    }

    @Bean
    @ConditionalOnMissingBean
    StreamingContext streamingContext(StreamingConfig config) {
        return new StreamingContext(config);
    }

    /** Those of the application, without the one that has no name. */
    private static String[] ownPackages(BeanFactory beans) {
        List<String> packages = AutoConfigurationPackages.has(beans) ? AutoConfigurationPackages.get(beans) : List.of();
        return packages.stream().filter(StringUtils::hasText).toArray(String[]::new);
    }

    /** Lets batches wait for a database that is away. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TransientDataAccessException.class)
    static class DataAccessConfiguration {

        @Bean
        StreamingConfigCustomizer transientDataAccessCustomizer() {
            return config -> config.withFailure(waitingForData(config.failure()));
        }

        private static FailureSettings waitingForData(FailureSettings settings) {
            return new FailureSettings(
                    settings.policy(),
                    settings.maxAttempts(),
                    settings.backoff(),
                    settings.surroundings().or(TransientDataAccessException.class::isInstance));
        }
    }
}
