package io.dstream.kafka;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serializes keys or values as the producers of the application do, and lets bytes through that were serialized before, those of dead
 * letters.
 *
 * <p>Thread-safe if that which it asks is, as producers ask for.
 */
final class RawSerializer<T> implements Serializer<T> {

    private static final Logger log = LoggerFactory.getLogger(RawSerializer.class);

    private final Serializer<T> serializer;

    RawSerializer(Serializer<T> serializer) {
        this.serializer = serializer;
    }

    /** Bytes in the place of a key or value. */
    static final class Raw {

        private final byte[] bytes;

        Raw(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * That of the application, as a producer makes it: what the factory gives is ready, what is named in the configuration is not.
     *
     * @param own whether it was made here, and is to be closed here
     */
    record Configured<T>(Serializer<T> serializer, boolean own) {

        void close() {
            try {
                if (own) {
                    serializer.close();
                }
            } catch (RuntimeException failure) {
                log.warn("A {} cannot be closed: {}", serializer.getClass().getName(), failure.toString());
            }
        }
    }

    /**
     * That of the application.
     *
     * @param supplier of the factory; may give none
     */
    @SuppressWarnings("unchecked") // whether it takes the keys and values, it says itself
    static <T> Configured<T> configured(
            @Nullable Supplier<? extends Serializer<?>> supplier, Map<String, Object> config, boolean ofKeys) {
        Serializer<?> given = supplier == null ? null : supplier.get();
        if (given != null) {
            return new Configured<>((Serializer<T>) given, false);
        }
        String setting =
                ofKeys ? ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG : ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG;
        Serializer<T> made = new AbstractConfig(ProducerConfig.configDef(), config, false)
                .getConfiguredInstance(setting, Serializer.class);
        made.configure(config, ofKeys);
        return new Configured<>(made, true);
    }

    @Override
    public byte @Nullable [] serialize(String topic, T data) {
        return (Object) data instanceof Raw raw ? raw.bytes : serializer.serialize(topic, data);
    }

    @Override
    public byte @Nullable [] serialize(String topic, Headers headers, T data) {
        return (Object) data instanceof Raw raw ? raw.bytes : serializer.serialize(topic, headers, data);
    }

    @Override
    public void close() {
        serializer.close();
    }
}
