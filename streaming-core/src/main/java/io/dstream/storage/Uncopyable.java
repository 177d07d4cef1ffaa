package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A value that cannot be copied, and the innermost part of it that is to blame.
 *
 * @param value the value
 * @param path where the part is, such as {@code orders[].connection}; empty if it is the value itself
 * @param part the part
 * @param failure what its copy has failed of
 */
record Uncopyable(Object value, String path, Object part, Throwable failure) {

    private static final int MAX_DEPTH = 20;
    private static final int MAX_ELEMENTS = 1_000; // of a collection, to find the one to blame

    /** Finds the part to blame, by copying one part after the other. */
    static Uncopyable in(Object value, Throwable failure) {
        Uncopyable found = new Uncopyable(value, "", value, failure);
        Optional<Uncopyable> inner = found.inner();
        for (int depth = 0; inner.isPresent() && depth < MAX_DEPTH; depth++) {
            found = inner.get();
            inner = found.inner();
        }
        return found;
    }

    StreamingException refusal() {
        String blamed = path.isEmpty() ? "" : " because of '" + path + "' in it, of class " + nameOf(part);
        StreamingException reason =
                Refusal.of("A value of class " + nameOf(value) + " cannot be copied" + blamed, failure);
        return new StreamingException(
                reason.getMessage()
                        + ". Have nothing but data in it, best as a record of values that nobody can change,"
                        + " which is not copied",
                failure);
    }

    private Optional<Uncopyable> inner() {
        return failure instanceof StackOverflowError // every part of a long chain would be to blame
                ? Optional.empty()
                : parts().flatMap(each -> each.failing(this).stream()).findFirst();
    }

    private Stream<Part> parts() {
        if (part instanceof Map<?, ?> map) {
            return Stream.concat(elements(map.keySet().stream()), elements(map.values().stream()));
        }
        if (part instanceof Collection<?> collection) {
            return elements(collection.stream());
        }
        if (part instanceof Object[] array) {
            return elements(Arrays.stream(array));
        }
        return PlainClasses.ownAndSuperclasses(part.getClass())
                .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
                .filter(field -> !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic())
                .map(field -> new Part((path.isEmpty() ? "" : path + ".") + field.getName(), read(field)));
    }

    private Stream<Part> elements(Stream<?> elements) {
        return elements.limit(MAX_ELEMENTS).map(element -> new Part(path + "[]", element));
    }

    private @Nullable Object read(Field field) {
        try {
            return field.trySetAccessible() ? field.get(part) : null;
        } catch (IllegalAccessException unreadable) {
            return null;
        }
    }

    private static String nameOf(Object object) {
        return object.getClass().getTypeName();
    }

    /** A part of a part. */
    private record Part(String path, @Nullable Object object) {

        Optional<Uncopyable> failing(Uncopyable around) {
            if (object == null) {
                return Optional.empty();
            }
            try {
                ForyFactory.forCopies().copy(object);
                return Optional.empty();
            } catch (RuntimeException | StackOverflowError failure) {
                return Optional.of(new Uncopyable(around.value, path, object, failure));
            }
        }
    }
}
