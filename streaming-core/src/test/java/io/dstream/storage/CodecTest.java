package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import java.io.Externalizable;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {

    private static final Instant TIME = Instant.parse("2026-11-20T10:15:30.123456789Z");

    private final Codec<Object> codec = Codec.allowing(List.of("io.dstream.storage"));

    @ParameterizedTest
    @MethodSource("values")
    void whatIsWrittenIsRead(Object value) {
        Object read = codec.decode(codec.encode(value));
        assertThat(read).isEqualTo(value).hasSameClassAs(value);
    }

    static Stream<Object> values() {
        return Stream.of(
                true,
                (byte) -1,
                (short) 2,
                'c',
                3,
                -4L,
                5.5f,
                6.6,
                "",
                "plain",
                "Zürich, 東京, 😀",
                new BigDecimal("1.2345678901234567890"),
                BigInteger.TWO.pow(200),
                TIME,
                LocalDate.of(2026, 11, 20),
                LocalTime.NOON,
                LocalDateTime.of(2026, 11, 20, 10, 15),
                ZonedDateTime.ofInstant(TIME, ZoneId.of("Europe/Zurich")),
                OffsetDateTime.ofInstant(TIME, ZoneOffset.ofHours(2)),
                Duration.ofNanos(123),
                Period.ofDays(3),
                Year.of(2026),
                YearMonth.of(2026, 11),
                ZoneId.of("Asia/Tokyo"),
                DayOfWeek.MONDAY,
                TimeUnit.DAYS,
                RoundingMode.UP,
                new UUID(1, 2),
                Optional.of("there"),
                Optional.empty(),
                OptionalLong.of(7),
                new int[] {1, 2},
                new long[0],
                new byte[] {-1},
                new double[] {1.5},
                new char[][] {{'a'}, {}},
                new String[] {"a", null},
                new Instant[] {TIME},
                new UUID[] {new UUID(3, 4)},
                new Object[] {1, "mixed", List.of()},
                new Count[] {new Count("a", 1)},
                new ArrayList<>(Arrays.asList("a", null)),
                new TreeSet<>(Comparator.<Integer>reverseOrder()),
                new HashMap<>(Map.of("a", 1L)),
                new LinkedHashMap<>(Map.of(new Count("key", 1), List.of(1.5))),
                new TreeMap<>(Map.of(2, "b", 1, "a")),
                new ConcurrentHashMap<>(Map.of("a", 1)),
                new EnumMap<>(Map.of(Color.RED, 1)),
                EnumSet.of(Color.RED, Color.GREEN),
                List.of(1, 2, 3),
                Set.of("one"),
                Map.of("a", 1, "b", 2),
                Stream.of(1, 2, 3).toList(),
                Arrays.asList(1, null),
                Collections.unmodifiableList(new ArrayList<>(List.of(1))),
                new SimpleEntry<>("a", 1),
                Color.RED,
                Color.GREEN,
                Pair.of("key", Pair.of(1L, List.of("value"))),
                Pair.of(null, null),
                new Count("word", 1),
                new Order("o-1", List.of(new Count("a", 1)), Optional.of(Color.GREEN), null),
                new Account("owner", 12, List.of(new Count("b", 2))));
    }

    @Test
    void collectionsThatHaveNoEqualsAreReadToo() {
        ArrayDeque<?> deque = (ArrayDeque<?>) codec.decode(codec.encode(new ArrayDeque<>(List.of(1, 2))));
        assertThat(new ArrayList<Object>(deque)).containsExactly(1, 2);
        assertThat(((AtomicLong) codec.decode(codec.encode(new AtomicLong(5)))).get())
                .isEqualTo(5);
    }

    @Test
    void nullIsAValue() {
        assertThat(codec.decode(codec.encode(null))).isNull();
    }

    @Test
    void transientFieldsAreLeftOut() {
        Account account = new Account("owner", 12, List.of());
        account.cache = "costly";
        assertThat(((Account) codec.decode(codec.encode(account))).cache).isNull();
    }

    @Test
    void theFirstByteTellsTheFormat() {
        byte[] bytes = codec.encode("value");
        assertThat(bytes[0]).isEqualTo((byte) 1);
        bytes[0] = 7;
        assertRefused(() -> codec.decode(bytes))
                .withMessageContaining("format is 7")
                .withMessageContaining("format 1");
        assertRefused(() -> codec.decode(new byte[0])).withMessageContaining("no bytes");
    }

    @Test
    void aListTakesTheNamesOfItsClassesOnce() {
        List<Count> many =
                IntStream.range(0, 100).mapToObj(i -> new Count("word", i)).toList();
        int together = codec.encode(many).length;
        int alone = codec.encode(many.get(0)).length;
        assertThat(together).isLessThan(20 * alone);
    }

    @Test
    void whatWasWrittenDoesNotDependOnWhatTheProgramWroteBefore() {
        byte[] first = codec.encode(new Count("word", 1));
        Codec<Object> other = Codec.allowing(List.of("io.dstream"));
        other.encode(new Order("o-1", List.of(), Optional.empty(), Color.RED));
        other.encode(Map.of(Color.RED, new Account("owner", 1, List.of())));
        assertThat(other.encode(new Count("word", 1))).isEqualTo(first);
        assertThat(other.decode(first)).isEqualTo(new Count("word", 1));
    }

    @Test
    void manyThreadsMayUseIt() {
        List<Count> read = IntStream.range(0, 2_000)
                .parallel()
                .mapToObj(i -> (Count) codec.decode(codec.encode(new Count("word", i))))
                .toList();
        assertThat(read)
                .extracting(Count::count)
                .isEqualTo(IntStream.range(0, 2_000).mapToObj(Long::valueOf).toList());
    }

    @ParameterizedTest
    @MethodSource("nestings")
    void aClassThatIsNotAllowedIsNotWrittenWhereverItIs(Object value) {
        Codec<Object> strict = Codec.allowing(List.of("com.shop", "com.bank"));
        assertRefused(() -> strict.encode(value))
                .withMessageContaining("Class io.dstream.storage.CodecTest$Count must not be in files")
                .withMessageContaining("[com.shop, com.bank]")
                .withMessageContaining("withAllowedPackages");
    }

    @ParameterizedTest
    @MethodSource("nestings")
    void norIsItRead(Object value) {
        Codec<Object> strict = Codec.allowing(List.of("com.shop"));
        byte[] bytes = codec.encode(value);
        assertRefused(() -> strict.decode(bytes))
                .withMessageContaining("Class io.dstream.storage.CodecTest$Count must not be in files");
    }

    static Stream<Object> nestings() {
        Count count = new Count("word", 1);
        return Stream.of(
                count,
                new ArrayList<>(List.of(1, count)),
                Map.of(count, 1),
                Map.of("a", List.of(Optional.of(count))),
                Pair.of(1, count),
                new Object[] {count},
                new Count[] {count},
                new Count[1][1]);
    }

    @Test
    void aPackageAllowsThoseBelowItAndNoOthersThatBeginLikeIt() {
        Count count = new Count("word", 1);
        assertThat(Codec.allowing(List.of("io.dstream")).encode(count)).isNotEmpty();
        assertRefused(() -> Codec.allowing(List.of("io.dstream.stor")).encode(count));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "com.shop.", ".shop", "com..shop", "com.shop.*", "com/shop", "9lives"})
    void whatIsNoPackageIsNotAllowed(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codec.allowing(List.of(name)))
                .withMessageContaining("'packages'")
                .withMessageContaining("'" + name + "'");
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatIsNoMoreThanDataIsAllThereIs(Object value, String reason) {
        assertRefused(() -> codec.encode(value)).withMessageContaining(reason);
        assertRefused(() -> codec.encode(new ArrayList<>(List.of(1, value)))).withMessageContaining(reason);
    }

    static Stream<Object[]> refusals() {
        return Stream.of(
                new Object[] {
                    new StringJoiner(","), "java.util.StringJoiner must not be in files: it is none of the JDK's"
                },
                new Object[] {
                    new OwnSerialization(), "OwnSerialization must not be in files: it has a Java serialization"
                },
                new Object[] {
                    new OwnReplacement("x"), "OwnReplacement must not be in files: it has a Java serialization"
                },
                new Object[] {new Outside(), "Outside must not be in files: it has a Java serialization"},
                new Object[] {new Counts(), "Counts must not be in files: it extends java.util.HashMap"},
                new Object[] {new CodecTest().new Inner(), "Inner is an inner class"},
                new Object[] {(Supplier<String> & Serializable) () -> "x", "one process only"},
                new Object[] {proxy(), "must not be in files"},
                new Object[] {String.class, "java.lang.Class must not be in files"},
                new Object[] {new IllegalStateException("x"), "java.lang.IllegalStateException must not be in files"},
                new Object[] {Thread.currentThread(), "java.lang.Thread"});
    }

    @Test
    void aValueThatHasItselfInItIsRefused() {
        Node node = new Node();
        node.next = node;
        assertRefused(() -> codec.encode(node)).withMessageContaining("has itself in it");
    }

    @Test
    void bytesThatAreNestedTooDeeplyAreRefused() {
        Object nested = "innermost";
        for (int i = 0; i < 600; i++) {
            nested = new ArrayList<>(Collections.singletonList(nested));
        }
        byte[] bytes = codec.encode(nested);
        assertRefused(() -> codec.decode(bytes)).withMessageContaining("depth");
    }

    @Test
    void aLengthThatTheBytesDoNotHaveTakesNoMemory() {
        byte[] list = codec.encode(new ArrayList<>(List.of(1, 2, 3)));
        int lengthAt = firstDifference(list, codec.encode(new ArrayList<>(List.of(1, 2, 3, 4))));
        byte[] bytes = new byte[list.length + 4];
        System.arraycopy(list, 0, bytes, 0, lengthAt);
        byte[] max = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 7};
        System.arraycopy(max, 0, bytes, lengthAt, 5);
        System.arraycopy(list, lengthAt + 1, bytes, lengthAt + 5, list.length - lengthAt - 1);
        assertThat(bytes).hasSizeLessThan(20);
        assertRefused(() -> codec.decode(bytes)).withCauseInstanceOf(Exception.class);
    }

    static Stream<Object> valuesWithLengths() {
        return Stream.of(
                "Zürich, 東京",
                new BigDecimal("1.2345678901234567890"),
                new byte[] {1, 2},
                new long[] {3, 4},
                new String[] {"a", "b"},
                new ArrayList<>(List.of("a", "b")),
                new HashMap<>(Map.of("a", 1L)),
                List.of(new Count("a", 1), new Count("b", 2)));
    }

    @ParameterizedTest
    @MethodSource("valuesWithLengths")
    void noLengthThatTheBytesDoNotHaveTakesMemoryWhereverItIs(Object value) {
        byte[] original = codec.encode(value);
        byte[] huge = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 7};
        for (int at = 1; at < original.length; at++) {
            byte[] bytes = Arrays.copyOf(original, original.length + huge.length - 1);
            System.arraycopy(huge, 0, bytes, at, huge.length);
            System.arraycopy(original, at + 1, bytes, at + huge.length, original.length - at - 1);
            assertThat(allocatedBy(() -> codec.decode(bytes)))
                    .as("bytes allocated, for a length at %d", at)
                    .isLessThan(16 * 1024 * 1024);
        }
    }

    private static long allocatedBy(Runnable decode) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            decode.run();
        } catch (StreamingException refused) {
            // most are
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void damagedBytesAreRefusedOrReadAsSomethingElseButDoNothingWorse() {
        Random random = new Random(42);
        List<byte[]> originals = values().map(codec::encode).toList();
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = originals.get(random.nextInt(originals.size())).clone();
            bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt();
            byte[] damaged =
                    Arrays.copyOf(bytes, random.nextBoolean() ? bytes.length : 1 + random.nextInt(bytes.length));
            try {
                codec.decode(damaged);
            } catch (StreamingException refusal) {
                refused++;
                assertThat(causes(refusal)).noneMatch(VirtualMachineError.class::isInstance);
            }
        }
        assertThat(refused).isGreaterThan(500);
    }

    @Test
    void bytesAfterTheValueAreRefused() {
        byte[] bytes = codec.encode("value");
        assertRefused(() -> codec.decode(Arrays.copyOf(bytes, bytes.length + 3)))
                .withMessageContaining("3 bytes too many");
    }

    private static ThrowableAssertAlternative<StreamingException> assertRefused(ThrowingCallable call) {
        return assertThatExceptionOfType(StreamingException.class).isThrownBy(call);
    }

    private static List<Throwable> causes(Throwable failure) {
        return Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
                .toList();
    }

    private static int firstDifference(byte[] first, byte[] second) {
        return Arrays.mismatch(first, second);
    }

    private static Object proxy() {
        return Proxy.newProxyInstance(
                CodecTest.class.getClassLoader(), new Class<?>[] {Named.class}, (self, method, arguments) -> "name");
    }

    record Count(String word, long count) {}

    record Order(String id, List<Count> items, Optional<Color> color, Color second) {}

    enum Color {
        RED,
        GREEN {
            @Override
            boolean isGreen() {
                return true;
            }
        };

        boolean isGreen() {
            return false;
        }
    }

    /** A class that needs its arguments. */
    static final class Account {

        private final String owner;
        private final long total;
        private final List<Count> counts;
        private transient String cache;

        Account(String owner, long total, List<Count> counts) {
            this.owner = Objects.requireNonNull(owner);
            this.total = total;
            this.counts = counts;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Account account
                    && owner.equals(account.owner)
                    && total == account.total
                    && counts.equals(account.counts);
        }

        @Override
        public int hashCode() {
            return owner.hashCode();
        }
    }

    static final class Node {

        Node next;
    }

    interface Named extends Serializable {

        String name();
    }

    static final class OwnSerialization implements Serializable {

        private void writeObject(ObjectOutputStream out) {}
    }

    record OwnReplacement(String name) implements Serializable {

        private Object writeReplace() {
            return name;
        }
    }

    public static final class Outside implements Externalizable {

        @Override
        public void writeExternal(ObjectOutput out) {}

        @Override
        public void readExternal(ObjectInput in) {}
    }

    static final class Counts extends HashMap<String, Long> {}

    private final class Inner {

        @Override
        public String toString() {
            return "in " + codec;
        }
    }
}
