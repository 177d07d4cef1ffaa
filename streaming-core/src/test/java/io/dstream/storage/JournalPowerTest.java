package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.storage.SimulatedDisk.Crash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Ends a program that writes a journal at every step, by a power cut or by a kill, with and without failures of the disk before,
 * and again while the next program continues it. What was written must be there then, and nothing else, but for the group that was
 * on its way.
 */
class JournalPowerTest {

    private static final int GROUPS = 20;
    private static final int SEGMENT = 1_200;

    @Test
    void aCutAfterEveryOperationLosesNothing() throws IOException {
        for (int seed = 0; seed < 15 * TestJournal.ROUNDS; seed++) {
            for (int end = 0; end <= operations(); end++) {
                Lives lives = new Lives(seed);
                lives.first.crashBefore(end);
                lives.check("seed " + seed + ", ended before operation " + end, SimulatedDisk::afterCut);
            }
        }
    }

    @Test
    void aKillAfterEveryOperationLosesNothingEvenIfThePowerIsCutLater() throws IOException {
        for (int seed = 0; seed < 15 * TestJournal.ROUNDS; seed++) {
            for (int end = 0; end <= operations(); end++) {
                Lives lives = new Lives(seed);
                lives.first.crashBefore(end);
                lives.check("seed " + seed + ", ended before operation " + end, SimulatedDisk::afterKill);
            }
        }
    }

    @Test
    void aFailureOfEveryOperationLosesNothing() throws IOException {
        for (int seed = 0; seed < 6 * TestJournal.ROUNDS; seed++) {
            for (int failed = 0; failed < operations(); failed++) {
                int times = 1 + new Random(seed).nextInt(8);
                int first = failed;
                Lives lives = new Lives(seed);
                lives.first.setFate((number, operation) -> throwIf(number >= first && number < first + times));
                lives.check("seed " + seed + ", failed " + failed + " and " + times, SimulatedDisk::afterCut);
            }
        }
    }

    @Test
    void anEndSoonAfterAFailureLosesNothing() throws IOException {
        for (int seed = 0; seed < 6 * TestJournal.ROUNDS; seed++) {
            for (int failed = 0; failed < operations(); failed++) {
                for (int later = 1; later < 8; later++) {
                    int first = failed;
                    int end = failed + later;
                    Lives lives = new Lives(seed);
                    lives.first.setFate((number, operation) -> {
                        throwIf(number == first);
                        crashIf(number >= end, end);
                    });
                    lives.check(
                            "seed " + seed + ", failed " + failed + ", ended before operation " + end,
                            seed % 2 == 0 ? SimulatedDisk::afterCut : SimulatedDisk::afterKill);
                }
            }
        }
    }

    private static int operations() throws IOException {
        Lives lives = new Lives(0);
        lives.live(lives.first, GROUPS);
        return lives.first.operations().size();
    }

    private static void throwIf(boolean condition) throws IOException {
        if (condition) {
            throw new IOException("input/output error");
        }
    }

    private static void crashIf(boolean condition, int operation) {
        if (condition) {
            throw new Crash(operation);
        }
    }

    /** Programs that continue a journal one after the other, and what the next one must and may find. */
    private static final class Lives {

        private final Random random;
        private final SimulatedDisk first;

        // Mutable state
        private final Map<String, List<String>> groups = new HashMap<>(); // by their first records
        private final Set<String> dropped = new HashSet<>();
        private List<String> safe = List.of(); // must be found
        private final List<List<String>> unsafe = new ArrayList<>(); // may be found after that, the first ones of one

        Lives(long seed) {
            this.random = new Random(seed);
            this.first = new SimulatedDisk(random);
        }

        /** Runs two programs, and looks at what a third finds. */
        void check(String how, UnaryOperator<SimulatedDisk> firstEnd) throws IOException {
            try {
                live(first, GROUPS);
                SimulatedDisk second = firstEnd.apply(first);
                second.crashBefore(random.nextInt(12));
                live(second, 3);
                find(second.afterCut());
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError(how, failure);
            }
        }

        /** Writes groups, each as often as it takes; may be ended by a crash. */
        void live(SimulatedDisk disk, int count) throws IOException {
            TestJournal journal = find(disk);
            List<String> written = new ArrayList<>();
            List<String> begun = new ArrayList<>();
            try (journal) {
                for (int i = 0; i < count; i++) {
                    List<String> group = group();
                    begun.add(group.get(0));
                    write(group, journal);
                    written.add(group.get(0));
                    begun.clear();
                    dropSome(journal);
                }
            } catch (Crash end) {
                assertThat(end).hasMessageContaining("Ended before operation");
            } catch (IOException notClosed) {
                assertThat(notClosed).hasMessage("input/output error");
            }
            List<String> found = withoutDropped(journal.read());
            if (written.isEmpty()) {
                List<String> more = found.subList(withoutDropped(safe).size(), found.size());
                unsafe.add(concat(more, begun));
            } else {
                unsafe.clear();
                unsafe.add(begun);
                safe = concat(found, written);
            }
        }

        private TestJournal find(SimulatedDisk disk) throws IOException {
            TestJournal journal = new TestJournal(disk, SEGMENT);
            journal.groups.forEach(group -> assertThat(group).isEqualTo(groups.get(group.get(0))));
            List<String> found = withoutDropped(journal.read());
            List<String> least = withoutDropped(safe);
            assertThat(found.subList(0, Math.min(found.size(), least.size()))).isEqualTo(least);
            List<String> more = found.subList(least.size(), found.size());
            assertThat(more.isEmpty()
                            || unsafe.stream()
                                    .map(this::withoutDropped)
                                    .anyMatch(groups -> groups.size() >= more.size()
                                            && groups.subList(0, more.size()).equals(more)))
                    .as("%s after %s, one of %s", more, least, unsafe)
                    .isTrue();
            return journal;
        }

        private List<String> group() {
            String name = "g" + groups.size();
            List<String> group = concat(
                    List.of(name),
                    IntStream.range(0, random.nextInt(3))
                            .mapToObj(i -> name + "x".repeat(random.nextInt(random.nextInt(6) == 0 ? 1_500 : 300)))
                            .toList());
            groups.put(name, group);
            return group;
        }

        private static void write(List<String> group, TestJournal journal) {
            for (int attempt = 1; ; attempt++) {
                try {
                    journal.write(group.toArray(String[]::new));
                    return;
                } catch (IOException failure) {
                    assertThat(attempt).isLessThan(20);
                }
            }
        }

        private void dropSome(TestJournal journal) {
            List<SealedSegment> sealed = journal.journal.sealed();
            if (sealed.size() > 2 && random.nextInt(3) == 0) {
                long segment = sealed.get(random.nextInt(sealed.size())).number();
                journal.segments.forEach((group, placed) -> {
                    if (placed == segment) {
                        dropped.add(group);
                    }
                });
                try {
                    journal.journal.drop(List.of(segment));
                } catch (IOException later) {
                    assertThat(later).hasMessage("input/output error");
                }
            }
        }

        private List<String> withoutDropped(List<String> names) {
            return names.stream().filter(name -> !dropped.contains(name)).toList();
        }

        private static List<String> concat(List<String> names, List<String> more) {
            return Stream.concat(names.stream(), more.stream()).toList();
        }
    }
}
