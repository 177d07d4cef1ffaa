package io.dstream.kafka;

import io.dstream.storage.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record as the list of what it consists of. New components would go to the end.
 *
 * @param values for the list, with keys and values of the program in it
 */
record ConsumerRecordCodec(Codec<Object> values) implements Codec<ConsumerRecord<?, ?>> {

    @Override
    public byte[] encode(ConsumerRecord<?, ?> record) {
        List<@Nullable Object> parts = new ArrayList<>();
        parts.add(record.topic());
        parts.add(record.partition());
        parts.add(record.offset());
        parts.add(record.timestamp());
        parts.add(record.timestampType().name);
        parts.add(record.serializedKeySize());
        parts.add(record.serializedValueSize());
        parts.add(record.key());
        parts.add(record.value());
        parts.add(headers(record.headers()));
        parts.add(record.leaderEpoch().orElse(null));
        parts.add(record.deliveryCount().orElse(null));
        return values.encode(parts);
    }

    @Override
    public ConsumerRecord<?, ?> decode(byte[] bytes) {
        List<?> parts = (List<?>) values.decode(bytes);
        return new ConsumerRecord<Object, Object>(
                (String) parts.get(0),
                (Integer) parts.get(1),
                (Long) parts.get(2),
                (Long) parts.get(3),
                TimestampType.forName((String) parts.get(4)),
                (Integer) parts.get(5),
                (Integer) parts.get(6),
                parts.get(7),
                parts.get(8),
                headers((List<?>) parts.get(9)),
                Optional.ofNullable((Integer) parts.get(10)),
                Optional.ofNullable((Short) parts.get(11)));
    }

    /** Names and values by turns; a value may be null. */
    private static List<@Nullable Object> headers(Headers headers) {
        List<@Nullable Object> parts = new ArrayList<>();
        for (Header header : headers) {
            parts.add(header.key());
            parts.add(header.value());
        }
        return parts;
    }

    private static Headers headers(List<?> parts) {
        RecordHeaders headers = new RecordHeaders();
        for (int name = 0; name < parts.size(); name += 2) {
            headers.add((String) parts.get(name), (byte[]) parts.get(name + 1));
        }
        return headers;
    }
}
