package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.io.Externalizable;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/** Which classes are no more than their fields, so that their objects can be written or copied field by field. */
final class PlainClasses {

    private static final Set<Class<?>> ROOTS = Set.of(Object.class, Record.class, Enum.class);
    private static final Set<String> SERIALIZATION =
            Set.of("writeObject", "readObject", "readObjectNoData", "writeReplace", "readResolve");

    private PlainClasses() {}

    /**
     * Refuses a class of the program that does not come back from a file as it was by its fields alone.
     *
     * @throws StreamingException if it is such a class, with the remedy
     */
    static void requireWritable(Class<?> type) {
        if (!type.isArray() && !type.isInterface() && !isOfJdk(type)) {
            requireStatic(type);
            requireNoJdkSuperclass(type);
            requireNoSerialization(type);
        }
    }

    /**
     * Refuses a class whose objects cannot be copied field by field: of the JDK's own, those that are no data. The fields of a
     * thread, a class loader or a reference belong to the virtual machine, which crashes on a second object with them.
     *
     * @throws StreamingException if it is such a class, with the remedy
     */
    static void requireCopyable(Class<?> type) {
        if (!type.isArray() && !type.isInterface()) {
            requireStatic(type);
            requireDataOfJdk(type);
        }
    }

    /**
     * Refuses a class whose objects take along the object around them.
     *
     * @throws StreamingException if it is such a class, with the remedy
     */
    static void requireStatic(Class<?> type) {
        boolean inner = ownAndSuperclasses(type)
                .flatMap(each -> Arrays.stream(each.getDeclaredFields()))
                .anyMatch(PlainClasses::isOuterObject);
        if (inner) {
            throw new StreamingException(
                    "Class " + type.getName() + " is an inner class: its objects would take along the"
                            + " object around them. Make it static, or a record");
        }
    }

    private static void requireDataOfJdk(Class<?> type) {
        withSuperclasses(type)
                .filter(each -> isOfJdk(each) && !isData(each))
                .findFirst()
                .ifPresent(each -> {
                    throw new StreamingException(
                            each.getName() + " is no data: its objects mean something in one place only");
                });
    }

    private static boolean isData(Class<?> type) {
        return ROOTS.contains(type)
                || type.getName().startsWith("java.util.")
                || Serializable.class.isAssignableFrom(type);
    }

    private static void requireNoJdkSuperclass(Class<?> type) {
        withSuperclasses(type)
                .filter(each -> isOfJdk(each) && !ROOTS.contains(each))
                .findFirst()
                .ifPresent(parent -> {
                    throw new StreamingException("Class " + type.getName() + " must not be in files: it extends "
                            + parent.getName() + ". Have that in a field instead, or map to another class");
                });
    }

    private static void requireNoSerialization(Class<?> type) {
        boolean own = ownAndSuperclasses(type)
                .flatMap(each -> Arrays.stream(each.getDeclaredMethods()))
                .map(Method::getName)
                .anyMatch(SERIALIZATION::contains);
        if (own || Externalizable.class.isAssignableFrom(type)) {
            throw new StreamingException(
                    "Class " + type.getName() + " must not be in files: it has a Java serialization of"
                            + " its own, which they do not use. Map to a record or to a class that is no more than its fields");
        }
    }

    private static boolean isOuterObject(Field field) {
        return field.isSynthetic() && field.getName().startsWith("this$");
    }

    private static boolean isOfJdk(Class<?> type) {
        return type.getName().startsWith("java.");
    }

    /** The classes of the program, which come before those of the JDK. */
    static Stream<Class<?>> ownAndSuperclasses(Class<?> type) {
        return withSuperclasses(type).takeWhile(each -> !isOfJdk(each));
    }

    private static Stream<Class<?>> withSuperclasses(Class<?> type) {
        return Stream.<Class<?>>iterate(type, each -> each != null, Class::getSuperclass);
    }
}
