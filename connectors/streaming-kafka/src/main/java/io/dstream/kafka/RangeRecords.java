package io.dstream.kafka;

import io.dstream.input.SourceUnavailableException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of a range in a batch: fetched once, when they are first asked for or before, and kept until nobody has this object
 * any more. What could not be fetched is fetched anew for whoever asks next.
 *
 * <p>Thread-safe.
 *
 * @param <R> type of the rows
 */
final class RangeRecords<R> {

    private final OffsetRange range;
    private final Fetcher<?, ?, R> fetcher;
    private final MetRecords failed = new MetRecords();

    // Mutable state, guarded by this
    private @Nullable Fetch<R> fetch;
    private boolean lost;

    RangeRecords(OffsetRange range, Fetcher<?, ?, R> fetcher) {
        this.range = range;
        this.fetcher = fetcher;
    }

    OffsetRange range() {
        return range;
    }

    /** Those that have failed in their batch. */
    MetRecords failed() {
        return failed;
    }

    /** Begins to fetch them; does nothing if that was begun and has not failed. */
    void prefetch() {
        begin();
    }

    /**
     * Waits for them.
     *
     * @throws Exception what has kept them from being read
     */
    List<R> await() throws Exception {
        return begin().await();
    }

    /** Is told that they are gone with their topic; does nothing if they were fetched before. */
    synchronized void lose() {
        Fetch<R> current = fetch;
        if (current == null || current.sizeIfKnown() < 0) {
            lost = true;
            if (current != null) {
                current.fail(
                        new SourceUnavailableException(range + " was being read when its topic was made again", null));
            }
        }
    }

    /** How many there are; -1 as long as that is not known. */
    synchronized long sizeIfKnown() {
        return fetch == null ? -1 : fetch.sizeIfKnown();
    }

    private synchronized Fetch<R> begin() {
        Fetch<R> current = fetch;
        if (current == null || current.hasFailed()) {
            current = new Fetch<>(range);
            fetch = current;
            if (lost) {
                fetcher.losses().end(current, "their topic was made again");
            } else if (range.count() == 0) {
                current.complete();
                fetcher.expect(range);
            } else {
                fetcher.request(current);
            }
        }
        return current;
    }
}
