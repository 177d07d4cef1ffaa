package io.dstream.boot.test.autoconfigure;

import io.dstream.StreamingContext;
import io.dstream.boot.autoconfigure.DefinedPipeline;
import io.dstream.boot.autoconfigure.StreamingAutoConfiguration;
import io.dstream.test.TestStreamingContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.Environment;

/** Auto-configuration of a {@link TestStreamingContext} for each test method of a {@link StreamTest}. */
@AutoConfiguration(after = StreamingAutoConfiguration.class)
public final class StreamTestAutoConfiguration {

    @Bean
    static CustomScopeConfigurer streamTestScope() {
        CustomScopeConfigurer configurer = new CustomScopeConfigurer();
        configurer.addScope(StreamTestScope.NAME, new StreamTestScope());
        return configurer;
    }

    @Bean
    @Scope(StreamTestScope.NAME)
    TestStreamingContext testStreamingContext(
            StreamingContext root, ObjectProvider<DefinedPipeline> pipelines, Environment environment) {
        return new TestStreamingContextFactory(root.config(), pipelines.stream().toList(), environment).create();
    }
}
