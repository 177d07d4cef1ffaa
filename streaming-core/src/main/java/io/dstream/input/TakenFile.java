package io.dstream.input;

import java.util.List;
import java.util.OptionalLong;

/**
 * A file that a batch reads.
 *
 * @param version that the batch has taken
 * @param estimate about how many records it has
 * @param parts its partitions
 */
record TakenFile<T>(FileVersion version, long estimate, List<FilePartition<T>> parts) {

    /** How many records it has: those that were read, if it was read to its end; else the estimate. */
    long records() {
        return count().orElse(estimate);
    }

    /** How many records were read; empty if it was not read to its end. */
    OptionalLong count() {
        long sum = 0;
        for (FilePartition<T> part : parts) {
            OptionalLong records = part.tally().records();
            if (records.isEmpty()) {
                return records;
            }
            sum += records.getAsLong();
        }
        return OptionalLong.of(sum);
    }

    /** How many records were left out because they are too long. */
    long dropped() {
        return parts.stream().mapToLong(part -> part.tally().dropped()).sum();
    }

    /** Whether it, or a part of it, was left out because it cannot be read. */
    boolean isSkipped() {
        return parts.stream().anyMatch(part -> part.tally().isSkipped());
    }
}
