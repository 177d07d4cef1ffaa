package io.dstream.receiver;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How receivers of a pipeline behave.
 *
 * @param blockInterval how often what was stored is cut into a block, at least 1 ms; each block is one partition
 * @param restartDelay how long to wait before the first restart, at least 1 ms; doubled, up to a minute, with every restart
 *     after which nothing was stored
 * @param maxRate how many records per second a receiver may store, at least 1; null if any number
 * @param maxMemory how many bytes of memory, by estimate, the records of a receiver may take whose batches have not ended, at
 *     least 1; after that the receiver waits, or its blocks go to files, as its storage level says
 * @param maxDisk how many bytes the files of a receiver may have, at least 1; after that the receiver waits
 * @param maxLineLength how many bytes a line of text may have, at least 1; longer ones are dropped and reported
 * @param maxFrameLength how many bytes a frame may have, at least 1; a longer one ends the connection
 * @param readTimeout how long a server may send nothing, at least 1 ms, before it is connected anew; null if any time
 */
public record ReceiverSettings(
        Duration blockInterval,
        Duration restartDelay,
        @Nullable Long maxRate,
        long maxMemory,
        long maxDisk,
        int maxLineLength,
        int maxFrameLength,
        @Nullable Duration readTimeout) {

    private static final int MEGABYTE = 1_048_576;
    private static final long GIGABYTE = 1_024L * MEGABYTE;
    private static final int SHARE_OF_HEAP = 8;

    public ReceiverSettings {
        requireAtLeastOneMilli("blockInterval", blockInterval);
        requireAtLeastOneMilli("restartDelay", restartDelay);
        requireAtLeastOne("maxRate", maxRate == null ? 1 : maxRate);
        requireAtLeastOne("maxMemory", maxMemory);
        requireAtLeastOne("maxDisk", maxDisk);
        requireAtLeastOne("maxLineLength", maxLineLength);
        requireAtLeastOne("maxFrameLength", maxFrameLength);
        if (readTimeout != null) {
            requireAtLeastOneMilli("readTimeout", readTimeout);
        }
    }

    /**
     * A block every 200 ms, a restart after 2 seconds, any rate, an eighth of the heap and 10 GB of files for each receiver, lines
     * and frames of up to 1 MB, no read time-out.
     */
    public static ReceiverSettings defaults() {
        return new ReceiverSettings(
                Duration.ofMillis(200),
                Duration.ofSeconds(2),
                null,
                Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP,
                10 * GIGABYTE,
                MEGABYTE,
                MEGABYTE,
                null);
    }

    /**
     * Changes how often a block is cut.
     *
     * @param newBlockInterval at least 1 ms
     * @throws IllegalArgumentException if it is less
     */
    public ReceiverSettings withBlockInterval(Duration newBlockInterval) {
        return changed(draft -> draft.blockInterval = newBlockInterval);
    }

    /**
     * Changes the delay before the first restart.
     *
     * @param newRestartDelay at least 1 ms
     * @throws IllegalArgumentException if it is less
     */
    public ReceiverSettings withRestartDelay(Duration newRestartDelay) {
        return changed(draft -> draft.restartDelay = newRestartDelay);
    }

    /**
     * Changes how many records per second a receiver may store.
     *
     * @param newMaxRate at least 1
     * @throws IllegalArgumentException if it is less
     */
    public ReceiverSettings withMaxRate(long newMaxRate) {
        return changed(draft -> draft.maxRate = newMaxRate);
    }

    /**
     * Changes how many bytes of memory the records of a receiver may take.
     *
     * @param newMaxMemory at least 1
     * @throws IllegalArgumentException if it is less
     */
    public ReceiverSettings withMaxMemory(long newMaxMemory) {
        return changed(draft -> draft.maxMemory = newMaxMemory);
    }

    /**
     * Changes how many bytes its files may have.
     *
     * @param newMaxDisk at least 1
     * @throws IllegalArgumentException if it is less
     */
    public ReceiverSettings withMaxDisk(long newMaxDisk) {
        return changed(draft -> draft.maxDisk = newMaxDisk);
    }

    /**
     * Changes how many bytes a line may have.
     *
     * @param newMaxLineLength at least 1
     * @throws IllegalArgumentException if it is less
     */
    public ReceiverSettings withMaxLineLength(int newMaxLineLength) {
        return changed(draft -> draft.maxLineLength = newMaxLineLength);
    }

    /**
     * Changes how many bytes a frame may have.
     *
     * @param newMaxFrameLength at least 1
     * @throws IllegalArgumentException if it is less
     */
    public ReceiverSettings withMaxFrameLength(int newMaxFrameLength) {
        return changed(draft -> draft.maxFrameLength = newMaxFrameLength);
    }

    /**
     * Changes how long a server may send nothing.
     *
     * @param newReadTimeout at least 1 ms
     * @throws IllegalArgumentException if it is less
     */
    public ReceiverSettings withReadTimeout(Duration newReadTimeout) {
        return changed(draft -> draft.readTimeout = newReadTimeout);
    }

    private ReceiverSettings changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finished();
    }

    private static void requireAtLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("'" + name + "' must be at least 1, but was " + value);
        }
    }

    private static void requireAtLeastOneMilli(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(
                    "'" + name + "' must be at least 1 ms, but was " + value.toMillis() + " ms");
        }
    }

    /** Settings while they are changed. */
    private static final class Draft {

        // Mutable state
        private Duration blockInterval;
        private Duration restartDelay;
        private @Nullable Long maxRate;
        private long maxMemory;
        private long maxDisk;
        private int maxLineLength;
        private int maxFrameLength;
        private @Nullable Duration readTimeout;

        Draft(ReceiverSettings from) {
            blockInterval = from.blockInterval;
            restartDelay = from.restartDelay;
            maxRate = from.maxRate;
            maxMemory = from.maxMemory;
            maxDisk = from.maxDisk;
            maxLineLength = from.maxLineLength;
            maxFrameLength = from.maxFrameLength;
            readTimeout = from.readTimeout;
        }

        ReceiverSettings finished() {
            return new ReceiverSettings(
                    blockInterval,
                    restartDelay,
                    maxRate,
                    maxMemory,
                    maxDisk,
                    maxLineLength,
                    maxFrameLength,
                    readTimeout);
        }
    }
}
