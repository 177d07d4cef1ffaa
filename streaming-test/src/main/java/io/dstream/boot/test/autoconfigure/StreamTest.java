package io.dstream.boot.test.autoconfigure;

import io.dstream.boot.StreamPipeline;
import io.dstream.test.TestStreamingContext;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.PropertyMapping;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Tests the pipelines of an application alone, batch by batch: of its components only those annotated with
 * {@link StreamPipeline} are there, and {@code @Configuration} classes with such a {@code @Bean} method. What they need
 * beside streams the test brings along, by {@code @Import}, {@code @TestConfiguration} or {@code @MockitoBean}.
 *
 * <p>A {@link TestStreamingContext} can be injected. Every test method has one of its own, on which the pipelines are
 * defined anew, with the batch interval and all else that the application's properties say, but one attempt at each batch.
 * Nothing is started before the first batch, and no input's own source ever: all are replaced by
 * {@link TestStreamingContext#input(String) test inputs}.
 *
 * <pre>{@code
 * @StreamTest
 * class WordCountTest {
 *
 *     @Autowired
 *     private TestStreamingContext test;
 *
 *     @Test
 *     void wordsAreCounted() {
 *         TestInput<String> lines = test.input("socket-0");
 *         TestOutput<Pair<String, Integer>> counts = test.output("print-0");
 *         lines.push("to be", "or not to be");
 *         test.runBatch();
 *         assertThat(counts.last()).contains(Pair.of("to", 2));
 *     }
 * }
 * }</pre>
 *
 * <p>{@code StreamingContext} beans are there for those who need one injected; they are not defined and not started.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@BootstrapWith(StreamTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(StreamTypeExcludeFilter.class)
@ImportAutoConfiguration
public @interface StreamTest {

    /** As {@link #pipelines()}, for short. */
    @AliasFor("pipelines")
    String[] value() default {};

    /** The names of the pipelines to test; all if empty. */
    @AliasFor("value")
    @PropertyMapping(TestStreamingContextFactory.PIPELINES)
    String[] pipelines() default {};

    /** Properties, as {@code key=value}, that are added to those of the application and count more. */
    String[] properties() default {};

    /** Whether pipelines are found; if not, only what the filters include is there. */
    boolean useDefaultFilters() default true;

    /** Tells further components that are to be there. */
    Filter[] includeFilters() default {};

    /** Tells components that are not to be there. */
    Filter[] excludeFilters() default {};

    /** Auto-configurations of the slice that are not to be there. */
    @AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
    Class<?>[] excludeAutoConfiguration() default {};
}
