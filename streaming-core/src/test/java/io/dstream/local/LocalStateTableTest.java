package io.dstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.rdd.Pair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LocalStateTableTest {

    private static final Instant START = Instant.EPOCH;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Instant LATER = START.plus(SECOND);

    private final LocalStateTable<Object, Object> table = new LocalStateTable<>("counts-0");

    @Test
    void keysMayBeNullAndHaveTheSameHash() throws Exception {
        put(null, "nothing", START);
        put("Aa", "first", START);
        put("BB", "second", START);
        remove("Aa");
        assertThat(get("Aa")).isNull();
        assertThat(table.iterator())
                .toIterable()
                .containsExactlyInAnyOrder(Pair.of(null, "nothing"), Pair.of("BB", "second"));
    }

    @Test
    void keysAndStatesMayBeOfDifferentTypes() throws Exception {
        List<Object> values = List.of(1L, 1, 1.0, "1", Double.NaN, -0.0, 0.0, List.of(1));
        for (Object value : values) {
            put(value, value, START);
        }
        assertThat(values).allSatisfy(value -> assertThat(get(value)).isEqualTo(value));
        assertThat(table.iterator()).toIterable().extracting(Pair::key).containsExactlyInAnyOrderElementsOf(values);
    }

    @Test
    void numbersStayTheNumbersTheyWereWhenAStateOfAnotherTypeComes() throws Exception {
        put(1, Double.MIN_VALUE, START);
        put(2, Double.NEGATIVE_INFINITY, START);
        put("three", "another", START);
        assertThat(get(1)).isEqualTo(Double.MIN_VALUE);
        assertThat(get(2)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(get("three")).isEqualTo("another");
    }

    @Test
    void aBatchThatChangesAKeyOftenIsUndoneToTheStateBeforeAll() throws Exception {
        expire(START, SECOND);
        put(1, "before", START);
        table.commit();
        put(1, "changed", LATER);
        remove(1);
        put(1, "again", LATER);
        put(2, "new", LATER);
        remove(2);
        table.rollback();
        assertThat(table.iterator()).toIterable().containsExactly(Pair.of(1, "before"));
        assertThat(expire(LATER.plusMillis(1), SECOND)).containsExactly(Pair.of(1, "before"));
    }

    @Test
    void whatWasCommittedIsNotUndone() throws Exception {
        put(1, "kept", START);
        table.commit();
        table.rollback();
        assertThat(get(1)).isEqualTo("kept");
    }

    @Test
    void allStatesCanBeUpdatedLeftAloneOrTakenAway() throws Exception {
        for (int key = 0; key < 100; key++) {
            put(key, "before", START);
        }
        table.commit();
        table.updateAll((key, state) -> (int) key % 3 == 0 ? null : (int) key % 3 == 1 ? state : "after");
        assertThat(get(0)).isNull();
        assertThat(get(1)).isEqualTo("before");
        assertThat(get(2)).isEqualTo("after");
        table.rollback();
        assertThat(table.iterator())
                .toIterable()
                .hasSize(100)
                .extracting(Pair::value)
                .containsOnly("before");
    }

    @Test
    void aRowSeesWhatTheRowsBeforeItHaveMadeOfItsKey() throws Exception {
        List<Pair<Object, String>> rows = List.of(Pair.of(1, "a"), Pair.of(1, "-"), Pair.of(1, "b"), Pair.of(1, "c"));
        List<Object> seen = new ArrayList<>();
        table.updateEach(
                rows.iterator(),
                (key, value, before) -> {
                    seen.add(String.valueOf(before));
                    return value.equals("-") ? null : value;
                },
                START);
        assertThat(seen).containsExactly("null", "a", "null", "b");
        assertThat(get(1)).isEqualTo("c");
    }

    @Test
    void aKeyWhoseStateIsLeftAloneHasHadDataAllTheSame() throws Exception {
        expire(START, SECOND);
        put(1, "left alone", START);
        put(2, "without data", START);
        update(1, before -> before, LATER);
        assertThat(expire(LATER.plusMillis(1), SECOND)).containsExactly(Pair.of(2, "without data"));
    }

    @Test
    void keysFromBeforeTheFirstTimeoutCountFromThen() throws Exception {
        put(1, "old", START);
        table.commit();
        assertThat(expire(START.plusSeconds(100), SECOND)).isEmpty();
        table.commit();
        assertThat(expire(START.plusSeconds(101), SECOND)).isEmpty();
        assertThat(expire(START.plusSeconds(101).plusMillis(1), SECOND)).containsExactly(Pair.of(1, "old"));
    }

    @Test
    void aFirstTimeoutThatIsUndoneWasNone() throws Exception {
        put(1, "old", START);
        table.commit();
        expire(START, SECOND);
        table.rollback();
        assertThat(expire(START.plusSeconds(100), SECOND)).isEmpty();
    }

    @Test
    void aKeyThatWasChangedByItsOwnerCanStillBeTakenAway() throws Exception {
        List<Integer> key = new ArrayList<>(List.of(1));
        put(key, "state", START);
        put("another", "kept", START);
        table.commit();
        key.add(2);
        table.updateAll((any, state) -> state.equals("kept") ? state : null);
        assertThat(table.iterator()).toIterable().containsExactly(Pair.of("another", "kept"));
    }

    @Test
    void keepsWhatIsLeftAfterMostKeysAreGone() throws Exception {
        expire(START, SECOND);
        int keys = 40_000;
        for (int key = 0; key < keys; key++) {
            put(key, key, START);
        }
        put(-1, "later", LATER);
        table.commit();
        table.updateAll((key, state) -> (int) key < 10 ? state : null);
        table.commit();
        put(10, "new", LATER);
        assertThat(table.iterator()).toIterable().hasSize(12);
        assertThat(get(9)).isEqualTo(9);
        assertThat(expire(LATER.plusMillis(1), SECOND)).hasSize(10);
    }

    /** Many batches of random changes, some undone, beside a map that does the same by copying. */
    @Test
    void isTheSameAsAMapWhateverIsDone() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            compareWithMap(new Random(seed));
        }
    }

    private static void compareWithMap(Random random) throws Exception {
        LocalStateTableTest test = new LocalStateTableTest();
        Map<Object, Pair<Object, Instant>> map = new HashMap<>();
        test.expire(START, SECOND);
        test.table.commit();
        for (int batch = 1; batch <= 60; batch++) {
            Instant time = START.plusSeconds(batch);
            Map<Object, Pair<Object, Instant>> before = new HashMap<>(map);
            test.change(map, time, random);
            if (random.nextInt(4) == 0) {
                test.table.rollback();
                map = before;
            } else {
                test.table.commit();
            }
            test.assertSame(map, time, Duration.ofSeconds(random.nextInt(10)));
        }
    }

    @Test
    void handsOverEachKeyOnceAsItIsAfterTheBatch() throws Exception {
        put(1, "first", START);
        put(1, "second", START);
        put(2, "gone", START);
        remove(2);
        put(null, "of null", START);
        assertThat(changes()).isEqualTo(map(1, Pair.of("second", 0L), 2, null, null, Pair.of("of null", 0L)));
        table.commit();
        assertThat(changes()).isEmpty();
    }

    @Test
    void handsOverNothingOfWhatIsUndone() throws Exception {
        put(1, "undone", START);
        table.rollback();
        assertThat(changes()).isEmpty();
    }

    @Test
    void handsOverAllKeysWithTheFirstTimeout() throws Exception {
        put(1, "old", START);
        table.commit();
        expire(LATER, SECOND);
        assertThat(changes()).isEqualTo(map(1, Pair.of("old", LATER.toEpochMilli())));
        table.commit();
        expire(LATER, SECOND);
        assertThat(changes()).isEmpty();
    }

    @Test
    void keysRestoredWithoutATimeCountFromTheFirstTimeout() throws Exception {
        table.restore(1, "with", START.plusMillis(1).toEpochMilli());
        table.restore(2, "without", 0);
        assertThat(expire(LATER.plusMillis(1), SECOND)).isEmpty();
        assertThat(changes()).containsOnlyKeys(1, 2);
        table.commit();
        assertThat(expire(LATER.plusMillis(2), SECOND)).containsExactly(Pair.of(1, "with"));
        assertThat(expire(LATER.plusMillis(2).plus(SECOND), SECOND)).containsExactly(Pair.of(2, "without"));
    }

    @Test
    void aChangeOfAKeyRestoredWithoutATimeCanBeUndone() throws Exception {
        table.restore(1, "with", START.toEpochMilli());
        for (int key = 2; key < 40; key++) {
            table.restore(key, "without", 0);
        }
        put(39, "undone", LATER);
        table.rollback();
        assertThat(expire(LATER, SECOND)).doesNotContain(Pair.of(39, "without"));
        assertThat(expire(LATER.plusMillis(1).plus(SECOND), SECOND)).contains(Pair.of(39, "without"));
    }

    @Test
    void aBatchThatIsUndoneGivesNoTimeToKeysRestoredWithoutOne() throws Exception {
        table.restore(1, "with", LATER.toEpochMilli());
        table.restore(2, "without", 0);
        expire(START, SECOND);
        table.rollback();
        assertThat(expire(LATER.plusMillis(1).plus(SECOND), SECOND)).containsExactly(Pair.of(1, "with"));
        table.commit();
        assertThat(expire(LATER.plusMillis(1).plus(SECOND).plus(SECOND), SECOND))
                .isEmpty();
        assertThat(expire(LATER.plusMillis(2).plus(SECOND).plus(SECOND), SECOND))
                .containsExactly(Pair.of(2, "without"));
    }

    /** What many batches have handed over, some of them undone, restores the same table. */
    @Test
    void whatItHandsOverMakesTheSameTable() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            LocalStateTableTest test = new LocalStateTableTest();
            LocalStateTableTest restored = new LocalStateTableTest();
            Map<Object, Pair<Object, Instant>> map = new HashMap<>();
            Map<Object, @Nullable Pair<Object, Long>> log = new HashMap<>();
            for (int batch = 1; batch <= 30; batch++) {
                test.expire(START.plusSeconds(batch), Duration.ofDays(1));
                test.change(map, START.plusSeconds(batch), random);
                if (random.nextInt(4) == 0) {
                    test.table.rollback();
                } else {
                    log.putAll(test.changes());
                    test.table.commit();
                }
            }
            log.forEach((key, state) -> {
                if (state != null) {
                    restored.table.restore(key, state.key(), state.value());
                }
            });
            assertThat(restored.table.iterator())
                    .toIterable()
                    .containsExactlyInAnyOrderElementsOf(() -> test.table.iterator());
            assertThat(restored.expire(START.plusSeconds(20), SECOND))
                    .containsExactlyInAnyOrderElementsOf(test.expire(START.plusSeconds(20), SECOND));
        }
    }

    private Map<Object, @Nullable Pair<Object, Long>> changes() {
        Map<Object, @Nullable Pair<Object, Long>> changes = new HashMap<>();
        table.changes((node, keys, states, dataTimes) -> {
            for (int i = 0; i < keys.size(); i++) {
                Object state = states.get(i);
                assertThat(changes).doesNotContainKey(keys.get(i));
                changes.put(keys.get(i), state == null ? null : Pair.of(state, dataTimes[i]));
            }
        });
        return changes;
    }

    private static Map<Object, @Nullable Object> map(@Nullable Object... keysAndValues) {
        Map<Object, @Nullable Object> map = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    private void change(Map<Object, Pair<Object, Instant>> map, Instant time, Random random) throws Exception {
        int keys = 1 + random.nextInt(300);
        for (int i = random.nextInt(200); i > 0; i--) {
            int key = random.nextInt(keys) * 8; // alike in their low bits, as keys of one partition are
            if (random.nextInt(3) == 0) {
                remove(key);
                map.remove(key);
            } else {
                put(key, key + " at " + time, time);
                map.put(key, Pair.of(key + " at " + time, time));
            }
        }
    }

    private void assertSame(Map<Object, Pair<Object, Instant>> map, Instant now, Duration timeout) throws Exception {
        List<Pair<Object, Object>> all = new ArrayList<>();
        List<Pair<Object, Object>> old = new ArrayList<>();
        map.forEach((key, value) -> {
            all.add(Pair.of(key, value.key()));
            if (value.value().isBefore(now.minus(timeout))) {
                old.add(Pair.of(key, value.key()));
            }
        });
        assertThat(table.iterator()).toIterable().containsExactlyInAnyOrderElementsOf(all);
        List<Pair<Object, Object>> expired = expire(now, timeout);
        assertThat(expired).containsExactlyInAnyOrderElementsOf(old);
        assertThat(expired)
                .extracting(entry -> map.get(entry.key()).value())
                .isSortedAccordingTo(Comparator.naturalOrder());
        table.rollback();
        for (int key : IntStream.range(0, 300).map(i -> i * 8).toArray()) {
            assertThat(get(key)).isEqualTo(map.containsKey(key) ? map.get(key).key() : null);
        }
        table.rollback(); // of the times at which the keys were looked at
    }

    private void put(@Nullable Object key, Object state, Instant time) throws Exception {
        update(key, before -> state, time);
    }

    private void remove(Object key) throws Exception {
        update(key, before -> null, START);
    }

    /** By way of a row, which looks the key up, and leaves its state alone. */
    private @Nullable Object get(Object key) throws Exception {
        List<@Nullable Object> found = new ArrayList<>();
        update(
                key,
                before -> {
                    found.add(before);
                    return before;
                },
                START);
        return found.get(0);
    }

    private void update(@Nullable Object key, Change change, Instant time) throws Exception {
        List<Pair<Object, Object>> rows = List.of(Pair.of(key, "data"));
        table.updateEach(rows.iterator(), (any, value, before) -> change.of(before), time);
    }

    private List<Pair<Object, Object>> expire(Instant now, Duration timeout) throws Exception {
        List<Pair<Object, Object>> expired = new ArrayList<>();
        table.expire(now, timeout, (key, state) -> expired.add(Pair.of(key, state)));
        return expired;
    }

    /** What a row makes of a state. */
    private interface Change {
        @Nullable
        Object of(@Nullable Object before);
    }
}
