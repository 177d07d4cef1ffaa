package io.dstream.boot;

import io.dstream.StreamingContext;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * Names a pipeline whose streams a {@link StreamDefinition} bean defines: on its class, which component scanning then
 * finds, or on its {@code @Bean} method, which counts more.
 *
 * <p>The pipeline's {@link StreamingContext} is a bean that {@code @Qualifier} with the same name injects.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface StreamPipeline {

    /** As {@link #name()}, for short. */
    @AliasFor("name") // which also keeps Spring from taking it as the name of the bean
    String value() default "";

    /**
     * The pipeline's name: letters, digits, {@code .}, {@code _} and {@code -}, at most 100, beginning with a letter or
     * digit; unique in the application, and not {@code default}. It has to be given.
     */
    @AliasFor("value")
    String name() default "";
}
