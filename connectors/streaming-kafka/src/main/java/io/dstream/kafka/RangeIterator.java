package io.dstream.kafka;

import io.dstream.function.StreamingException;
import io.dstream.input.SourceUnavailableException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * The records of a range, read by a consumer of its own as they are asked for.
 *
 * <p>Used by one thread.
 */
final class RangeIterator<K, V> implements Iterator<ConsumerRecord<K, V>>, AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(250);

    private final OffsetRange range;
    private final Consumer<K, V> consumer;
    private final long patience; // in polls

    // Mutable state
    private Iterator<ConsumerRecord<K, V>> read =
            List.<ConsumerRecord<K, V>>of().iterator();
    private long next; // the offset behind what was polled

    /**
     * @param consumer is closed with the iterator, and if it cannot be made
     * @param timeoutMillis how long nothing may come before the brokers count as away
     */
    RangeIterator(OffsetRange range, Consumer<K, V> consumer, int timeoutMillis) {
        this.range = range;
        this.consumer = consumer;
        this.patience = Math.max(1, timeoutMillis / POLL.toMillis());
        this.next = range.fromOffset();
        try {
            begin(Duration.ofMillis(timeoutMillis));
        } catch (RuntimeException failure) {
            close();
            throw translated(failure);
        }
    }

    @Override
    public boolean hasNext() {
        try {
            for (long idle = 0; !read.hasNext() && next < range.untilOffset(); idle++) {
                if (idle >= patience) {
                    throw new SourceUnavailableException("Kafka gives no records of " + range, null);
                }
                poll();
            }
        } catch (KafkaException failure) {
            throw translated(failure);
        }
        return read.hasNext();
    }

    @Override
    public ConsumerRecord<K, V> next() {
        if (!hasNext()) {
            throw new NoSuchElementException("There are no more records of " + range);
        }
        ConsumerRecord<K, V> record = read.next();
        ReadHeaders.of(record);
        return record;
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    private void begin(Duration timeout) {
        TopicPartition partition = range.topicPartition();
        long earliest = PartitionRates.of(partition, consumer.beginningOffsets(List.of(partition), timeout));
        long latest = PartitionRates.of(partition, consumer.endOffsets(List.of(partition), timeout));
        if (earliest > range.fromOffset() || latest < range.untilOffset()) {
            throw new StreamingException(
                    "Records " + range + " cannot be read: the partition has offsets " + earliest + " to " + latest,
                    null);
        }
        consumer.assign(List.of(partition));
        consumer.seek(partition, range.fromOffset());
    }

    private void poll() {
        List<ConsumerRecord<K, V>> records = consumer.poll(POLL).records(range.topicPartition());
        next = consumer.position(range.topicPartition());
        read = records.stream()
                .takeWhile(record -> record.offset() < range.untilOffset())
                .iterator();
    }

    private RuntimeException translated(RuntimeException failure) {
        return failure instanceof RetriableException
                ? new SourceUnavailableException(
                        "Kafka cannot be reached to read " + range + ": " + failure.getMessage(), failure)
                : failure;
    }
}
