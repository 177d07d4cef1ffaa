package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RowSizesTest {

    @Test
    void stringsAndBytesAreTheirLengthAndALittleMore() {
        RowSizes sizes = new RowSizes();
        assertThat(sizes.of("")).isBetween(40L, 80L);
        assertThat(sizes.of("x".repeat(1_000)) - sizes.of("")).isEqualTo(1_000);
        assertThat(sizes.of(new byte[1_000]) - sizes.of(new byte[0])).isEqualTo(1_000);
    }

    @Test
    void charactersThatAreNotInLatinTakeTwoBytes() {
        RowSizes sizes = new RowSizes();
        for (String latin : new String[] {"a", "é"}) {
            assertThat(sizes.of(latin.repeat(1_000)) - sizes.of("")).isEqualTo(1_000);
        }
        assertThat(sizes.of("я".repeat(1_000)) - sizes.of("")).isEqualTo(2_000);
        assertThat(sizes.of("a".repeat(19) + "я") - sizes.of("")).isEqualTo(40);
        assertThat(sizes.of("name: Юрий ".repeat(100)) - sizes.of("")).isEqualTo(2_200);
        assertThat(sizes.of(List.of("я".repeat(1_000)))).isGreaterThan(2_000);
    }

    /** The real sizes are those that a heap of such objects was found to have, in bytes. */
    @ParameterizedTest(name = "{1} bytes")
    @MethodSource
    void anObjectIsEstimatedWithinHalfAndTwiceItsSize(Object object, long size) {
        assertThat(new RowSizes().of(object)).isBetween(size / 2, size * 2);
    }

    static Stream<Arguments> anObjectIsEstimatedWithinHalfAndTwiceItsSize() {
        return Stream.of(
                Arguments.of(1_234_567L, 24),
                Arguments.of(new Order("0123456789", 5, List.of("a", "b")), 200),
                Arguments.of(new int[1_000], 4_016),
                Arguments.of(numbers(), 20_000),
                Arguments.of(map(), 7_200));
    }

    @Test
    void rowsAreSampled() {
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            rows.add(new Order("x".repeat(1_000), i, List.of()));
        }
        assertThat(RowSizes.ofAll(rows)).isBetween(1_000_000L, 1_200_000L);
    }

    @Test
    void whateverARowIsThereIsAnEstimate() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        for (Object row :
                new Object[] {endless, new Loop(), new Failing(), new Object[] {null}, Thread.currentThread()}) {
            assertThat(new RowSizes().of(row)).isPositive();
        }
        assertThat(new RowSizes().of(null)).isNotNegative();
    }

    private static List<Integer> numbers() {
        return new ArrayList<>(IntStream.range(1_000, 2_000).boxed().toList());
    }

    private static Map<String, Long> map() {
        Map<String, Long> map = new HashMap<>();
        for (int i = 0; i < 64; i++) {
            map.put("key" + i, 1_000L + i);
        }
        return Collections.unmodifiableMap(map);
    }

    private record Order(String id, int amount, List<String> tags) {}

    /** Refers to itself. */
    private static final class Loop {

        private final Object self = this;

        @Override
        public String toString() {
            return "loop " + (self == this);
        }
    }

    /** A collection that cannot be looked into. */
    private static final class Failing extends ArrayList<String> {

        private static final long serialVersionUID = 1L;

        @Override
        public int size() {
            throw new UnsupportedOperationException("size");
        }
    }
}
