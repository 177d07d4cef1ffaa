package io.dstream.storage;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Knows values that nobody can change: those of well-known types, and records and Optional of such values.
 *
 * <p>Used by one thread at a time.
 */
final class ImmutableValues {

    private static final Set<Class<?>> KNOWN = Set.of(
            Boolean.class,
            Byte.class,
            Character.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            String.class,
            BigDecimal.class,
            BigInteger.class,
            UUID.class,
            OptionalInt.class,
            OptionalLong.class,
            OptionalDouble.class);

    private static final Rule ALWAYS = new Rule(true, List.of());
    private static final Rule NEVER = new Rule(false, List.of());

    // Mutable state
    private final Map<Class<?>, Rule> rules = new HashMap<>();
    private @Nullable Class<?> lastAlways; // states are mostly of one class

    boolean isImmutable(@Nullable Object value) {
        if (value == null || value.getClass() == lastAlways) {
            return true;
        }
        if (value instanceof Optional<?> optional) {
            return isImmutable(optional.orElse(null));
        }
        Rule rule = rule(value.getClass());
        if (rule.equals(ALWAYS)) {
            lastAlways = value.getClass();
        }
        return rule.immutable() && areImmutable(rule.undecided(), value);
    }

    private Rule rule(Class<?> type) {
        Rule known = rules.get(type);
        if (known != null) {
            return known;
        }
        rules.put(type, NEVER); // for a record that has records of its own kind in it
        Rule made = make(type);
        rules.put(type, made);
        return made;
    }

    private Rule make(Class<?> type) {
        if (KNOWN.contains(type) || Enum.class.isAssignableFrom(type) || isTime(type)) {
            return ALWAYS;
        }
        return type.isRecord() ? ofRecord(type) : NEVER;
    }

    private Rule ofRecord(Class<?> type) {
        List<Method> undecided = Arrays.stream(type.getRecordComponents())
                .filter(component -> !isAlwaysImmutable(component.getType()))
                .map(RecordComponent::getAccessor)
                .toList();
        return undecided.stream().allMatch(Method::trySetAccessible) ? new Rule(true, undecided) : NEVER;
    }

    /** Whether all values of a declared type are, which may be of classes below it. */
    private boolean isAlwaysImmutable(Class<?> type) {
        boolean closed = Modifier.isFinal(type.getModifiers()) || type.isEnum();
        return type.isPrimitive() || (closed && rule(type).equals(ALWAYS));
    }

    private boolean areImmutable(List<Method> accessors, Object value) {
        try {
            for (Method accessor : accessors) {
                if (!isImmutable(accessor.invoke(value))) {
                    return false;
                }
            }
            return true;
        } catch (ReflectiveOperationException unreadable) {
            return false;
        }
    }

    private static boolean isTime(Class<?> type) {
        String name = type.getName();
        return name.startsWith("java.time.") && !name.startsWith("java.time.format.");
    }

    /**
     * What is known of the values of a class.
     *
     * @param immutable false if they can be changed
     * @param undecided give the components of a record that must be immutable, too
     */
    private record Rule(boolean immutable, List<Method> undecided) {}
}
