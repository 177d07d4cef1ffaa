package io.dstream.storage;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Estimates how many bytes of the heap rows take. Strings and arrays of bytes are told by their length; of other rows every
 * 64th is looked into, and the ones after it are taken to be as large. A string has two bytes for each character if one of them is
 * not in Latin-1: of a long one, 32 to 63 characters that are spread over it are looked at, so one with few others counts half.
 *
 * <p>Used by one thread at a time.
 */
public final class RowSizes {

    private static final Logger log = LoggerFactory.getLogger(RowSizes.class);
    private static final int SAMPLED = 64;
    private static final int DEPTH = 4; // further down, everything is a small object
    private static final int CHARACTERS = 32; // looked at in one string, at least
    private static final char LAST_LATIN = 0xff;
    private static final int MAX_OBJECTS = 1_000; // looked at in one row

    // Of a 64-bit machine with compressed references, which most are
    private static final long HEADER = 16;
    private static final long REFERENCE = 4;
    private static final long SMALL = 20;
    private static final long STRING = 56;
    private static final long ELEMENT = 8; // of a collection
    private static final long ENTRY = 36; // of a map

    // Mutable state
    private final Map<Class<?>, List<Field>> references = new HashMap<>(); // to objects, in those of a class
    private final Map<Class<?>, Long> shallow = new HashMap<>(); // without what they refer to
    private int rows;
    private int objects; // looked at in the row at hand
    private long last = SMALL;

    /** The estimate of all rows together. */
    public static long ofAll(List<?> rows) {
        RowSizes sizes = new RowSizes();
        long sum = 0;
        for (Object row : rows) {
            sum += sizes.of(row);
        }
        return sum;
    }

    /** The estimate of a row. */
    public long of(@Nullable Object row) {
        if (row instanceof String text) {
            return string(text) + REFERENCE;
        }
        if (row instanceof byte[] bytes) {
            return HEADER + bytes.length + REFERENCE;
        }
        if (rows++ % SAMPLED == 0) {
            sample(row);
        }
        return last + REFERENCE;
    }

    /** A row whose methods fail is as large as the last one. */
    private void sample(@Nullable Object row) {
        objects = 0;
        try {
            last = measured(row, DEPTH);
        } catch (RuntimeException failure) {
            log.debug("A row of {} cannot be looked into", row == null ? null : row.getClass(), failure);
        }
    }

    private static long string(String text) {
        long length = text.length();
        return STRING + (isLatin(text) ? length : 2 * length);
    }

    private static boolean isLatin(String text) {
        int step = Math.max(1, text.length() / CHARACTERS);
        for (int i = 0; i < text.length(); i += step) {
            if (text.charAt(i) > LAST_LATIN) {
                return false;
            }
        }
        return true;
    }

    private long measured(@Nullable Object value, int depth) {
        if (value == null || value instanceof Enum) {
            return 0;
        }
        if (value instanceof String text) {
            return string(text);
        }
        if (value.getClass().isArray()) {
            return array(value, depth);
        }
        if (depth == 0 || objects++ > MAX_OBJECTS) {
            return SMALL;
        }
        if (value instanceof Collection<?> collection) {
            return HEADER + SMALL + collection.size() * (ELEMENT + first(collection, depth));
        }
        if (value instanceof Map<?, ?> map) {
            return HEADER + SMALL + map.size() * (ENTRY + first(map.keySet(), depth) + first(map.values(), depth));
        }
        return object(value, depth);
    }

    private long first(Collection<?> values, int depth) {
        return values.isEmpty() ? 0 : measured(values.iterator().next(), depth - 1);
    }

    private long array(Object array, int depth) {
        int length = Array.getLength(array);
        Class<?> component = array.getClass().getComponentType();
        if (component.isPrimitive()) {
            return HEADER + (long) length * widthOf(component);
        }
        long element = length == 0 || depth == 0 ? 0 : measured(Array.get(array, 0), depth - 1);
        return HEADER + length * (REFERENCE + element);
    }

    private long object(Object value, int depth) {
        Class<?> type = value.getClass();
        if (!references.containsKey(type)) {
            learn(type);
        }
        long size = shallow.getOrDefault(type, SMALL);
        for (Field field : references.getOrDefault(type, List.of())) {
            size += measured(valueOf(field, value), depth - 1);
        }
        return size;
    }

    private void learn(Class<?> type) {
        List<Field> found = new ArrayList<>();
        long size = HEADER;
        for (Class<?> part = type; part != null; part = part.getSuperclass()) {
            for (Field field : part.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    size += field.getType().isPrimitive() ? widthOf(field.getType()) : REFERENCE;
                    addIfReadable(field, found);
                }
            }
        }
        references.put(type, found);
        shallow.put(type, size);
    }

    /** What the JDK hides of its own classes is small. */
    private static void addIfReadable(Field field, List<Field> found) {
        if (!field.getType().isPrimitive() && field.trySetAccessible()) {
            found.add(field);
        }
    }

    private static @Nullable Object valueOf(Field field, Object object) {
        try {
            return field.get(object);
        } catch (IllegalAccessException hidden) {
            return null;
        }
    }

    private static long widthOf(Class<?> primitive) {
        if (primitive == long.class || primitive == double.class) {
            return Long.BYTES;
        }
        if (primitive == int.class || primitive == float.class) {
            return Integer.BYTES;
        }
        return primitive == char.class || primitive == short.class ? Short.BYTES : Byte.BYTES;
    }
}
