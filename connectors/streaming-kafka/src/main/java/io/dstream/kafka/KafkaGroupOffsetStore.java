package io.dstream.kafka;

import io.dstream.function.Functions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Keeps offsets in the group of the stream's consumers, as Kafka itself does, but for one instance at a time: they are committed in
 * transactions of a producer, which fences those of all earlier instances.
 *
 * <p>The {@code transactional.id} is {@value #TRANSACTIONAL_ID} and the group. The user of the consumers needs the rights {@code Write} and
 * {@code Describe} on it.
 *
 * <p>Immutable.
 */
public final class KafkaGroupOffsetStore implements OffsetStore {

    static final String TRANSACTIONAL_ID = "dstream-offsets-";

    private final Map<String, Object> producerConfig;

    private KafkaGroupOffsetStore(Map<String, Object> producerConfig) {
        this.producerConfig = Map.copyOf(producerConfig);
    }

    /** A store whose producer connects as the stream's consumers do. */
    public static KafkaGroupOffsetStore create() {
        return new KafkaGroupOffsetStore(Map.of());
    }

    /**
     * Configures the producer beside or otherwise, such as its {@code transaction.timeout.ms}, which is 15 minutes: the most that brokers
     * allow unless they are told otherwise.
     *
     * @param config as of {@code ProducerConfig}; {@code transactional.id} has no effect, nor has what is null
     * @throws IllegalArgumentException if {@code config} is null
     */
    public KafkaGroupOffsetStore withProducerConfig(Map<String, Object> config) {
        Map<String, Object> all = new HashMap<>(producerConfig);
        all.putAll(Functions.requireNotNull("config", config));
        all.values().removeIf(Objects::isNull);
        return new KafkaGroupOffsetStore(all);
    }

    @Override
    public String description() {
        return "the group of its consumers";
    }

    @Override
    public OffsetStoreSession open(OffsetStoreContext context) throws InterruptedException {
        return KafkaGroupOffsetSession.open(context, producerConfig);
    }
}
