package io.dstream.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    private int tooLong; // lines

    @Test
    void linesEndAtLineFeedCarriageReturnOrBoth() throws IOException {
        assertThat(lines("a\nb\rc\r\nd\n\n\r\ne", 10)).containsExactly("a", "b", "c", "d", "", "", "e");
    }

    @Test
    void anUnfinishedLastLineIsALine() throws IOException {
        assertThat(lines("a\nb", 10)).containsExactly("a", "b");
    }

    @Test
    void anEmptyStreamHasNoLines() throws IOException {
        assertThat(lines("", 10)).isEmpty();
    }

    @Test
    void aLineOfTheGreatestLengthIsKeptAndALongerOneDropped() throws IOException {
        assertThat(lines("12345\n123456\nabc\r123456", 5)).containsExactly("12345", "abc");
        assertThat(tooLong).isEqualTo(2);
    }

    @Test
    void aLineAcrossBuffersIsWhole() throws IOException {
        String line = "x".repeat(200_000);
        assertThat(lines(line + "\n" + line, 200_000)).containsExactly(line, line);
    }

    @Test
    void aCharacterAcrossBuffersIsWhole() throws IOException {
        String line = "é".repeat(100_000);
        assertThat(lines("a" + line + "\n", 1_000_000)).containsExactly("a" + line);
    }

    @Test
    void bytesThatAreNoUtf8BecomeTheReplacementCharacter() throws IOException {
        byte[] bytes = {'a', (byte) 0xff, 'b', '\n'};
        assertThat(lines(new ByteArrayInputStream(bytes), 10)).containsExactly("a\ufffdb");
    }

    @Test
    void aGigabyteWithoutALineEndIsDroppedInBoundedMemory() throws IOException {
        long length = 1L << 30;
        InputStream endless = new Repeated((byte) 'x', length);
        assertThat(lines(endless, 1_000_000)).isEmpty();
        assertThat(tooLong).isEqualTo(1);
    }

    @Test
    void anyCutOfTheBytesGivesTheSameLines() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            String text = randomText(random);
            List<String> whole = lines(text, 12);
            assertThat(lines(new Chopped(text.getBytes(StandardCharsets.UTF_8), random), 12))
                    .as(text)
                    .isEqualTo(whole);
        }
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(60); i > 0; i--) {
            text.append("abé\n\r".charAt(random.nextInt(5)));
        }
        return text.toString();
    }

    private List<String> lines(String text, int maxLength) throws IOException {
        return lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), maxLength);
    }

    private List<String> lines(InputStream in, int maxLength) throws IOException {
        LineReader reader = new LineReader(in, maxLength, () -> tooLong++);
        List<String> lines = new ArrayList<>();
        for (String line = reader.next(); line != null; line = reader.next()) {
            lines.add(line);
        }
        return lines;
    }

    /** A byte, many times, without holding them. */
    private static final class Repeated extends InputStream {

        private final byte value;
        private long left;

        Repeated(byte value, long count) {
            this.value = value;
            this.left = count;
        }

        @Override
        public int read() {
            return left-- > 0 ? value : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int given = (int) Math.min(left, length);
            Arrays.fill(target, offset, offset + given, value);
            left -= given;
            return given == 0 ? -1 : given;
        }
    }

    /** Bytes that arrive in pieces of random size. */
    private static final class Chopped extends ByteArrayInputStream {

        private final Random random;

        Chopped(byte[] bytes, Random random) {
            super(bytes);
            this.random = random;
        }

        @Override
        public synchronized int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(length, 1 + random.nextInt(5)));
        }
    }
}
