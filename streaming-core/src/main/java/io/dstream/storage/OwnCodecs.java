package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.fory.Fory;
import org.apache.fory.meta.TypeDef;
import org.jspecify.annotations.Nullable;

/**
 * The program's own codecs, by the classes whose objects they write. In files these classes have names of their own, so that bytes are
 * never taken for what was written without the codec, or the other way round.
 *
 * <p>Immutable.
 */
final class OwnCodecs {

    private static final String MARK = "#codec";

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

    Set<Class<?>> types() {
        return codecs.keySet();
    }

    boolean isFor(@Nullable Class<?> type) {
        return codecs.containsKey(type);
    }

    /** What a class is called in files whose objects are written by a codec. */
    static String nameInFiles(String className) {
        return className + MARK;
    }

    /**
     * Makes sure that a class is not written or read but by its codec.
     *
     * @param className as it is in files; of an array, the descriptor
     * @throws StreamingException if it is, with the remedy
     */
    void requireNone(String className) {
        String element = AllowedClasses.elementOf(className);
        if (element.endsWith(MARK)) {
            throw new StreamingException("Class " + element.substring(0, element.length() - MARK.length())
                    + " was written by a codec, which is missing: StreamingConfig.withCodec");
        }
        if (codecs.keySet().stream().anyMatch(type -> type.getName().equals(element))) {
            throw new StreamingException("Class " + element
                    + (className.equals(element)
                            ? " was written without its codec. Read it without, or start with another checkpoint directory"
                            : " has a codec, so it must not be in files in an array. Use a list"));
        }
    }

    /**
     * Lets the library use them.
     *
     * @param fory must not refuse classes yet by exceptions: it also looks at the fields of a class that has a codec, though they are in
     *     no file, and when it has done so it does not ask about their classes again
     */
    void registerAt(Fory fory) {
        codecs.forEach((type, codec) -> register(type, codec, fory));
        codecs.keySet().forEach(type -> TypeDef.buildTypeDef(fory.getTypeResolver(), type));
    }

    @SuppressWarnings("unchecked") // withCodec takes a codec of the class
    private static <T> void register(Class<T> type, Codec<?> codec, Fory fory) {
        fory.registerSerializer(type, new CodecSerializer<>(fory.getConfig(), type, (Codec<T>) codec));
    }

    private static void requireClass(Class<?> type) {
        boolean abstractOnly = Modifier.isAbstract(type.getModifiers()) || type.isEnum() || type.isArray();
        if (abstractOnly || type.equals(Object.class)) {
            throw new IllegalArgumentException(
                    "A codec must be for the class that objects have: neither abstract nor an interface, an enum, an array or Object,"
                            + " but one was for " + type.getName());
        }
        if (type.getName().startsWith("java.") || AllowedClasses.isAlwaysAllowed(type.getName())) {
            throw new IllegalArgumentException("A codec must be for a class of the program or of a library of its,"
                    + " not of the JDK or of dstream, but one was for " + type.getName());
        }
    }
}
