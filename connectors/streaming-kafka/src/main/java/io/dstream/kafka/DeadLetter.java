package io.dstream.kafka;

import io.dstream.kafka.RawSerializer.Raw;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that has failed, as it is sent.
 *
 * @param bootstrapServers where its topic is
 * @param record key and value as bytes
 */
record DeadLetter(String bootstrapServers, ProducerRecord<byte[], byte[]> record) {

    /** The same for a producer of other types, whose serializers let bytes through. */
    @SuppressWarnings("unchecked") // what is neither K nor V goes to a RawSerializer
    <K, V> ProducerRecord<K, V> forSerializers() {
        return (ProducerRecord<K, V>) new ProducerRecord<>(
                record.topic(), record.partition(), raw(record.key()), raw(record.value()), record.headers());
    }

    private static @Nullable Object raw(byte @Nullable [] bytes) {
        return bytes == null ? null : new Raw(bytes);
    }
}
