package io.dstream.boot.autoconfigure;

import io.dstream.StreamingConfig;
import io.dstream.storage.Codec;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/** The application's codecs, each for the class that its bean's type names. */
final class CodecBeans {

    private CodecBeans() {}

    /**
     * The configuration with all of them.
     *
     * @throws IllegalStateException if a bean does not tell for which class it is
     */
    static StreamingConfig addTo(StreamingConfig config, ConfigurableListableBeanFactory beans) {
        StreamingConfig with = config;
        for (String name : beans.getBeanNamesForType(Codec.class)) {
            with = add(typeOf(name, beans), beans.getBean(name, Codec.class), with);
        }
        return with;
    }

    @SuppressWarnings("unchecked") // as the bean's type says
    private static <T> StreamingConfig add(Class<T> type, Codec<?> codec, StreamingConfig config) {
        return config.withCodec(type, (Codec<T>) codec);
    }

    private static Class<?> typeOf(String name, ConfigurableListableBeanFactory beans) {
        @Nullable
        Class<?> type = beans.containsBeanDefinition(name) ? declared(beans.getMergedBeanDefinition(name)) : null;
        if (type == null) {
            type = typeIn(ResolvableType.forInstance(beans.getBean(name)));
        }
        if (type == null) {
            throw new IllegalStateException("The bean '" + name + "' is a Codec that does not tell of which class."
                    + " Declare it as a Codec of that, such as Codec<Order>, or add it by a StreamingConfigCustomizer");
        }
        return type;
    }

    private static @Nullable Class<?> declared(BeanDefinition definition) {
        return typeIn(definition.getResolvableType());
    }

    private static @Nullable Class<?> typeIn(ResolvableType bean) {
        return bean.as(Codec.class).getGeneric(0).resolve();
    }
}
