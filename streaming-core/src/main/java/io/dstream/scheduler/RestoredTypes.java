package io.dstream.scheduler;

import io.dstream.function.StreamingException;
import io.dstream.storage.LoggedNode;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Of which types the states are with which a node goes on, so that code that expects others is refused with the reason: keys of
 * another type would never be found, and their states stay for ever.
 *
 * <p>Used by one thread.
 */
final class RestoredTypes {

    /** Keys of so many classes are of none in particular. */
    private static final int MAX = 16;

    private final String pipeline;
    private final String node;
    private final LoggedNode logged;

    // Mutable state
    private final Set<Class<?>> keys = new HashSet<>();
    private boolean checked;

    RestoredTypes(String pipeline, String node, LoggedNode logged) {
        this.pipeline = pipeline;
        this.node = node;
        this.logged = logged;
    }

    void add(@Nullable Object key) {
        if (key != null && keys.size() < MAX) {
            keys.add(typeOf(key));
        }
    }

    /**
     * Makes sure that the first keys that change are like those there were. Types that may have many classes, such as lists, are
     * not compared.
     *
     * @throws StreamingException if none of them is
     */
    void requireAlike(Collection<?> changed) {
        if (checked || changed.isEmpty()) {
            return;
        }
        Set<Class<?>> now = changed.stream()
                .filter(Objects::nonNull)
                .limit(1_000)
                .map(RestoredTypes::typeOf)
                .collect(Collectors.toSet());
        boolean alike = keys.isEmpty()
                || now.isEmpty()
                || keys.size() >= MAX
                || now.stream().anyMatch(keys::contains);
        if (!alike && List.of(keys, now).stream().allMatch(RestoredTypes::haveOneClassEach)) {
            throw refusal("keys of " + names(now), null);
        }
        checked = true;
    }

    /** What is thrown in place of a failure of a function that may come of a state or key of another type. */
    StreamingException asRefusal(ClassCastException failure) {
        return refusal("others: " + failure.getMessage(), failure);
    }

    private StreamingException refusal(String expected, @Nullable Throwable cause) {
        return new StreamingException(
                "'" + node + "' of pipeline '" + pipeline + "' goes on with states of " + logged.stateClass()
                        + " by keys of " + (keys.isEmpty() ? logged.keyClass() : names(keys))
                        + " from its checkpoint, but its code has " + expected
                        + ". Give it another name by named(...), so that it begins empty, or run the code that fits",
                cause);
    }

    private static String names(Set<Class<?>> classes) {
        return classes.stream().map(Class::getName).sorted().collect(Collectors.joining(", "));
    }

    /** An enum constant with a body has a class of its own. */
    private static Class<?> typeOf(Object value) {
        return value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    }

    private static boolean haveOneClassEach(Set<Class<?>> classes) {
        return classes.stream()
                .allMatch(type -> type.isEnum()
                        || (Modifier.isFinal(type.getModifiers()) && Modifier.isPublic(type.getModifiers()))
                        || type.isRecord());
    }
}
