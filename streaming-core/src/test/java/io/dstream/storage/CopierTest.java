package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import java.io.FileDescriptor;
import java.lang.ref.WeakReference;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CopierTest {

    private final Copier copier = new Copier();

    @ParameterizedTest
    @MethodSource("immutables")
    void whatNobodyCanChangeIsNotCopied(Object value) {
        assertThat(copier.copy(value)).isSameAs(value);
        assertThat(copier.copy(value)).isSameAs(value);
    }

    static Stream<Object> immutables() {
        return Stream.of(
                1L,
                'c',
                2.5,
                new String("text"),
                new BigDecimal("1.5"),
                BigInteger.TWO.pow(100),
                new UUID(1, 2),
                Instant.now(),
                LocalDate.EPOCH,
                Duration.ofDays(1),
                ZoneId.of("Europe/Zurich"),
                TimeUnit.DAYS,
                Color.GREEN,
                Optional.of(12_345L),
                OptionalInt.of(3),
                new Closed(1, "a", Color.RED, Instant.EPOCH, new Inner(BigInteger.ONE.toString())),
                new Open(new UUID(1, 2), Optional.of("x"), new BigDecimal("2"), null),
                Pair.of("key", Pair.of(1L, Optional.empty())),
                new Chain(1, new Chain(2, null)));
    }

    @ParameterizedTest
    @MethodSource("mutables")
    void whatSomebodyCouldChangeIsCopiedWithAllThatIsInIt(Object value) {
        Object copy = copier.copy(value);
        assertThat(copy)
                .isNotSameAs(value)
                .hasSameClassAs(value)
                .usingRecursiveComparison()
                .isEqualTo(value);
    }

    static Stream<Object> mutables() {
        return Stream.of(
                new int[] {1, 2},
                new ArrayList<>(List.of(1, 2)),
                new HashMap<>(Map.of("a", new ArrayList<>(List.of(1)))),
                new TreeMap<>(Map.of(1, new int[] {1})),
                new ConcurrentHashMap<>(Map.of("a", new int[] {1})),
                BitSet.valueOf(new long[] {5}),
                new Object[] {Map.entry("a", 2)},
                EnumSet.of(Color.RED),
                List.of(new ArrayDeque<>(List.of(1))),
                Collections.synchronizedMap(new HashMap<>(Map.of(1, 2))),
                Optional.of(new int[] {1}),
                Pair.of("key", new ArrayList<>(List.of(1))),
                new Open(new int[] {1}, Optional.empty(), 1, null),
                new Open(1, Optional.of(new ArrayList<>()), 1, new Open("x", Optional.empty(), 2, null)),
                new Session("user", new ArrayList<>(List.of("a"))));
    }

    @Test
    void aCopyHasNothingInCommonWithTheOriginal() {
        Session original = new Session("user", new ArrayList<>(List.of("a")));
        Session copy = copier.copy(original);
        copy.pages.add("b");
        copy.counts.put("clicks", 1L);
        copy.cached = "changed";
        assertThat(original.pages).containsExactly("a");
        assertThat(original.counts).isEmpty();
        assertThat(original.cached).isEqualTo("cached");
        assertThat(copy.user).isEqualTo("user");
    }

    @Test
    void transientFieldsAreCopiedToo() {
        assertThat(copier.copy(new Session("user", List.of())).cached).isEqualTo("cached");
    }

    @Test
    void whatIsSharedInAValueIsSharedInItsCopy() {
        Node first = new Node();
        first.next = new Node();
        first.next.next = first;
        Node copy = copier.copy(first);
        assertThat(copy).isNotSameAs(first);
        assertThat(copy.next.next).isSameAs(copy);
    }

    @Test
    void countersAndQueuesAreCopied() {
        AtomicLong counter = copier.copy(new AtomicLong(5));
        LongAdder original = new LongAdder();
        original.add(7);
        LongAdder adder = copier.copy(original);
        original.increment();
        assertThat(counter.get()).isEqualTo(5);
        assertThat(adder.sum()).isEqualTo(7);
        assertThat(copier.copy(new ConcurrentLinkedQueue<>(List.of(1, 2)))).containsExactly(1, 2);
        assertThat(copier.copy(new LongSummaryStatistics(1, 2, 3, 5)))
                .hasToString(new LongSummaryStatistics(1, 2, 3, 5).toString());
        assertThat(copier.copy(new ReentrantLock()).tryLock()).isTrue();
        assertThat(copier.copy(new StringJoiner(",").add("a")).add("b")).hasToString("a,b");
    }

    @Test
    void functionsAreShared() {
        Map<String, Integer> ranks = new HashMap<>(Map.of("low", 2, "high", 1));
        PriorityQueue<String> queue = new PriorityQueue<>(Comparator.comparing(ranks::get));
        queue.add("low");
        PriorityQueue<String> copy = copier.copy(queue);
        copy.add("high");
        assertThat(copy.comparator()).isSameAs(queue.comparator());
        assertThat(copy.peek()).isEqualTo("high");
        assertThat(queue).containsExactly("low");
    }

    @Test
    void aSubclassOfAKnownTypeCouldHaveAnythingInIt() {
        Amount amount = new Amount("1.5");
        assertThat(copier.copy(amount)).isNotSameAs(amount).isEqualTo(amount);
        Open open = new Open(1, Optional.empty(), amount, null);
        assertThat(copier.copy(open)).isNotSameAs(open);
    }

    @Test
    void whatCannotBeCopiedIsNamed() {
        assertRefused(new Surrounded(), ": ", "Surrounded is an inner class");
        assertRefused(Thread.currentThread(), ": ", "java.lang.Thread");
        assertThat(copier.copy(new int[] {1})).containsExactly(1);
    }

    @Test
    void whatBelongsToTheVirtualMachineIsRefusedBeforeAnyOfItsFieldsIsCopied() {
        assertRefused(new Worker(), ": ", "java.lang.Thread is no data");
        assertRefused(getClass().getClassLoader(), ": ", "ClassLoader is no data");
        assertRefused(
                List.of(new WeakReference<>("a")), " because of '[]' in it", "java.lang.ref.WeakReference is no data");
        assertRefused(new FileDescriptor(), ": ", "java.io.FileDescriptor is no data");
    }

    @Test
    void whatIsToBlameInAValueIsTold() {
        String thread = ", of class " + Thread.currentThread().getClass().getName() + ": ";
        assertRefused(List.of(Thread.currentThread()), " because of '[]' in it" + thread, "");
        Map<String, Object> map = new HashMap<>(Map.of("key", Thread.currentThread()));
        assertRefused(map, " because of '[]' in it" + thread, "");
        assertRefused(
                new Outer(new ArrayList<>(
                        List.of(new Middle("harmless", null), new Middle("x", Thread.currentThread())))),
                " because of 'middles[].owner' in it" + thread,
                ". Have nothing but data in it, best as a record of values that nobody can change, which is not copied");
        assertRefused(
                new Outer(List.of(new Surrounded())), " because of 'middles[]' in it, of class ", "is an inner class");
    }

    @Test
    void aClassIsTriedOnce() {
        copier.requireCopyable(new ArrayList<>(List.of(1)));
        copier.requireCopyable(new ArrayList<>(List.of(Thread.currentThread())));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> copier.requireCopyable(new Middle("x", Thread.currentThread())));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> copier.requireCopyable(new Middle("x", Thread.currentThread())));
        copier.requireCopyable(1);
    }

    private void assertRefused(Object value, String blamed, String reason) {
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> copier.copy(value))
                .withMessageStartingWith(
                        "A value of class " + value.getClass().getTypeName() + " cannot be copied" + blamed)
                .withMessageContaining(reason);
    }

    private static final class Worker extends Thread {}

    record Outer(List<?> middles) {}

    static final class Middle {

        String name;

        @Nullable
        Thread owner;

        Middle(String name, @Nullable Thread owner) {
            this.name = name;
            this.owner = owner;
        }
    }

    enum Color {
        RED,
        GREEN {
            @Override
            int rank() {
                return 1;
            }
        };

        int rank() {
            return 0;
        }
    }

    record Inner(String text) {}

    /** Has components of final types only. */
    record Closed(int number, String text, Color color, Instant time, Inner inner) {}

    /** Has components of which the values decide. */
    record Open(Object any, Optional<?> optional, Number number, Open more) {}

    record Chain(int number, Chain next) {}

    static final class Amount extends BigDecimal {

        Amount(String number) {
            super(number);
        }
    }

    static final class Node {

        Node next;
    }

    static final class Session {

        private final String user;
        private final List<String> pages;
        private final Map<String, Long> counts = new HashMap<>();
        private transient String cached = "cached";

        Session(String user, List<String> pages) {
            this.user = user;
            this.pages = pages;
        }
    }

    private final class Surrounded {

        @Override
        public String toString() {
            return "in " + copier.copy("test");
        }
    }
}
