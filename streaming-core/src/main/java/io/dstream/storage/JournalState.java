package io.dstream.storage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found of a journal when it was opened.
 *
 * @param sealed the segments that count, but for the last one, in order
 * @param tail what of the last one counts; null if there is none
 * @param marker the name of the file that tells the newest segment; null if there is none
 * @param nextNumber a number that no segment has had
 * @param leftovers names of files that count for nothing
 */
record JournalState(
        List<SealedSegment> sealed,
        @Nullable Tail tail,
        @Nullable String marker,
        long nextNumber,
        List<String> leftovers) {

    JournalState {
        sealed = List.copyOf(sealed);
        leftovers = List.copyOf(leftovers);
    }

    /** The same with more files that count for nothing. */
    JournalState withLeftovers(List<String> more) {
        List<String> all = new ArrayList<>(leftovers);
        all.addAll(more);
        return new JournalState(sealed, tail, marker, nextNumber, all);
    }

    /**
     * What counts of the last segment. Only a part of it is known to be on the disk; the system may just show the rest, even
     * after a force that has failed. So the rest is written again.
     *
     * @param segment its number
     * @param durable the length that is known to be on the disk, 0 if none is
     * @param end the length that counts
     */
    record Tail(long segment, long durable, long end) {}
}
