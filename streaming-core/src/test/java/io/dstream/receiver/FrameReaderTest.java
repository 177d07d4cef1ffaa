package io.dstream.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class FrameReaderTest {

    private static final int MAX_LENGTH = 300;

    @Test
    void aFrameHasAsManyBytesAsItsLengthTells() throws IOException {
        byte[] large = new byte[MAX_LENGTH];
        large[0] = -1;
        FrameReader frames = frames(ByteBuffer.allocate(MAX_LENGTH + 14)
                .putInt(2)
                .put(new byte[] {1, 2})
                .putInt(0)
                .putInt(MAX_LENGTH)
                .put(large)
                .array());
        assertThat(frames.next()).containsExactly(1, 2);
        assertThat(frames.next()).isEmpty();
        assertThat(frames.next()).isEqualTo(large);
        assertThat(frames.next()).isNull();
    }

    @Test
    void aLengthThatCannotBeIsRefusedBeforeMemoryIsTaken() {
        for (int length : new int[] {-1, Integer.MIN_VALUE}) { // the latter as unsigned is 2 GB
            assertThatIOException()
                    .isThrownBy(
                            () -> frames(ByteBuffer.allocate(4).putInt(length).array())
                                    .next())
                    .withMessage("a frame cannot have " + length + " bytes");
        }
        for (int length : new int[] {Integer.MAX_VALUE, MAX_LENGTH + 1}) {
            assertThatIOException()
                    .isThrownBy(
                            () -> frames(ByteBuffer.allocate(4).putInt(length).array())
                                    .next())
                    .withMessage("a frame of " + length
                            + " bytes is longer than 300 bytes (streaming.receiver.max-frame-length)");
        }
    }

    @Test
    void anEndInsideAFrameIsToldFromOneBetweenFrames() {
        assertThatIOException()
                .isThrownBy(
                        () -> frames(ByteBuffer.allocate(6).putInt(3).array()).next())
                .withMessage("it ended inside a frame of 3 bytes");
        assertThatIOException()
                .isThrownBy(() -> frames(new byte[3]).next())
                .withMessage("it ended inside the length of a frame");
    }

    private static FrameReader frames(byte[] bytes) {
        return new FrameReader(new ByteArrayInputStream(bytes), MAX_LENGTH);
    }
}
