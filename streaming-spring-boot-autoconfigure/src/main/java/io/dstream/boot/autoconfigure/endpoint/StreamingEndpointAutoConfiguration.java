package io.dstream.boot.autoconfigure.endpoint;

import io.dstream.StreamingContext;
import io.dstream.boot.actuate.endpoint.StreamingEndpoint;
import io.dstream.boot.autoconfigure.StreamingAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of {@link StreamingEndpoint}. */
@AutoConfiguration(after = StreamingAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(StreamingEndpoint.class)
public final class StreamingEndpointAutoConfiguration {

    @Bean
    @ConditionalOnBean(StreamingContext.class)
    @ConditionalOnMissingBean
    StreamingEndpoint streamingEndpoint(StreamingContext context) {
        return new StreamingEndpoint(context);
    }
}
