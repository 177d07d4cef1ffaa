package io.dstream.state;

import org.jspecify.annotations.Nullable;

/**
 * Of which types the keys and states of an operator are, as its code declares.
 *
 * @param key of the keys
 * @param state of the states
 */
public record StateTypes(Class<?> key, Class<?> state) {

    /**
     * @throws IllegalArgumentException if one is null or primitive, which no object is of
     */
    public StateTypes {
        requireClass("key", key);
        requireClass("state", state);
    }

    private static void requireClass(String name, @Nullable Class<?> type) {
        if (type == null || type.isPrimitive()) {
            throw new IllegalArgumentException(
                    "'" + name + "' must be the class or an interface of objects, but was " + type);
        }
    }

    /** Whether a key may be of these types. */
    public boolean isKey(@Nullable Object value) {
        return value == null || key.isInstance(value);
    }

    /** Whether a state may be of these types. */
    public boolean isState(@Nullable Object value) {
        return value == null || state.isInstance(value);
    }
}
