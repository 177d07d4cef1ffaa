package io.dstream.kafka;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.jspecify.annotations.Nullable;

/** Stands for a record that cannot be deserialized. It is taken out of its batch before anything of the program sees it. */
final class UnreadableRecord<K, V> extends ConsumerRecord<K, V> {

    private final RecordDeserializationException failure;
    private final byte @Nullable [] keyBytes;
    private final byte @Nullable [] valueBytes;

    @SuppressWarnings("NullAway") // it has neither key nor value
    UnreadableRecord(RecordDeserializationException failure) {
        super(
                failure.topicPartition().topic(),
                failure.topicPartition().partition(),
                failure.offset(),
                failure.timestamp(),
                failure.timestampType(),
                sizeOf(failure.keyBuffer()),
                sizeOf(failure.valueBuffer()),
                null,
                null,
                failure.headers(),
                Optional.empty());
        this.failure = failure;
        this.keyBytes = bytes(failure.keyBuffer());
        this.valueBytes = bytes(failure.valueBuffer());
    }

    RecordDeserializationException failure() {
        return failure;
    }

    byte @Nullable [] keyBytes() {
        return keyBytes;
    }

    byte @Nullable [] valueBytes() {
        return valueBytes;
    }

    private static int sizeOf(@Nullable ByteBuffer buffer) {
        return buffer == null ? NULL_SIZE : buffer.remaining();
    }

    /** A copy, because the buffer is a part of all that has come in one answer. */
    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
