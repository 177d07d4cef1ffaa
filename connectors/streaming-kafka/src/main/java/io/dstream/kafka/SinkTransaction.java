package io.dstream.kafka;

import io.dstream.output.SinkUnavailableException;
import io.dstream.time.StreamClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The transaction in which the records of a batch and its key are sent. It begins with the first record, so that readers are not held up
 * while rows are computed.
 *
 * <p>Records may be sent by several threads at once; the other methods are called by one thread, when those have ended.
 */
final class SinkTransaction<K, V> {

    private final Producer<K, V> producer;
    private final SinkFailures failures;
    private final StreamClock clock;

    // Mutable state, written under the lock of this
    private volatile @Nullable Instant began; // null: there were no records yet
    private volatile @Nullable RuntimeException failure; // the first one, after which nothing is sent
    private volatile boolean committing; // or committed; then nothing can be undone any more
    private boolean ended; // whatever is refused later is refused for that

    SinkTransaction(Producer<K, V> producer, SinkFailures failures, StreamClock clock) {
        this.producer = producer;
        this.failures = failures;
        this.clock = clock;
    }

    /**
     * Sends a record; waits while the memory of the producer is full.
     *
     * @throws RuntimeException what has failed first in the transaction, with this record or an earlier one
     */
    void send(ProducerRecord<K, V> record) {
        requireNoFailure();
        String topic = record.topic(); // the callback lives until the answer, and must not keep the record
        try {
            begin();
            Future<?> unused = producer.send(record, (metadata, refusal) -> {
                if (refusal != null) {
                    fail(failures.ofRecord(topic, refusal));
                }
            });
        } catch (RuntimeException refusal) {
            fail(failures.ofRecord(topic, refusal));
        }
        requirePartition(record);
        requireNoFailure();
    }

    private void begin() {
        if (began == null) {
            synchronized (this) {
                if (began == null) {
                    producer.beginTransaction();
                    began = clock.now();
                }
            }
        }
    }

    /** The producer waits for a partition that is not there as for brokers that are away. */
    private void requirePartition(ProducerRecord<K, V> record) {
        RuntimeException first = failure;
        Integer partition = record.partition();
        if (partition == null || !(first instanceof SinkUnavailableException)) {
            return;
        }
        try { // without the lock, because callbacks need it, and the answer to this comes by their thread
            int partitions = producer.partitionsFor(record.topic()).size();
            if (partition >= partitions) {
                correct(first, failures.missingPartition(record.topic(), partition, partitions));
            }
        } catch (KafkaException stillAway) {
            // so that is what has failed
        }
    }

    private synchronized void correct(RuntimeException first, RuntimeException reason) {
        if (failure == first) {
            failure = reason;
        }
    }

    /**
     * Makes the records take effect, if there are any, and the key with them.
     *
     * @param group in whose offsets the key is
     * @throws RuntimeException if it fails; then nobody knows yet whether they have
     */
    void commit(ConsumerGroupMetadata group, Map<TopicPartition, OffsetAndMetadata> key) {
        if (began == null) {
            return;
        }
        try {
            producer.flush();
            requireNoFailure();
            producer.sendOffsetsToTransaction(key, group);
            committing = true;
            producer.commitTransaction();
        } catch (KafkaException refusal) {
            fail(failures.of("committing a batch", refusal));
            requireNoFailure();
        }
    }

    /**
     * Undoes what is not committed. If it is not known whether that is all, or the thread is interrupted, it is left to the end of the
     * producer.
     *
     * @return whether the producer can be used for another transaction; else it has to be closed
     */
    boolean abort() {
        end();
        if (committing || Thread.currentThread().isInterrupted()) {
            return false;
        }
        if (began == null || failure instanceof SinkUnavailableException) {
            return failure == null; // else nobody would answer
        }
        try {
            producer.abortTransaction();
            return true;
        } catch (RuntimeException refusal) {
            return false;
        }
    }

    /** Whether there were records. */
    boolean hasBegun() {
        return began != null;
    }

    /** What has failed first; null if nothing has. What user functions throw does not count. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }

    /** How long ago the first record was sent; zero if none was. */
    Duration age() {
        Instant start = began;
        return start == null ? Duration.ZERO : Duration.between(start, clock.now());
    }

    private synchronized void end() {
        ended = true;
    }

    private synchronized void fail(RuntimeException met) {
        if (failure == null && !ended) {
            failure = met;
        }
    }

    private void requireNoFailure() {
        RuntimeException first = failure;
        if (first != null) {
            throw first;
        }
    }
}
