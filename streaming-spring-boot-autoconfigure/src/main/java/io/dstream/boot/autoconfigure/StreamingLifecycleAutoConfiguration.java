package io.dstream.boot.autoconfigure;

import io.dstream.StreamingContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the pipelines' definition and lifecycle: they start and stop with the application. */
@AutoConfiguration(after = {StreamingAutoConfiguration.class, LifecycleAutoConfiguration.class})
@ConditionalOnBean(StreamingProperties.class)
public final class StreamingLifecycleAutoConfiguration {

    @Bean
    PipelineDefiner streamPipelineDefiner(ObjectProvider<DefinedPipeline> pipelines, StreamingProperties properties) {
        return new PipelineDefiner(pipelines, properties);
    }

    @Bean
    StreamingLifecycle streamingLifecycle(
            StreamingContext context,
            StreamingProperties properties,
            ObjectProvider<DefinedPipeline> pipelines,
            ObjectProvider<LifecycleProperties> spring) {
        return new StreamingLifecycle(context, properties, pipelines, spring.getIfAvailable());
    }

    @Bean
    VerificationEnd streamingVerificationEnd(StreamingLifecycle lifecycle) {
        return new VerificationEnd(lifecycle);
    }
}
