package io.dstream.storage;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What classes are called in files that are not called there as they are: those that had other names when they were written, with the
 * classes nested in them, and those that are written by a codec of the program.
 *
 * <p>Immutable.
 */
final class FileNames {

    private static final Pattern CLASS = Pattern.compile("\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*"
            + "(\\.\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*)*");

    private final OwnCodecs codecs;
    private final Map<String, Class<?>> classes = new LinkedHashMap<>(); // the names that are written come first

    /**
     * @param aliases the classes by the names that they had
     * @param codecs of the program
     * @param allowed which classes may be in files
     * @param classLoader of the program
     * @throws IllegalArgumentException if a name is none, or that of a class there is, or its class must not be in files
     */
    FileNames(Map<String, Class<?>> aliases, OwnCodecs codecs, AllowedClasses allowed, ClassLoader classLoader) {
        this.codecs = codecs;
        aliases.forEach((name, type) -> {
            requireName(name, type);
            requireGone(name, type, classLoader);
            requireAllowed(name, type, allowed);
        });
        codecs.types().forEach(type -> put(type.getName(), type));
        aliases.forEach(this::put);
        aliases.forEach(this::putNested);
    }

    /** What classes are called that are written now. */
    Map<Class<?>, String> written() {
        Map<Class<?>, String> names = new HashMap<>();
        codecs.types().forEach(type -> names.put(type, OwnCodecs.nameInFiles(type.getName())));
        return names;
    }

    /** Of each class one of its names, to begin reading with. */
    Map<Class<?>, String> oneOfEach() {
        Map<Class<?>, String> names = new HashMap<>();
        classes.forEach((name, type) -> names.putIfAbsent(type, name));
        return names;
    }

    /** The names with another one for one of the classes. */
    Map<Class<?>, String> with(String name, Map<Class<?>, String> names) {
        Map<Class<?>, String> others = new HashMap<>(names);
        others.put(Objects.requireNonNull(classes.get(name)), name);
        return others;
    }

    /**
     * Tells that a class is read under another name than the library knows it by.
     *
     * @throws OtherNameException if it is one of these
     */
    void requireOther(String name) {
        if (classes.containsKey(name)) {
            throw new OtherNameException(name);
        }
    }

    int size() {
        return classes.size();
    }

    private void put(String name, Class<?> type) {
        classes.put(codecs.isFor(type) ? OwnCodecs.nameInFiles(name) : name, type);
    }

    private void putNested(String name, Class<?> type) {
        for (Class<?> nested : type.getDeclaredClasses()) {
            String former = name + "$" + nested.getSimpleName();
            classes.putIfAbsent(former, nested);
            putNested(former, nested);
        }
    }

    private static void requireName(String name, Class<?> type) {
        if (!CLASS.matcher(name).matches()) {
            throw refused("the name of a class, such as com.example.Order, or com.example.Order$Item", name, type);
        }
        if (type.isPrimitive() || type.isArray()) {
            throw refused("that of a class that is neither primitive nor an array", name, type);
        }
    }

    /** What is written of that class now would be read as the other one. */
    private static void requireGone(String name, Class<?> type, ClassLoader classLoader) {
        try {
            Class.forName(name, false, classLoader);
        } catch (ClassNotFoundException | LinkageError gone) {
            return;
        }
        throw refused("that of a class which is not there any more", name, type);
    }

    private static void requireAllowed(String name, Class<?> type, AllowedClasses allowed) {
        if (!allowed.isAllowed(type.getName())) {
            throw refused(
                    "of a class in an allowed package, which are " + allowed.packages()
                            + " (StreamingConfig.withAllowedPackages)",
                    name,
                    type);
        }
    }

    private static IllegalArgumentException refused(String expected, String name, Class<?> type) {
        return new IllegalArgumentException(
                "An alias in 'aliases' must be " + expected + ", but one was '" + name + "' of " + type.getName());
    }
}
