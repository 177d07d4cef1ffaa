package io.dstream.kafka;

import org.apache.kafka.clients.consumer.OffsetCommitCallback;

/** Commits offsets to the group of its consumers; every stream of {@link KafkaUtils#createDirectStream} can. Thread-safe. */
public interface CanCommitOffsets {

    /** As {@link #commitAsync(OffsetRange[], OffsetCommitCallback)}, without a callback. */
    default void commitAsync(OffsetRange[] ranges) {
        commitAsync(ranges, (offsets, failure) -> {});
    }

    /**
     * Commits the ends of ranges with the batch that runs: once it is committed, or at the latest when the stream ends. Of several
     * ranges of a partition the furthest counts. Offsets that a batch has read are committed without this too, unless {@link
     * KafkaSettings#commitsOffsets()} says that nothing else is to be.
     *
     * @param ranges such as {@link HasOffsetRanges#offsetRanges()} gives
     * @param callback is told the outcome, by a thread of Kafka's client; it must not wait
     */
    void commitAsync(OffsetRange[] ranges, OffsetCommitCallback callback);
}
