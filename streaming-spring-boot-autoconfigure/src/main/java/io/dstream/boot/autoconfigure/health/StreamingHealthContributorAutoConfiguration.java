package io.dstream.boot.autoconfigure.health;

import io.dstream.StreamingContext;
import io.dstream.boot.autoconfigure.StreamingAutoConfiguration;
import io.dstream.boot.health.StreamingHealthContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of {@link StreamingHealthContributor}. */
@AutoConfiguration(after = StreamingAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(StreamingContext.class)
@ConditionalOnEnabledHealthIndicator("streaming")
public final class StreamingHealthContributorAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = {"streamingHealthIndicator", "streamingHealthContributor"})
    StreamingHealthContributor streamingHealthContributor(StreamingContext context) {
        return new StreamingHealthContributor(context);
    }
}
