package io.dstream.receiver;

import java.time.Duration;

/**
 * How receivers of a pipeline behave.
 *
 * @param blockInterval how often what was stored is cut into a block, at least 1 ms; each block is one partition
 * @param restartDelay how long to wait before the first restart, at least 1 ms; doubled, up to a minute, with every restart
 *     after which nothing was stored
 * @param maxLineLength how many bytes a line of text may have, at least 1; longer ones are dropped and reported
 */
public record ReceiverSettings(Duration blockInterval, Duration restartDelay, int maxLineLength) {

    public ReceiverSettings {
        requireAtLeastOneMilli("blockInterval", blockInterval);
        requireAtLeastOneMilli("restartDelay", restartDelay);
        if (maxLineLength < 1) {
            throw new IllegalArgumentException("'maxLineLength' must be at least 1, but was " + maxLineLength);
        }
    }

    /** A block every 200 ms, a restart after 2 seconds, lines of up to 1 MB. */
    public static ReceiverSettings defaults() {
        return new ReceiverSettings(Duration.ofMillis(200), Duration.ofSeconds(2), 1_048_576);
    }

    private static void requireAtLeastOneMilli(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(
                    "'" + name + "' must be at least 1 ms, but was " + value.toMillis() + " ms");
        }
    }
}
