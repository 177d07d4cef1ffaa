package io.dstream.boot.autoconfigure;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import org.springframework.beans.factory.BeanFactory;

/**
 * A pipeline that a bean defines, with the context that it is defined on when the application starts. It can be defined on
 * other contexts too, as a test does.
 */
public final class DefinedPipeline {

    private final String name;
    private final String bean;
    private final StreamingProperties properties;
    private final BeanFactory beans;
    private final StreamingContext context;

    /**
     * @param name the pipeline's name
     * @param bean the name of the {@link StreamDefinition} bean; not made before {@link #define()}
     */
    DefinedPipeline(
            String name, String bean, StreamingContext root, StreamingProperties properties, BeanFactory beans) {
        this.name = name;
        this.bean = bean;
        this.properties = properties;
        this.beans = beans;
        this.context = root.pipeline(name, config(root.config()));
    }

    /** The pipeline's name. */
    public String name() {
        return name;
    }

    /**
     * Its configuration: that of a root context, with what the application's properties say of this pipeline.
     *
     * @throws RuntimeException if a property has a value that is refused
     */
    public StreamingConfig config(StreamingConfig root) {
        return ConfigMapper.pipelineConfig(root, name, properties);
    }

    /**
     * Lets the bean define the pipeline.
     *
     * @throws RuntimeException if the bean throws one; the message names the bean
     */
    public void define(StreamingContext streams) {
        StreamDefinition definition = beans.getBean(bean, StreamDefinition.class);
        try {
            definition.define(streams);
        } catch (RuntimeException failure) {
            throw InvalidPipelineException.notDefined(name, definer(), failure);
        }
    }

    StreamingContext context() {
        return context;
    }

    /** Lets the bean define the pipeline on its context. */
    void define() {
        define(context);
    }

    /** The bean that defines the pipeline; it is made by now. */
    DefiningBean definer() {
        return new DefiningBean(bean, beans.getType(bean));
    }
}
