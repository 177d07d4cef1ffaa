package io.dstream.kafka;

import io.dstream.InputDStream;
import io.dstream.StreamingContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;

/**
 * The records of topics, one partition of a batch's RDD for each partition of a topic. Made by {@link KafkaUtils}.
 *
 * @param <K> type of the records' keys
 * @param <V> type of their values
 */
public final class DirectKafkaDStream<K, V> extends InputDStream<ConsumerRecord<K, V>> implements CanCommitOffsets {

    private final DirectStreamSource<K, V> source;

    DirectKafkaDStream(StreamingContext context, DirectStreamSource<K, V> source) {
        super(context, source);
        this.source = source;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the stream does not run
     */
    @Override
    public void commitAsync(OffsetRange[] ranges, OffsetCommitCallback callback) {
        source.commitAsync(ranges, callback);
    }
}
