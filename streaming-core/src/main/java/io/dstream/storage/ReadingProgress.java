package io.dstream.storage;

import java.util.function.IntConsumer;
import java.util.function.LongConsumer;

/**
 * Turns bytes that were read into percents of a restore, which reads a log's files twice: once to see that they are whole and what
 * they come to, and once to restore states and rows.
 *
 * <p>Thread-safe.
 */
final class ReadingProgress implements LongConsumer {

    private final long total;
    private final IntConsumer percents;

    // Mutable state, guarded by this
    private long read;
    private int told;

    /**
     * @param size of the files, in bytes
     * @param percents is told whenever there is one more percent, up to 100
     */
    ReadingProgress(long size, IntConsumer percents) {
        this.total = Math.max(1, 2 * size);
        this.percents = percents;
    }

    @Override
    public synchronized void accept(long bytes) {
        read += bytes;
        int reached = (int) Math.min(100, 100 * read / total);
        if (reached > told) {
            told = reached;
            percents.accept(reached);
        }
    }
}
