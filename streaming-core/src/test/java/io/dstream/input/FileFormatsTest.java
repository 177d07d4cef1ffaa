package io.dstream.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Files that are read in ranges. */
class FileFormatsTest {

    private int dropped; // records

    @Test
    void anyRangesTogetherHaveTheLinesOfTheFile() throws IOException {
        Random random = new Random(11);
        RangeFormat<String> format = new LineFormat(6);
        for (int round = 0; round < 1_000; round++) {
            byte[] file = randomText(random).getBytes(StandardCharsets.UTF_8);
            List<String> whole = read(format, file, List.of(FileRange.WHOLE));
            int droppedInWhole = dropped;
            List<FileRange> ranges = randomRanges(random, file.length);
            assertThat(read(format, file, ranges))
                    .as("%s in %s", Arrays.toString(file), ranges)
                    .isEqualTo(whole);
            assertThat(dropped).isEqualTo(droppedInWhole);
        }
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstLine() throws IOException {
        assertThat(read(
                        new LineFormat(6),
                        "\ufeffa\n\ufeffb".getBytes(StandardCharsets.UTF_8),
                        List.of(FileRange.WHOLE)))
                .containsExactly("a", "\ufeffb");
        assertThat(read(new LineFormat(6), new byte[] {(byte) 0xef, (byte) 0xbb}, List.of(FileRange.WHOLE)))
                .containsExactly("\ufffd");
    }

    @Test
    void anyRangesTogetherHaveTheRecordsOfTheFile() throws IOException {
        Random random = new Random(12);
        for (int round = 0; round < 1_000; round++) {
            int length = 1 + random.nextInt(5);
            byte[] file = new byte[length * random.nextInt(12)];
            random.nextBytes(file);
            List<String> records = new ArrayList<>();
            for (int from = 0; from < file.length; from += length) {
                records.add(Arrays.toString(Arrays.copyOfRange(file, from, from + length)));
            }
            List<FileRange> ranges = randomRanges(random, file.length);
            assertThat(read(new FixedLengthFormat(length), file, ranges).stream()
                            .map(Arrays::toString))
                    .as("%d of %d in %s", length, file.length, ranges)
                    .isEqualTo(records);
        }
    }

    @Test
    void aRecordThatIsNotWholeIsAnError() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> read(new FixedLengthFormat(4), new byte[10], List.of(FileRange.WHOLE)))
                .withMessageContaining("2 bytes are left over at its end");
    }

    @Test
    void rangesCoverAFileAndAreNotShort() {
        assertThat(FileRange.of(0)).containsExactly(FileRange.WHOLE);
        assertThat(FileRange.of(2 * FileRange.LENGTH - 1)).containsExactly(FileRange.WHOLE);
        List<FileRange> ranges = FileRange.of(10L << 30);
        assertThat(ranges).hasSize(160);
        assertThat(ranges.get(0).from()).isZero();
        assertThat(ranges.get(159).until()).isEqualTo(Long.MAX_VALUE);
        for (int i = 1; i < 160; i++) {
            assertThat(ranges.get(i).from()).isEqualTo(ranges.get(i - 1).until());
            assertThat(ranges.get(i).from() - ranges.get(i - 1).from()).isGreaterThanOrEqualTo(FileRange.LENGTH);
        }
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "\ufeff" : "");
        for (int i = random.nextInt(30); i > 0; i--) {
            text.append("aé\n\r".charAt(random.nextInt(4)));
        }
        return text.toString();
    }

    /** Cuts as those of {@link FileRange#of}, but anywhere. */
    private static List<FileRange> randomRanges(Random random, int length) {
        SortedSet<Long> cuts = new TreeSet<>();
        for (int i = random.nextInt(5); i > 0 && length > 4; i--) {
            cuts.add(4L + random.nextInt(length - 4)); // behind a byte order mark and a byte
        }
        List<FileRange> ranges = new ArrayList<>();
        long from = 0;
        for (long cut : cuts) {
            ranges.add(new FileRange(from, cut));
            from = cut;
        }
        ranges.add(new FileRange(from, Long.MAX_VALUE));
        return ranges;
    }

    private <T> List<T> read(RangeFormat<T> format, byte[] file, List<FileRange> ranges) throws IOException {
        dropped = 0;
        List<T> records = new ArrayList<>();
        for (FileRange range : ranges) {
            InputStream content = new ByteArrayInputStream(file);
            content.skipNBytes(Math.min(format.start(range), file.length));
            Iterator<T> found = format.read(content, range, () -> dropped++);
            found.forEachRemaining(records::add);
        }
        return Collections.unmodifiableList(records);
    }
}
