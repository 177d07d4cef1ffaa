package io.dstream.storage;

import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.fory.Fory;

/**
 * The program's own codecs, by the classes whose objects they write.
 *
 * <p>Immutable.
 */
final class OwnCodecs {

    private final Map<Class<?>, Codec<?>> codecs;

    /**
     * @throws IllegalArgumentException if one is of a type that has no objects of its own, or that needs none
     */
    OwnCodecs(Map<Class<?>, Codec<?>> codecs) {
        codecs.keySet().forEach(OwnCodecs::requireClass);
        this.codecs = new LinkedHashMap<>(codecs);
    }

    Set<String> classNames() {
        return codecs.keySet().stream().map(Class::getName).collect(Collectors.toUnmodifiableSet());
    }

    /** Lets the library use them. */
    void registerAt(Fory fory) {
        codecs.keySet().forEach(type -> register(type, fory));
    }

    @SuppressWarnings("unchecked") // withCodec takes a codec of the class
    private <T> void register(Class<T> type, Fory fory) {
        fory.registerSerializer(type, new CodecSerializer<>(fory.getConfig(), type, (Codec<T>) codecs.get(type)));
    }

    private static void requireClass(Class<?> type) {
        boolean abstractOnly = Modifier.isAbstract(type.getModifiers()) || type.isEnum() || type.isArray();
        if (abstractOnly || type.equals(Object.class)) {
            throw new IllegalArgumentException(
                    "A codec must be for the class that objects have: neither abstract nor an interface, an enum, an array or Object,"
                            + " but one was for " + type.getName());
        }
        if (AllowedClasses.isAlwaysAllowed(type.getName())) {
            throw new IllegalArgumentException(
                    "A codec must be for a class of the program, but one was for " + type.getName()
                            + ", which is in files as it is");
        }
    }
}
