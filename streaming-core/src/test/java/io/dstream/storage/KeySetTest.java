package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class KeySetTest {

    private final KeySet keys = new KeySet();

    @Test
    void keysOfAnyClassAreThereOnceTheyWereAdded() {
        List<Object> all =
                Arrays.asList(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 1, 0, "1", 1.0, List.of(1L), null);
        for (Object key : all) {
            assertThat(keys.contains(key)).as("%s", key).isFalse();
            assertThat(keys.add(key)).as("%s", key).isTrue();
            assertThat(keys.add(key)).as("%s", key).isFalse();
        }
        assertThat(all).allMatch(keys::contains);
    }

    @Test
    void manyNumbersAreKnownAsASetOfTheJdkKnowsThem() {
        Random random = new Random(1);
        Set<Long> expected = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            long number = i % 3 == 0 ? (long) random.nextInt(50_000) << 32 : random.nextInt(50_000) - 25_000;
            assertThat(keys.contains(number)).isEqualTo(expected.contains(number));
            assertThat(keys.add(number)).isEqualTo(expected.add(number));
        }
    }

    @Test
    @Timeout(20) // all in one place would take minutes
    void numbersThatDifferInTheirHighestBitsAloneAreSpread() {
        for (long i = 1; i < 60_000; i++) {
            assertThat(keys.add(i << 48)).isTrue();
        }
        assertThat(keys.contains(59_999L << 48)).isTrue();
        assertThat(keys.contains(60_000L << 48)).isFalse();
    }
}
