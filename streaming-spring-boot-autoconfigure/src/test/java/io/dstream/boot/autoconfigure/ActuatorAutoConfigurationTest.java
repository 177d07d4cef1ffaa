package io.dstream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.StreamingContext;
import io.dstream.boot.actuate.endpoint.StreamingEndpoint;
import io.dstream.boot.autoconfigure.endpoint.StreamingEndpointAutoConfiguration;
import io.dstream.boot.autoconfigure.health.StreamingHealthContributorAutoConfiguration;
import io.dstream.boot.autoconfigure.metrics.StreamingMetricsAutoConfiguration;
import io.dstream.boot.health.StreamingHealthContributor;
import io.dstream.boot.metrics.StreamingMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Health, endpoint and meters are there if what they need is, if they are enabled, and unless the user has their own. */
class ActuatorAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    StreamingAutoConfiguration.class,
                    StreamingHealthContributorAutoConfiguration.class,
                    StreamingEndpointAutoConfiguration.class,
                    StreamingMetricsAutoConfiguration.class));

    @Test
    void healthIsThere() {
        runner.run(context -> assertThat(context).hasSingleBean(StreamingHealthContributor.class));
    }

    @Test
    void healthIsNotThereIfItIsDisabled() {
        runner.withPropertyValues("management.health.streaming.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(StreamingHealthContributor.class));
    }

    @Test
    void healthIsNotThereWithoutTheHealthModule() {
        runner.withClassLoader(new FilteredClassLoader(ConditionalOnEnabledHealthIndicator.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("streamingHealthContributor"));
    }

    @Test
    void aHealthIndicatorOfTheUserWins() {
        HealthIndicator own = () -> Health.up().build();
        runner.withBean("streamingHealthIndicator", HealthIndicator.class, () -> own)
                .run(context -> assertThat(context).doesNotHaveBean(StreamingHealthContributor.class));
    }

    @Test
    void theEndpointIsThereIfItIsExposed() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=streaming")
                .run(context -> assertThat(context).hasSingleBean(StreamingEndpoint.class));
    }

    @Test
    void theEndpointIsNotThereIfItIsNotExposed() {
        runner.run(context -> assertThat(context).doesNotHaveBean(StreamingEndpoint.class));
    }

    @Test
    void theEndpointIsNotThereIfItIsNotAccessible() {
        runner.withPropertyValues(
                        "management.endpoints.web.exposure.include=streaming",
                        "management.endpoint.streaming.access=NONE")
                .run(context -> assertThat(context).doesNotHaveBean(StreamingEndpoint.class));
    }

    @Test
    void theEndpointIsNotThereWithoutTheActuator() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=streaming")
                .withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("streamingEndpoint"));
    }

    @Test
    void anEndpointOfTheUserWins() {
        StreamingEndpoint own = new StreamingEndpoint(null);
        runner.withPropertyValues("management.endpoints.web.exposure.include=streaming")
                .withBean(StreamingEndpoint.class, () -> own)
                .run(context ->
                        assertThat(context).getBean(StreamingEndpoint.class).isSameAs(own));
    }

    @Test
    void metersObserveTheContextIfThereIsARegistry() {
        runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new).run(context -> assertThat(
                        context.getBean(StreamingContext.class).config().observers())
                .containsExactly(context.getBean(StreamingMetrics.class)));
    }

    @Test
    void metersAreNotThereWithoutARegistry() {
        runner.run(context -> {
            assertThat(context).doesNotHaveBean(StreamingMetrics.class);
            assertThat(context.getBean(StreamingContext.class).config().observers())
                    .isEmpty();
        });
    }

    @Test
    void metersAreNotThereWithoutMicrometer() {
        runner.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("streamingMetrics"));
    }

    @Test
    void metersOfTheUserWin() {
        StreamingMetrics own = new StreamingMetrics(new SimpleMeterRegistry(), () -> null);
        runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(StreamingMetrics.class, () -> own)
                .run(context -> assertThat(
                                context.getBean(StreamingContext.class).config().observers())
                        .containsExactly(own));
    }
}
