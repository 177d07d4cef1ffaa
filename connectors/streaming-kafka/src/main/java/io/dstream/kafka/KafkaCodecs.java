package io.dstream.kafka;

import io.dstream.storage.Codec;
import io.dstream.storage.LibraryCodecs;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Lets {@link ConsumerRecord} be in files: in windows, states and persisted rows. Found by {@link java.util.ServiceLoader}. */
public final class KafkaCodecs implements LibraryCodecs {

    @Override
    public Map<Class<?>, Codec<?>> codecs(Codec<Object> values) {
        return Map.of(ConsumerRecord.class, new ConsumerRecordCodec(values));
    }
}
