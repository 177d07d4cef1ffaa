package io.dstream.boot.test.autoconfigure;

import io.dstream.StreamingContext;
import io.dstream.boot.autoconfigure.DefinedPipeline;
import io.dstream.boot.autoconfigure.StreamingAutoConfiguration;
import io.dstream.test.TestStreamingContext;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
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

    /** There also for a test that does not ask for a context: that its pipelines are there is made sure of at its start. */
    @Bean
    @Lazy(false)
    TestStreamingContextFactory testStreamingContextFactory(
            StreamingContext root,
            ObjectProvider<DefinedPipeline> pipelines,
            Environment environment,
            BeanFactory application) {
        return new TestStreamingContextFactory(root.config(), pipelines.stream().toList(), environment, application);
    }

    @Bean
    @Scope(StreamTestScope.NAME)
    TestStreamingContext testStreamingContext(TestStreamingContextFactory factory) {
        return factory.create();
    }
}
