package io.dstream.input;

import io.dstream.function.Function;
import io.dstream.function.Functions;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Which files a file stream takes, and when: begin with {@link #defaults()} and change what differs.
 *
 * <p>Immutable.
 *
 * @param filter which files are taken, of those whose names do not begin with {@code .} or {@code _}; called by the pipeline's
 *     ticker thread, in every batch for every file that was not taken yet, with an absolute path
 * @param newFilesOnly whether files that are there at the first start are left alone
 * @param settleDelay how long the size and the modification time of a file must not have changed before it is taken, not
 *     negative: a file that is still being written is not. Its age counts, and how long it was watched
 * @param maxFilesPerBatch how many files a batch takes at most, at least 1; the rest waits, the oldest first
 * @param maxBytesPerBatch how many bytes the files of a batch have together at most, at least 1; but one file is always taken
 * @param remember how long a file that is gone is known, not negative: if it comes back unchanged meanwhile, as after a directory
 *     was not mounted, it is not taken again
 * @param unreadable what happens when a file cannot be read that was taken
 */
public record FileStreamOptions(
        Function<Path, Boolean> filter,
        boolean newFilesOnly,
        Duration settleDelay,
        int maxFilesPerBatch,
        long maxBytesPerBatch,
        Duration remember,
        Unreadable unreadable) {

    /** What happens when a file that was taken is gone, was changed, cannot be read, or is damaged. */
    public enum Unreadable {
        /** The batch fails, and with it whatever the failure policy says. */
        FAIL,
        /** The file, or what is left of it, is left out with a warning. */
        SKIP
    }

    public FileStreamOptions {
        requireNotNegative("settleDelay", settleDelay);
        requireAtLeastOne("maxFilesPerBatch", maxFilesPerBatch);
        requireAtLeastOne("maxBytesPerBatch", maxBytesPerBatch);
        requireNotNegative("remember", remember);
    }

    /**
     * All files that come after the first start, once they have not changed for a second; up to 1,000 in a batch, of any size;
     * remembered for an hour after they are gone; a batch fails if one cannot be read.
     */
    public static FileStreamOptions defaults() {
        return new FileStreamOptions(
                file -> true, true, Duration.ofSeconds(1), 1_000, Long.MAX_VALUE, Duration.ofHours(1), Unreadable.FAIL);
    }

    /**
     * Changes which files are taken.
     *
     * @param newFilter is asked in every batch about every file that was not taken yet
     */
    public FileStreamOptions withFilter(Function<Path, Boolean> newFilter) {
        Functions.require("newFilter", newFilter);
        return new FileStreamOptions(
                newFilter, newFilesOnly, settleDelay, maxFilesPerBatch, maxBytesPerBatch, remember, unreadable);
    }

    /**
     * Changes whether what is there at the first start is left alone.
     *
     * @param isNewFilesOnly whether it is
     */
    public FileStreamOptions withNewFilesOnly(boolean isNewFilesOnly) {
        return new FileStreamOptions(
                filter, isNewFilesOnly, settleDelay, maxFilesPerBatch, maxBytesPerBatch, remember, unreadable);
    }

    /**
     * Changes how long a file must not have changed before it is taken.
     *
     * @param newSettleDelay not negative
     */
    public FileStreamOptions withSettleDelay(Duration newSettleDelay) {
        return new FileStreamOptions(
                filter, newFilesOnly, newSettleDelay, maxFilesPerBatch, maxBytesPerBatch, remember, unreadable);
    }

    /**
     * Changes how many files a batch may have.
     *
     * @param newMaxFilesPerBatch at least 1
     */
    public FileStreamOptions withMaxFilesPerBatch(int newMaxFilesPerBatch) {
        return new FileStreamOptions(
                filter, newFilesOnly, settleDelay, newMaxFilesPerBatch, maxBytesPerBatch, remember, unreadable);
    }

    /**
     * Changes how many bytes the files of a batch may have.
     *
     * @param newMaxBytesPerBatch at least 1
     */
    public FileStreamOptions withMaxBytesPerBatch(long newMaxBytesPerBatch) {
        return new FileStreamOptions(
                filter, newFilesOnly, settleDelay, maxFilesPerBatch, newMaxBytesPerBatch, remember, unreadable);
    }

    /**
     * Changes how long a file that is gone is known.
     *
     * @param newRemember not negative
     */
    public FileStreamOptions withRemember(Duration newRemember) {
        return new FileStreamOptions(
                filter, newFilesOnly, settleDelay, maxFilesPerBatch, maxBytesPerBatch, newRemember, unreadable);
    }

    /**
     * Changes what happens if a file cannot be read.
     *
     * @param newUnreadable fails the batch, or leaves the file out
     */
    public FileStreamOptions withUnreadable(Unreadable newUnreadable) {
        return new FileStreamOptions(
                filter, newFilesOnly, settleDelay, maxFilesPerBatch, maxBytesPerBatch, remember, newUnreadable);
    }

    private static void requireNotNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("'" + name + "' must not be negative, but was " + value);
        }
    }

    private static void requireAtLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("'" + name + "' must be at least 1, but was " + value);
        }
    }
}
