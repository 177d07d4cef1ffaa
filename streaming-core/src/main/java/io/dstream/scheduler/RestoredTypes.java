package io.dstream.scheduler;

import io.dstream.function.StreamingException;
import io.dstream.state.StateTypes;
import io.dstream.storage.LoggedNode;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private static final String REMEDY =
            ". Give it another name by named(...), so that it begins empty, or run the code that fits";

    private final String pipeline;
    private final String node;
    private final LoggedNode logged;
    private final @Nullable StateTypes declared;

    // Mutable state
    private final Set<Class<?>> keys = new HashSet<>();
    private boolean checked;

    /**
     * @param declared what the code declares; null if it does not
     */
    RestoredTypes(String pipeline, String node, LoggedNode logged, @Nullable StateTypes declared) {
        this.pipeline = pipeline;
        this.node = node;
        this.logged = logged;
        this.declared = declared;
    }

    /**
     * Takes a key with its state, one by one of all there are.
     *
     * @throws StreamingException if they are of other types than declared
     */
    void add(@Nullable Object key, Object state) {
        if (declared != null && !(declared.isKey(key) && declared.isState(state))) {
            throw undeclared(key, state, declared);
        }
        if (key != null && keys.size() < MAX) {
            keys.add(typeOf(key));
        }
    }

    /**
     * Makes sure that the first keys that change are like those there were, where the code declares no types. Keys of operators that
     * go through all their states change as well if they were there before, so it is those of other classes that count. Types that
     * may have many classes, such as lists, are not compared.
     *
     * @throws StreamingException if some are of a class that has nothing in common with those
     */
    void requireAlike(Collection<?> changed) {
        if (checked || changed.isEmpty()) {
            return;
        }
        checked = true;
        if (declared == null && !keys.isEmpty() && keys.size() < MAX) {
            Set<Class<?>> others = classesOf(changed);
            others.removeAll(keys);
            boolean alike = others.isEmpty() || others.stream().anyMatch(this::isRelated);
            if (!alike && haveOneClassEach(keys) && haveOneClassEach(others)) {
                throw refusal("keys of " + names(others), null);
            }
        }
    }

    private static Set<Class<?>> classesOf(Collection<?> changed) {
        Set<Class<?>> classes = new HashSet<>();
        Class<?> last = null;
        for (Object key : changed) {
            if (key != null && key.getClass() != last) {
                last = key.getClass();
                classes.add(typeOf(key));
            }
        }
        return classes;
    }

    /** Whether a class has a type in common with one of those there were, that is not one of the JDK's. */
    private boolean isRelated(Class<?> other) {
        Set<Class<?>> own = ownTypes(other).collect(Collectors.toSet());
        return keys.stream().flatMap(RestoredTypes::ownTypes).anyMatch(own::contains);
    }

    private static Stream<Class<?>> ownTypes(@Nullable Class<?> type) {
        return type == null || type.getName().startsWith("java.")
                ? Stream.empty()
                : Stream.concat(
                        Stream.of(type),
                        Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
                                .flatMap(RestoredTypes::ownTypes));
    }

    /** What is thrown in place of a failure of a function that may come of a state or key of another type. */
    StreamingException asRefusal(ClassCastException failure) {
        return refusal("others: " + failure.getMessage(), failure);
    }

    private StreamingException undeclared(@Nullable Object key, Object state, StateTypes expected) {
        return new StreamingException("'" + node + "' of pipeline '" + pipeline + "' has a state of "
                + typeOf(state).getName() + " by a key of "
                + (key == null ? "null" : typeOf(key).getName())
                + " in its checkpoint, but its code declares states of "
                + expected.state().getName() + " by keys of " + expected.key().getName() + REMEDY);
    }

    private StreamingException refusal(String expected, @Nullable Throwable cause) {
        return new StreamingException(
                "'" + node + "' of pipeline '" + pipeline + "' goes on with states of " + logged.stateClass()
                        + " by keys of " + (keys.isEmpty() ? logged.keyClass() : names(keys))
                        + " from its checkpoint, but its code has " + expected
                        + REMEDY,
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
