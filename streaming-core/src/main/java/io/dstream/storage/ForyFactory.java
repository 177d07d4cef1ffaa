package io.dstream.storage;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.fory.Fory;
import org.apache.fory.config.Config;
import org.apache.fory.config.ForyBuilder;
import org.apache.fory.config.Int64Encoding;
import org.apache.fory.logging.LoggerFactory;
import org.apache.fory.serializer.JdkProxySerializer;
import org.apache.fory.serializer.LambdaSerializer;
import org.apache.fory.serializer.ReplaceResolveSerializer;
import org.apache.fory.serializer.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes objects of the serialization library; each is used by one thread at a time.
 *
 * <p>They generate no code: lists of records would be written and read in two thirds of the time, but the first class would
 * take 200 ms more to begin with, and each further one 80 ms.
 */
final class ForyFactory {

    private static final int MAX_DEPTH = 500; // a level takes about a kilobyte of the stack
    private static final int MAX_CLASS_VERSIONS = 1_000; // of one class, in all that one object reads
    private static final int MAX_CLASS_DESCRIPTION = 64 * 1024; // bytes: the name of a class, the names of its fields

    /** What the library would write without asking, and is no value. */
    private static final List<Class<?>> NO_VALUES = List.of(
            Class.class,
            LambdaSerializer.ReplaceStub.class,
            JdkProxySerializer.ReplaceStub.class,
            ReplaceResolveSerializer.ReplaceStub.class,
            StackTraceElement.class,
            Throwable.class,
            Exception.class,
            RuntimeException.class,
            IOException.class,
            NullPointerException.class,
            IllegalArgumentException.class,
            IllegalStateException.class,
            IndexOutOfBoundsException.class,
            ArrayIndexOutOfBoundsException.class);

    private ForyFactory() {}

    /**
     * For bytes in files: refuses what is not allowed, by name, and does not depend on the order in which classes come.
     *
     * @param names what classes are called in files that are not called there as they are; others that are known stay refused by an
     *     {@link OtherNameException}, because the library knows a class by one name
     */
    static Fory forFiles(
            AllowedClasses allowed,
            OwnCodecs codecs,
            FileNames known,
            Map<Class<?>, String> names,
            ClassLoader loader) {
        AtomicBoolean inUse = new AtomicBoolean();
        Consumer<String> checker = className -> {
            known.requireOther(className);
            codecs.requireNone(className);
            allowed.require(className);
        };
        Fory fory =
                forFiles(className -> inUse.get() ? passes(checker, className) : isAllowed(checker, className), loader);
        names.forEach((type, name) -> register(type, name, fory));
        codecs.registerAt(fory);
        inUse.set(true);
        return fory;
    }

    private static boolean passes(Consumer<String> checker, String className) {
        checker.accept(className);
        return true;
    }

    private static boolean isAllowed(Consumer<String> checker, String className) {
        try {
            return passes(checker, className);
        } catch (RuntimeException refusal) {
            return false;
        }
    }

    private static void register(Class<?> type, String name, Fory fory) {
        int dot = name.lastIndexOf('.');
        fory.register(type, dot < 0 ? "" : name.substring(0, dot), name.substring(dot + 1));
    }

    private static Fory forFiles(Predicate<String> classChecker, ClassLoader classLoader) {
        Fory fory = plain().withClassLoader(classLoader)
                .withTypeChecker((resolver, className) -> classChecker.test(className))
                .withSerializerFactory((resolver, type) -> forFiles(resolver.getConfig(), type))
                .withCompatible(true) // added and removed fields
                .withDeserializeUnknownClass(false)
                .serializeEnumByName(true)
                .withStringCompressed(true) // the other reader makes broken strings of damaged bytes
                .withLongCompressed(Int64Encoding.VARINT)
                .withMaxDepth(MAX_DEPTH)
                .withMaxTypeMetaBytes(MAX_CLASS_DESCRIPTION)
                .withMaxSchemaVersionsPerType(MAX_CLASS_VERSIONS)
                .withMaxAverageSchemaVersionsPerType(MAX_CLASS_VERSIONS)
                .withMaxGraphMemoryBytes(Long.MAX_VALUE) // no more elements are made than there are bytes
                .build();
        NO_VALUES.forEach(type -> fory.registerSerializer(type, new MemoryOnlySerializer<>(fory.getConfig(), type)));
        return fory;
    }

    /** For copies in memory, of whatever there is. */
    static Fory forCopies() {
        return plain().withTypeChecker((resolver, className) -> true)
                .withSerializerFactory((resolver, type) -> forCopies(resolver.getConfig(), type))
                .withCompatible(false)
                .withJdkClassSerializableCheck(false)
                .withRefCopy(true)
                .build();
    }

    private static ForyBuilder plain() {
        LoggerFactory.useSlf4jLogging(true); // else it prints
        return Fory.builder().withXlang(false).requireClassRegistration(false).withCodegen(false);
    }

    private static @Nullable Serializer<?> forFiles(Config config, Class<?> type) {
        if (type.isHidden()) { // a function
            return new MemoryOnlySerializer<>(config, type);
        }
        PlainClasses.requireWritable(type);
        return null;
    }

    private static @Nullable Serializer<?> forCopies(Config config, Class<?> type) {
        if (type.isHidden()) {
            return new MemoryOnlySerializer<>(config, type);
        }
        PlainClasses.requireCopyable(type);
        return null;
    }
}
