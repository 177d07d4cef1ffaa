package io.dstream.storage;

import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which classes may be in files, by name: what is in a file must not decide which code is loaded.
 *
 * @param packages the names of packages that may, with those below them
 * @param classes the names of single classes that may, beside
 */
record AllowedClasses(List<String> packages, Set<String> classes) {

    private static final Pattern PACKAGE = Pattern.compile("\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*"
            + "(\\.\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*)*");

    /** Values and collections, and the types that fields are declared with. */
    private static final Set<String> JDK = Stream.of(
                    in("java.io", "Serializable"),
                    in(
                            "java.lang",
                            "Boolean Byte Character Short Integer Long Float Double String Object Number Record"),
                    in("java.lang", "Enum CharSequence Comparable Iterable StringBuilder"),
                    in("java.math", "BigDecimal BigInteger RoundingMode"),
                    in("java.net", "URI"),
                    in("java.time", "DayOfWeek Duration Instant LocalDate LocalDateTime LocalTime Month MonthDay"),
                    in("java.time", "OffsetDateTime OffsetTime Period Year YearMonth ZoneId ZoneOffset ZoneRegion"),
                    in("java.time", "ZonedDateTime temporal.ChronoUnit temporal.Temporal temporal.TemporalAmount"),
                    in(
                            "java.util",
                            "UUID Date Locale Currency BitSet Optional OptionalInt OptionalLong OptionalDouble"),
                    in(
                            "java.util",
                            "Collection List Set Map Queue Deque SortedSet NavigableSet SortedMap NavigableMap"),
                    in("java.util", "SequencedCollection SequencedSet SequencedMap Map$Entry Comparator"),
                    in(
                            "java.util",
                            "ArrayList LinkedList ArrayDeque PriorityQueue HashSet LinkedHashSet TreeSet EnumSet"),
                    in("java.util", "HashMap LinkedHashMap TreeMap EnumMap Vector Stack"),
                    in("java.util", "AbstractMap$SimpleEntry AbstractMap$SimpleImmutableEntry"),
                    in("java.util.concurrent", "ConcurrentMap ConcurrentHashMap ConcurrentSkipListMap TimeUnit"),
                    in("java.util.concurrent", "ConcurrentSkipListSet CopyOnWriteArrayList"),
                    in("java.util.concurrent.atomic", "AtomicBoolean AtomicInteger AtomicLong"))
            .flatMap(names -> names)
            .collect(Collectors.toUnmodifiableSet());

    AllowedClasses {
        packages.forEach(AllowedClasses::requirePackage);
        packages = List.copyOf(packages);
        classes = Set.copyOf(classes);
    }

    /** Whether it is a value or a collection that may be in files whatever is allowed beside. */
    static boolean isAlwaysAllowed(String className) {
        return JDK.contains(className) || className.equals(Pair.class.getName());
    }

    /**
     * Refuses a class that is not allowed.
     *
     * @param className its binary name; of an array, the descriptor
     * @throws StreamingException if it is not allowed, with the remedy
     */
    void require(String className) {
        String element = elementOf(className);
        if (!isAllowed(element)) {
            throw new StreamingException("Class " + element + " must not be in files: " + remedy(element));
        }
    }

    private String remedy(String name) {
        return name.startsWith("java.")
                ? "it is none of the JDK's values and collections that may. Map to another class"
                : "it is in none of the allowed packages " + packages + ". Allow its package with"
                        + " StreamingConfig.withAllowedPackages, map to another class, or, if what is read had this name before,"
                        + " tell its new one by StreamingConfig.withAlias";
    }

    /** Whether a class may be in files, by its binary name. */
    boolean isAllowed(String name) {
        return isAlwaysAllowed(name)
                || classes.contains(name)
                || packages.stream().anyMatch(allowed -> name.startsWith(allowed + "."));
    }

    /** What an array is made of in the end; of primitive values the box. */
    static String elementOf(String className) {
        int dimensions = className.lastIndexOf('[') + 1;
        if (dimensions == 0) {
            return className;
        }
        return className.endsWith(";")
                ? className.substring(dimensions + 1, className.length() - 1)
                : "java.lang.Object";
    }

    private static Stream<String> in(String packageName, String classes) {
        return Stream.of(classes.split(" ")).map(name -> packageName + "." + name);
    }

    private static void requirePackage(String name) {
        if (!PACKAGE.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'packages' must be names of packages, such as com.example.orders, but one was '" + name + "'");
        }
    }
}
