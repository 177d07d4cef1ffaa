package io.dstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.rdd.Pair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LocalStateTableTest {

    private final LocalStateTable<Integer, String> table = new LocalStateTable<>("counts-0");

    @Test
    void keysMayBeNullAndHaveTheSameHash() {
        LocalStateTable<String, String> strings = new LocalStateTable<>("counts-0");
        strings.put(null, "nothing", Instant.EPOCH);
        strings.put("Aa", "first", Instant.EPOCH);
        strings.put("BB", "second", Instant.EPOCH);
        strings.remove("Aa");
        assertThat(strings.get(null)).isEqualTo("nothing");
        assertThat(strings.get("Aa")).isNull();
        assertThat(strings.get("BB")).isEqualTo("second");
        assertThat(strings.iterator())
                .toIterable()
                .containsExactlyInAnyOrder(Pair.of(null, "nothing"), Pair.of("BB", "second"));
    }

    @Test
    void aBatchThatChangesAKeyOftenIsUndoneToTheStateBeforeAll() {
        table.put(1, "before", Instant.EPOCH);
        table.commit();
        table.put(1, "changed", Instant.ofEpochSecond(1));
        table.remove(1);
        table.put(1, "again", Instant.ofEpochSecond(1));
        table.put(2, "new", Instant.ofEpochSecond(1));
        table.remove(2);
        table.rollback();
        assertThat(table.iterator()).toIterable().containsExactly(Pair.of(1, "before"));
        assertThat(table.entriesUpdatedBefore(Instant.ofEpochMilli(1))).containsExactly(Pair.of(1, "before"));
    }

    @Test
    void whatWasCommittedIsNotUndone() {
        table.put(1, "kept", Instant.EPOCH);
        table.commit();
        table.rollback();
        assertThat(table.get(1)).isEqualTo("kept");
    }

    @Test
    void allStatesCanBeUpdatedLeftAloneOrTakenAway() throws Exception {
        for (int key = 0; key < 100; key++) {
            table.put(key, "before", Instant.EPOCH);
        }
        table.commit();
        Instant now = Instant.ofEpochSecond(1);
        table.updateAll((key, state) -> key % 3 == 0 ? null : key % 3 == 1 ? state : "after", now);
        assertThat(table.get(0)).isNull();
        assertThat(table.get(1)).isEqualTo("before");
        assertThat(table.get(2)).isEqualTo("after");
        assertThat(table.entriesUpdatedBefore(now)).hasSize(33).allMatch(entry -> entry.key() % 3 == 1);
        table.rollback();
        assertThat(table.entriesUpdatedBefore(now)).hasSize(100).allMatch(entry -> entry.value()
                .equals("before"));
    }

    /** Many batches of random changes, some undone, beside a map that does the same by copying. */
    @Test
    void isTheSameAsAMapWhateverIsDone() {
        for (int seed = 0; seed < 20; seed++) {
            compareWithMap(new Random(seed));
        }
    }

    private static void compareWithMap(Random random) {
        LocalStateTable<Integer, String> table = new LocalStateTable<>("counts-0");
        Map<Integer, Pair<String, Instant>> map = new HashMap<>();
        for (int batch = 1; batch <= 60; batch++) {
            Instant time = Instant.ofEpochSecond(batch);
            Map<Integer, Pair<String, Instant>> before = new HashMap<>(map);
            change(table, map, time, random);
            if (random.nextInt(4) == 0) {
                table.rollback();
                map = before;
            } else {
                table.commit();
            }
            assertSame(table, map, time.minusSeconds(random.nextInt(10)));
        }
    }

    private static void change(
            LocalStateTable<Integer, String> table,
            Map<Integer, Pair<String, Instant>> map,
            Instant time,
            Random random) {
        int keys = 1 + random.nextInt(300);
        for (int i = random.nextInt(200); i > 0; i--) {
            int key = random.nextInt(keys) * 8; // alike in their low bits, as keys of one partition are
            if (random.nextInt(3) == 0) {
                table.remove(key);
                map.remove(key);
            } else {
                table.put(key, key + " at " + time, time);
                map.put(key, Pair.of(key + " at " + time, time));
            }
        }
    }

    private static void assertSame(
            LocalStateTable<Integer, String> table, Map<Integer, Pair<String, Instant>> map, Instant deadline) {
        List<Pair<Integer, String>> all = new ArrayList<>();
        List<Pair<Integer, String>> old = new ArrayList<>();
        map.forEach((key, value) -> {
            all.add(Pair.of(key, value.key()));
            if (value.value().isBefore(deadline)) {
                old.add(Pair.of(key, value.key()));
            }
        });
        assertThat(table.iterator()).toIterable().containsExactlyInAnyOrderElementsOf(all);
        List<Pair<Integer, String>> found = table.entriesUpdatedBefore(deadline);
        assertThat(found).containsExactlyInAnyOrderElementsOf(old);
        assertThat(found)
                .extracting(entry -> map.get(entry.key()).value())
                .isSortedAccordingTo(Comparator.naturalOrder());
        assertThat(IntStream.range(0, 300).mapToObj(i -> table.get(i * 8)))
                .containsExactlyElementsOf(IntStream.range(0, 300)
                        .mapToObj(i -> map.containsKey(i * 8) ? map.get(i * 8).key() : null)
                        .toList());
    }
}
