package io.dstream.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * A bean that is to define a pipeline, as far as it is known without making it.
 *
 * @param name its name
 * @param type its type as it is declared; null if it cannot be told
 */
record DefiningBean(String name, @Nullable Class<?> type) {

    static DefiningBean of(String name, ConfigurableListableBeanFactory beans) {
        return new DefiningBean(name, beans.getType(name, false));
    }

    /** Its name and type, for people. */
    @Override
    public String toString() {
        return "bean '" + name + "'" + (type == null ? "" : " (" + type.getName() + ")");
    }
}
