package io.dstream.kafka;

import io.dstream.rdd.Pair;
import io.dstream.time.Signal;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Records that are stored together.
 *
 * @param records their keys and values
 * @param offsets behind them, by partition; used by the consumer's thread alone
 * @param stored is set when they are stored
 */
record ReadBlock<K, V>(List<Pair<K, V>> records, Map<TopicPartition, OffsetAndMetadata> offsets, Signal stored) {

    /**
     * Takes the first records of those that were gathered.
     *
     * @param size how many at most
     */
    static <K, V> ReadBlock<K, V> take(Deque<ConsumerRecord<K, V>> gathered, int size) {
        List<Pair<K, V>> records = new ArrayList<>();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        while (records.size() < size && !gathered.isEmpty()) {
            ConsumerRecord<K, V> record = gathered.remove();
            records.add(Pair.of(record.key(), record.value()));
            offsets.put(partitionOf(record), new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), ""));
        }
        return new ReadBlock<>(records, offsets, new Signal());
    }

    static TopicPartition partitionOf(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }
}
