package io.dstream.boot.test.autoconfigure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.Scope;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The scope of one test method: beans live until {@link #reset}.
 *
 * <p>Thread-safe.
 */
final class StreamTestScope implements Scope {

    static final String NAME = "streamTest";

    // Mutable state, guarded by this
    private final Map<String, Object> beans = new HashMap<>();
    private final Map<String, Runnable> destructions = new HashMap<>();

    /** The scope of an application; null if it is not that of a {@link StreamTest}. */
    static @Nullable StreamTestScope of(ApplicationContext application) {
        return application instanceof ConfigurableApplicationContext configurable
                        && configurable.getBeanFactory().getRegisteredScope(NAME) instanceof StreamTestScope scope
                ? scope
                : null;
    }

    @Override
    public synchronized Object get(String name, ObjectFactory<?> maker) {
        Object bean = beans.get(name);
        if (bean == null) {
            bean = maker.getObject();
            beans.put(name, bean);
        }
        return bean;
    }

    @Override
    public synchronized @Nullable Object remove(String name) {
        destructions.remove(name);
        return beans.remove(name);
    }

    @Override
    public synchronized void registerDestructionCallback(String name, Runnable destruction) {
        destructions.put(name, destruction);
    }

    @Override
    public @Nullable Object resolveContextualObject(String key) {
        return null;
    }

    @Override
    public @Nullable String getConversationId() {
        return null;
    }

    /** The beans that were made since the last reset. */
    synchronized List<Object> beans() {
        return List.copyOf(beans.values());
    }

    /** Ends the test: its beans are destroyed, and made anew when they are asked for again. */
    synchronized void reset() {
        List<Runnable> due = new ArrayList<>(destructions.values());
        destructions.clear();
        beans.clear();
        due.forEach(Runnable::run);
    }
}
