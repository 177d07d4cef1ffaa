package io.dstream.boot.autoconfigure;

import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.graph.StreamGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionReaderUtils;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.MethodMetadata;

/** Registers a {@link StreamingContext} bean for every bean annotated with {@link StreamPipeline}; makes none of them. */
final class PipelineRegistrar implements BeanDefinitionRegistryPostProcessor {

    private static final String ROOT = "default";

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        ConfigurableListableBeanFactory beans = (ConfigurableListableBeanFactory) registry;
        definitions(beans).forEach((pipeline, bean) -> register(pipeline, bean.name(), registry));
    }

    /** The defining beans by the names of their pipelines. */
    private static Map<String, DefiningBean> definitions(ConfigurableListableBeanFactory beans) {
        Map<String, DefiningBean> definitions = new LinkedHashMap<>();
        for (String name : beans.getBeanDefinitionNames()) {
            String pipeline = pipelineOf(name, beans);
            if (pipeline != null && !ScopedProxyUtils.isScopedTarget(name)) {
                add(pipeline, DefiningBean.of(name, beans), definitions);
            }
        }
        return definitions;
    }

    private static void add(String pipeline, DefiningBean bean, Map<String, DefiningBean> definitions) {
        requireDefinition(pipeline, bean);
        requireName(pipeline, bean);
        DefiningBean first = definitions.putIfAbsent(pipeline, bean);
        if (first != null) {
            throw InvalidPipelineException.sameName(pipeline, first, bean);
        }
    }

    private static @Nullable String pipelineOf(String bean, ConfigurableListableBeanFactory beans) {
        MethodMetadata method = factoryMethod(beans.getBeanDefinition(bean));
        if (method != null && method.isAnnotated(StreamPipeline.class.getName())) {
            return method.getAnnotations().get(StreamPipeline.class).getString(MergedAnnotation.VALUE);
        }
        StreamPipeline annotation = beans.findAnnotationOnBean(bean, StreamPipeline.class, false);
        return annotation == null ? null : annotation.value();
    }

    private static @Nullable MethodMetadata factoryMethod(BeanDefinition definition) {
        return definition instanceof AnnotatedBeanDefinition annotated ? annotated.getFactoryMethodMetadata() : null;
    }

    private static void requireDefinition(String pipeline, DefiningBean bean) {
        if (bean.type() == null || !StreamDefinition.class.isAssignableFrom(bean.type())) {
            throw InvalidPipelineException.noDefinition(pipeline, bean);
        }
    }

    private static void requireName(String pipeline, DefiningBean bean) {
        if (pipeline.equals(ROOT)) {
            throw InvalidPipelineException.reservedName(pipeline, bean);
        }
        try {
            StreamGraph.requireName(pipeline);
        } catch (IllegalArgumentException refusal) {
            throw InvalidPipelineException.malformedName(bean, refusal);
        }
    }

    private static void register(String pipeline, String bean, BeanDefinitionRegistry registry) {
        String pipelineBean = StreamPipeline.class.getName() + "." + pipeline;
        if (!registry.containsBeanDefinition(pipelineBean)) { // as it is after ahead-of-time processing
            registry.registerBeanDefinition(pipelineBean, pipelineDefinition(pipeline, bean));
            registry.registerBeanDefinition(contextBean(pipeline, registry), contextDefinition(pipeline, pipelineBean));
        }
    }

    private static BeanDefinition pipelineDefinition(String pipeline, String bean) {
        RootBeanDefinition definition = new RootBeanDefinition(DefinedPipeline.class);
        definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
        definition.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, pipeline);
        definition.getConstructorArgumentValues().addIndexedArgumentValue(1, bean);
        return definition;
    }

    private static BeanDefinition contextDefinition(String pipeline, String pipelineBean) {
        RootBeanDefinition definition = new RootBeanDefinition(StreamingContext.class);
        definition.setFactoryBeanName(pipelineBean);
        definition.setFactoryMethodName("context");
        definition.setDestroyMethodName(""); // the root closes it
        definition.setDefaultCandidate(false);
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, pipeline));
        return definition;
    }

    /** The pipeline's name, unless another bean has it: often the defining one. */
    private static String contextBean(String pipeline, BeanDefinitionRegistry registry) {
        return Stream.of(pipeline, pipeline + "StreamingContext")
                .filter(name -> !registry.isBeanNameInUse(name))
                .findFirst()
                .orElseGet(() -> BeanDefinitionReaderUtils.uniqueBeanName(pipeline, registry));
    }
}
