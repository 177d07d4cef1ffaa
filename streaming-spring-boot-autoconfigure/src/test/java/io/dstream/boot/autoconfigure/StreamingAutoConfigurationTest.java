package io.dstream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.boot.autoconfigure.scanned.WordCountPipeline;
import io.dstream.event.PipelineInfo.State;
import io.dstream.rdd.RDD;
import io.dstream.storage.Codec;
import io.dstream.time.ManualClock;
import io.dstream.time.StreamClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessException;

/** The beans there are, and whose bean wins. */
@ExtendWith(OutputCaptureExtension.class)
class StreamingAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    LifecycleAutoConfiguration.class,
                    StreamingAutoConfiguration.class,
                    StreamingLifecycleAutoConfiguration.class));

    @Test
    void withoutPropertiesTheRootContextHasTheDefaultsOfTheLibrary() {
        runner.run(context -> assertThat(context.getBean(StreamingContext.class).config())
                .usingRecursiveComparison()
                .ignoringFields("clock", "failure.surroundings")
                .isEqualTo(StreamingConfig.defaults()));
    }

    @Test
    void classesOfTheApplicationMayBeInFiles() {
        runner.withUserConfiguration(OwnPackage.class, FurtherPackage.class).run(context -> assertThat(
                        context.getBean(StreamingContext.class).config().allowedPackages())
                .containsExactly("com.shop", "com.bank"));
    }

    @Test
    void codecsOfTheApplicationAreForTheClassesThatTheirBeansName() {
        runner.withUserConfiguration(OwnCodecs.class).run(context -> assertThat(
                        context.getBean(StreamingContext.class).config().codecs())
                .isEqualTo(
                        Map.of(Fare.class, context.getBean("fares"), Route.class, context.getBean(RouteCodec.class))));
    }

    @Test
    void aCodecThatDoesNotTellOfWhichClassItIsIsRefused() {
        runner.withBean("lost", Codec.class, () -> new AnyCodec<>()).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("The bean 'lost' is a Codec that does not tell of which class"));
    }

    @Test
    void anApplicationWithoutAPackageStartsToo() {
        runner.withUserConfiguration(NoPackage.class).run(context -> assertThat(
                        context.getBean(StreamingContext.class).config().allowedPackages())
                .isEmpty());
    }

    @Test
    void withoutPipelinesTheApplicationStartsAndSaysHowToHaveOne(CapturedOutput output) {
        runner.run(context -> assertThat(context).hasNotFailed());
        assertThat(output).contains("There is no pipeline: annotate a StreamDefinition bean with @StreamPipeline");
    }

    @Test
    void theRootContextIsClosedWithTheApplication() {
        List<StreamingContext> roots = new ArrayList<>();
        runner.withUserConfiguration(Orders.class).run(context -> roots.add(context.getBean(StreamingContext.class)));
        assertThatIllegalStateException().isThrownBy(() -> roots.get(0).start()).withMessageContaining("closed");
    }

    @Test
    void aContextOfTheUserWinsAndHasThePipelines() {
        runner.withUserConfiguration(OwnContext.class, Orders.class).run(context -> {
            StreamingContext root = context.getBean(StreamingContext.class);
            assertThat(root).isSameAs(context.getBean("ownContext"));
            assertThat(root.pipelines()).extracting(StreamingContext::name).containsExactly("orders");
            assertThat(root.pipelines().get(0).config().parallelism()).isEqualTo(3);
        });
    }

    @Test
    void aConfigurationOfTheUserWins() {
        runner.withBean(StreamingConfig.class, () -> StreamingConfig.defaults().withParallelism(3))
                .run(context -> assertThat(
                                context.getBean(StreamingContext.class).config().parallelism())
                        .isEqualTo(3));
    }

    @Test
    void aClockOfTheUserIsUsed() {
        ManualClock clock = new ManualClock(Instant.EPOCH);
        runner.withBean(StreamClock.class, () -> clock).run(context -> assertThat(
                        context.getBean(StreamingContext.class).config().clock())
                .isSameAs(clock));
    }

    @Test
    void customizersChangeTheConfigurationInTheirOrder() {
        runner.withUserConfiguration(Customizers.class).run(context -> assertThat(
                        context.getBean(StreamingContext.class).config().maxRecordsPerBatch())
                .isEqualTo(14));
    }

    @Test
    void aScannedClassIsAPipelineUnderTheNameOfItsAnnotation(CapturedOutput output) {
        runner.withUserConfiguration(Scanning.class).run(context -> {
            assertThat(context).hasBean("wordCountPipeline");
            assertThat(context.getBean("word-count", StreamingContext.class).name())
                    .isEqualTo("word-count");
            assertThat(context.getBean(StreamingContext.class).pipelines())
                    .containsExactly(context.getBean("word-count", StreamingContext.class));
        });
        assertThat(output).doesNotContain("deprecated");
    }

    @Test
    void aBeanMethodIsAPipelineAlsoWhereItsBeanHasTheSameName() {
        runner.withUserConfiguration(Orders.class).run(context -> {
            assertThat(context.getBean("orders")).isInstanceOf(StreamDefinition.class);
            assertThat(context.getBean("ordersStreamingContext", StreamingContext.class)
                            .name())
                    .isEqualTo("orders");
        });
    }

    @Test
    void theAnnotationOfABeanMethodCountsMoreThanThatOfTheClass() {
        runner.withUserConfiguration(TwoOfOneClass.class).run(context -> assertThat(
                        context.getBean(StreamingContext.class).pipelines())
                .extracting(StreamingContext::name)
                .containsExactly("first", "second"));
    }

    @Test
    void pipelinesThatAreRegisteredAlreadyAreLeftAlone() {
        runner.withUserConfiguration(Orders.class)
                .withBean("secondRegistrar", PipelineRegistrar.class)
                .run(context -> assertThat(
                                context.getBean(StreamingContext.class).pipelines())
                        .hasSize(1));
    }

    @Test
    void aQualifierInjectsThePipelineAndNoQualifierTheRoot() {
        runner.withUserConfiguration(Orders.class, Scanning.class, Injected.class)
                .run(context -> assertThat(context.getBean("injectedNames"))
                        .isEqualTo(List.of("default", "orders", "word-count")));
    }

    @Test
    void definitionsAreMadeAfterBeanPostProcessors() {
        runner.withUserConfiguration(Orders.class, Remembering.class)
                .run(context ->
                        assertThat(context.getBean(Remembering.class).seen).contains("orders"));
    }

    @Test
    void withLazyInitializationPipelinesAreDefinedAndStartedAllTheSame() {
        runner.withUserConfiguration(Orders.class)
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> assertThat(
                                context.getBean(StreamingContext.class).pipelines())
                        .extracting(pipeline -> pipeline.info().state())
                        .containsExactly(State.ACTIVE));
    }

    @Test
    void transientDataAccessErrorsCountAsSurroundings() {
        runner.run(context -> assertThat(context.getBean(StreamingContext.class)
                        .config()
                        .failure()
                        .surroundings())
                .accepts(new QueryTimeoutException("slow"))
                .rejects(new IllegalStateException("broken")));
    }

    @Test
    void withoutSpringTxThereIsNothingToCountAsSurroundings() {
        runner.withClassLoader(new FilteredClassLoader(TransientDataAccessException.class))
                .run(context -> assertThat(context.getBean(StreamingContext.class)
                                .config()
                                .failure()
                                .surroundings())
                        .rejects(new IllegalStateException("broken")));
    }

    private static void defineNothingMuch(StreamingContext streams) {
        Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
        streams.queueStream(queue).foreachRDD(rdd -> rdd.count());
    }

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurationPackage(basePackages = "com.shop")
    static class OwnPackage {}

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurationPackage(basePackages = "")
    static class NoPackage {}

    @Configuration(proxyBeanMethods = false)
    static class FurtherPackage {

        @Bean
        StreamingConfigCustomizer bank() {
            return config -> config.withAllowedPackages("com.bank");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnContext {

        @Bean
        StreamingContext ownContext() {
            return new StreamingContext(
                    StreamingConfig.defaults().withParallelism(3).withBatchInterval(Duration.ofMillis(50)));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Customizers {

        @Bean
        @Order(2)
        StreamingConfigCustomizer doubling() {
            return config -> config.withMaxRecordsPerBatch(config.maxRecordsPerBatch() * 2);
        }

        @Bean
        @Order(1)
        StreamingConfigCustomizer seven() {
            return config -> config.withMaxRecordsPerBatch(7);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ComponentScan(basePackageClasses = WordCountPipeline.class)
    static class Scanning {}

    @Configuration(proxyBeanMethods = false)
    static class Orders {

        @Bean
        @StreamPipeline("orders")
        StreamDefinition orders() {
            return StreamingAutoConfigurationTest::defineNothingMuch;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoOfOneClass {

        @Bean
        @StreamPipeline("first")
        WordCountPipeline one() {
            return new WordCountPipeline();
        }

        @Bean
        @StreamPipeline("second")
        WordCountPipeline other() {
            return new WordCountPipeline();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Injected {

        @Bean
        List<String> injectedNames(
                StreamingContext root,
                @Qualifier("orders") StreamingContext orders,
                @Qualifier("word-count") StreamingContext words) {
            return List.of(root.name(), orders.name(), words.name());
        }
    }

    static class Remembering implements BeanPostProcessor {

        private final List<String> seen = new ArrayList<>();

        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            seen.add(beanName);
            return bean;
        }
    }

    record Fare(String zone) {}

    record Route(String line) {}

    static class AnyCodec<T> implements Codec<T> {

        @Override
        public byte[] encode(T value) {
            throw new UnsupportedOperationException("not asked for");
        }

        @Override
        public T decode(byte[] bytes) {
            throw new UnsupportedOperationException("not asked for");
        }
    }

    static final class RouteCodec extends AnyCodec<Route> {}

    @Configuration(proxyBeanMethods = false)
    @Import(RouteCodec.class)
    static class OwnCodecs {

        @Bean
        Codec<Fare> fares() {
            return new AnyCodec<>();
        }
    }
}
