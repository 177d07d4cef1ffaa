package io.dstream.scheduler;

import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.state.StateTypes;
import io.dstream.storage.LoggedNode;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Of which types the states are with which a node goes on, so that code that expects others is refused with the reason: keys of
 * another type would never be found, and their states stay for ever.
 *
 * <p>Keys are added by one thread; after that it is thread-safe.
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
    private volatile boolean seen; // keys of rows

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

    /** The same rows; the classes of their keys are noted as they are asked for. */
    static <K, V> Iterator<Pair<K, V>> noting(Iterator<Pair<K, V>> rows, Set<Class<?>> classes) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Pair<K, V> next() {
                Pair<K, V> row = rows.next();
                if (row.key() != null && classes.size() < MAX) {
                    classes.add(typeOf(row.key()));
                }
                return row;
            }
        };
    }

    /**
     * Makes sure that keys of rows are like those there were, where the code declares no types. Types that may have many classes, such
     * as lists, are not compared.
     *
     * @param now the classes of the keys of a partition
     * @throws StreamingException if none of them has anything in common with those
     */
    void requireAlike(Set<Class<?>> now) {
        if (now.isEmpty()) {
            return;
        }
        boolean isComparable = declared == null && !keys.isEmpty() && keys.size() < MAX;
        if (isComparable
                && now.stream().noneMatch(this::isRelated)
                && haveOneClassEach(keys)
                && haveOneClassEach(now)) {
            throw refusal("keys of " + names(now), null);
        }
        seen = true;
    }

    /** Whether a class is one of those there were, or has a type in common with one that is not one of the JDK's. */
    private boolean isRelated(Class<?> other) {
        Set<Class<?>> own = ownTypes(other).collect(Collectors.toSet());
        return keys.contains(other)
                || keys.stream().flatMap(RestoredTypes::ownTypes).anyMatch(own::contains);
    }

    private static Stream<Class<?>> ownTypes(@Nullable Class<?> type) {
        return type == null || type.getName().startsWith("java.")
                ? Stream.empty()
                : Stream.concat(
                        Stream.of(type),
                        Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
                                .flatMap(RestoredTypes::ownTypes));
    }

    /** Whether there were rows. */
    boolean hasSeenKeys() {
        return seen;
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
