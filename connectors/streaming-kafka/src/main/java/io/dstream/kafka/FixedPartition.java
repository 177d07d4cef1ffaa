package io.dstream.kafka;

import java.util.Collections;
import java.util.Iterator;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Records that are read for every action anew, one by one.
 *
 * @param range which
 * @param clients make the consumer
 */
@SuppressWarnings("serial") // a process reads what it has itself
record FixedPartition<K, V>(OffsetRange range, KafkaClients<K, V> clients)
        implements RangePartition<ConsumerRecord<K, V>> {

    @Override
    public Iterator<ConsumerRecord<K, V>> open() {
        return range.count() == 0
                ? Collections.emptyIterator()
                : new RangeIterator<>(range, clients.consumer("range"), clients.timeoutMillis());
    }

    @Override
    public long size() {
        return range.count() == 0 ? 0 : -1;
    }
}
