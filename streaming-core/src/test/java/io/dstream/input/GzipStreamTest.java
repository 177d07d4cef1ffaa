package io.dstream.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;

/** What was put together from two, wherever the bytes are parted when they are read. */
class GzipStreamTest {

    private static final int HEADER = 10;
    private static final byte[] FIRST = gzip("first");
    private static final byte[] SECOND = gzip("second");

    @Test
    void bothAreRead() throws IOException {
        for (int parting = 1; parting < FIRST.length + SECOND.length; parting++) {
            assertThat(read(SECOND.length, parting)).as("parted at %d", parting).isEqualTo("firstsecond");
        }
    }

    @Test
    void oneThatIsCutInItsHeaderIsAnError() throws IOException {
        for (int cut = 1; cut < HEADER; cut++) {
            for (int parting = HEADER; parting <= FIRST.length + cut; parting++) {
                int length = cut;
                int parted = parting;
                assertThatExceptionOfType(ZipException.class)
                        .as("cut after %d, parted at %d", cut, parting)
                        .isThrownBy(() -> read(length, parted))
                        .withMessageContaining("no gzip");
            }
        }
    }

    @Test
    void whatIsBeforeDamageIsReadThroughABuffer() throws IOException {
        byte[] zipped = gzip("a line that is repeated\n".repeat(5_000));
        byte[] half = Arrays.copyOf(zipped, zipped.length / 2);
        int direct = countUntilDamage(GzipStream.of(new ByteArrayInputStream(half)));
        int buffered = countUntilDamage(new BufferedInputStream(GzipStream.of(new ByteArrayInputStream(half))));
        assertThat(buffered).isEqualTo(direct).isGreaterThan(10_000);
    }

    private static int countUntilDamage(InputStream in) {
        byte[] buffer = new byte[1_000_000];
        AtomicInteger count = new AtomicInteger();
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                count.addAndGet(read);
            }
        });
        return count.get();
    }

    @Test
    void nothingBehindItIsNoError() throws IOException {
        for (int parting = 1; parting <= FIRST.length; parting++) {
            assertThat(read(0, parting)).isEqualTo("first");
        }
    }

    /** The first and some bytes of the second, of which a read gives none behind the parting. */
    private static String read(int lengthOfSecond, int parting) throws IOException {
        byte[] both = Arrays.copyOf(FIRST, FIRST.length + lengthOfSecond);
        System.arraycopy(SECOND, 0, both, FIRST.length, lengthOfSecond);
        try (InputStream in = GzipStream.of(new PartedStream(both, parting))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return bytes.toByteArray();
    }

    private static final class PartedStream extends ByteArrayInputStream {

        private final int parting;

        PartedStream(byte[] bytes, int parting) {
            super(bytes);
            this.parting = parting;
        }

        @Override
        public synchronized int read(byte[] target, int offset, int length) {
            int untilParting = pos < parting ? parting - pos : length;
            return super.read(target, offset, Math.min(length, untilParting));
        }
    }
}
