package io.dstream.boot.autoconfigure;

import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import org.springframework.beans.factory.BeanFactory;

/** A pipeline that a bean defines, with the context that it is defined on. */
final class DefinedPipeline {

    private final String name;
    private final String bean;
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
        this.beans = beans;
        this.context = root.pipeline(name, ConfigMapper.pipelineConfig(root.config(), name, properties));
    }

    String name() {
        return name;
    }

    StreamingContext context() {
        return context;
    }

    /** Lets the bean define the pipeline. */
    void define() {
        StreamDefinition definition = beans.getBean(bean, StreamDefinition.class);
        try {
            definition.define(context);
        } catch (RuntimeException failure) {
            throw InvalidPipelineException.notDefined(name, definer(), failure);
        }
    }

    /** The bean that defines the pipeline; it is made by now. */
    DefiningBean definer() {
        return new DefiningBean(bean, beans.getType(bean));
    }
}
