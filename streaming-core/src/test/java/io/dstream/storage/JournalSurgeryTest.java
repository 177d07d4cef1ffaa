package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damages the files of a journal of 12 groups, in segments 1 to 3 of a run that was closed and 4 to 5 of one that was closed or
 * killed. What was safe is all there or refused; what is cut off was not known to be safe.
 */
class JournalSurgeryTest {

    private static final int SEGMENT = 1_000;
    private static final int GROUPS = 12;

    private final Random random = new Random(17);
    private final SimulatedDisk disk = new SimulatedDisk(random);

    private TestJournal last;

    @BeforeEach
    void write() throws IOException {
        try (TestJournal journal = open()) {
            write(0, 7, journal);
        }
        last = open();
        write(7, GROUPS, last);
        assertThat(TestJournal.FILES.segments(disk.list())).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(last.segments).containsEntry("g10", 5L).containsEntry("g11", 5L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "zero", "flip"})
    void afterAKillDamageToTheLastGroupIsCutOffAndAnyOtherRefused(String surgery) throws IOException {
        byte[] whole = disk.bytes(file(5));
        long start = start(whole, 5, "g11");
        for (int at = 0; at < whole.length; at++) {
            disk.put(file(5), damaged(surgery, whole, at));
            if (at >= start) {
                assertThat(open().read()).as("at %d", at).isEqualTo(names(GROUPS - 1));
            } else {
                assertRefused(5, at);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zero", "flip"})
    void afterAStopDamageToAnyGroupIsRefused(String surgery) throws IOException {
        last.close();
        byte[] whole = disk.bytes(file(5));
        int end = whole.length - RecordHead.LENGTH; // of the last group; what follows says that it was safe
        for (int at = 0; at < whole.length; at++) {
            disk.put(file(5), damaged(surgery, whole, at));
            if (at >= end) {
                assertThat(open().read()).as("at %d", at).isEqualTo(names(GROUPS));
            } else {
                assertRefused(5, at);
            }
        }
    }

    @Test
    void theEndOfAStoppedJournalIsSafeWhenItIsStopped() throws IOException {
        last.close();
        for (int i = 0; i < 20; i++) {
            SimulatedDisk left = disk.afterCut();
            byte[] bytes = left.bytes(file(5));
            bytes[bytes.length - RecordHead.LENGTH - 1] ^= 1;
            left.put(file(5), bytes);
            assertThatExceptionOfType(DamagedFileException.class).isThrownBy(() -> new TestJournal(left, SEGMENT));
            left.remove(file(5));
            assertThatExceptionOfType(DamagedFileException.class).isThrownBy(() -> new TestJournal(left, SEGMENT));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theBytesOfAnEarlierSegmentCount(long segment) throws IOException {
        byte[] whole = disk.bytes(file(segment));
        long counted = last.journal.sealed().get((int) segment - 1).length();
        for (int at = 0; at < whole.length; at += 1 + random.nextInt(4)) {
            disk.put(file(segment), damaged("flip", whole, at));
            if (at < counted) {
                assertRefused(segment, at);
            } else {
                assertThat(open().read()).isEqualTo(names(GROUPS));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aSegmentThatIsEmptyOrMissingIsRefused(long segment) {
        disk.put(file(segment), new byte[0]);
        assertRefused(segment, 0);
        disk.remove(file(segment));
        assertRefused(segment, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aSegmentThatIsShorterIsRefused(long segment) {
        byte[] whole = disk.bytes(file(segment));
        int counted = (int) last.journal.sealed().get((int) segment - 1).length();
        for (int length = 0; length < counted; length += 7) {
            disk.put(file(segment), Arrays.copyOf(whole, length));
            assertRefused(segment, length);
        }
    }

    @Test
    void bytesFromElsewhereAreNoRecords() throws IOException {
        byte[] whole = disk.bytes(file(5));
        int start = Math.toIntExact(start(whole, 5, "g11"));
        byte[] again = Arrays.copyOf(whole, whole.length * 2 - start);
        System.arraycopy(whole, start, again, whole.length, whole.length - start);
        disk.put(file(5), again);
        assertThat(open().read()).isEqualTo(names(GROUPS));
        disk.put(file(5), disk.bytes(file(4)));
        assertRefused(5, 1);
    }

    @Test
    void aTailOfZerosIsCutOff() throws IOException {
        byte[] whole = disk.bytes(file(5));
        disk.put(file(5), Arrays.copyOf(whole, whole.length + 5_000));
        TestJournal next = open();
        assertThat(next.read()).isEqualTo(names(GROUPS));
        next.write("later");
        assertThat(open().read()).hasSize(GROUPS + 1).endsWith("later");
    }

    private TestJournal open() throws IOException {
        return new TestJournal(disk, SEGMENT);
    }

    private void write(int from, int to, TestJournal journal) throws IOException {
        for (int i = from; i < to; i++) {
            String text = "x".repeat(200 + random.nextInt(100));
            journal.write("g" + i, text + i, "");
        }
    }

    /** The offset at which a group begins. */
    private static long start(byte[] bytes, long segment, String group) {
        return IntStream.range(0, bytes.length - RecordHead.LENGTH)
                .filter(at -> RecordHead.at(bytes, at, segment, at) != null)
                .filter(at ->
                        new String(bytes, at + RecordHead.LENGTH, group.length(), StandardCharsets.UTF_8).equals(group))
                .findFirst()
                .getAsInt();
    }

    private byte[] damaged(String surgery, byte[] whole, int at) {
        byte[] bytes = surgery.equals("cut") ? Arrays.copyOf(whole, at) : whole.clone();
        if (surgery.equals("zero")) {
            bytes[at] = (byte) (bytes[at] == 0 ? 1 : 0);
        } else if (surgery.equals("flip")) {
            bytes[at] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private void assertRefused(long segment, int at) {
        assertThatExceptionOfType(StreamingException.class)
                .as("segment %d at %d", segment, at)
                .isThrownBy(this::open)
                .withMessageContaining(file(segment))
                .satisfies(refusal -> {
                    if (refusal instanceof DamagedFileException damage) {
                        assertThat(damage.file()).endsWith(file(segment));
                        assertThat(damage.offset()).isBetween(0L, (long) at);
                        assertThat(damage).hasMessageContaining("Restore its directory");
                    }
                });
    }

    private static String file(long segment) {
        return TestJournal.FILES.name(segment);
    }

    private static List<String> names(int count) {
        return Stream.iterate(0, i -> i + 1).limit(count).map(i -> "g" + i).toList();
    }
}
