package io.dstream.storage;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names that classes had when they were written, where they have others now. The classes nested in one are found with it.
 *
 * <p>Immutable.
 */
final class FormerNames {

    private static final Pattern CLASS = Pattern.compile("\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*"
            + "(\\.\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*)*");

    private final Map<String, Class<?>> classes = new LinkedHashMap<>();

    /**
     * @param aliases the classes by the names that they had
     * @param allowed which classes may be in files
     * @param classLoader of the program
     * @throws IllegalArgumentException if a name is none, or that of a class there is, or its class must not be in files
     */
    FormerNames(Map<String, Class<?>> aliases, AllowedClasses allowed, ClassLoader classLoader) {
        aliases.forEach((name, type) -> {
            requireName(name, type);
            requireGone(name, type, classLoader);
            requireAllowed(name, type, allowed);
        });
        aliases.forEach(this::putNested);
        classes.putAll(aliases);
    }

    /** The class that had this name; null if none had. */
    @Nullable
    Class<?> classOf(String name) {
        return classes.get(name);
    }

    /** Of each class that had other names, one of them. */
    Map<Class<?>, String> oneOfEach() {
        Map<Class<?>, String> names = new HashMap<>();
        classes.forEach((name, type) -> names.putIfAbsent(type, name));
        return names;
    }

    int size() {
        return classes.size();
    }

    private void putNested(String name, Class<?> type) {
        for (Class<?> nested : type.getDeclaredClasses()) {
            String former = name + "$" + nested.getSimpleName();
            classes.put(former, nested);
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
