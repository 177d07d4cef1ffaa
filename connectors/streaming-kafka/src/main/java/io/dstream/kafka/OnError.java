package io.dstream.kafka;

import io.dstream.function.Functions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * What a direct stream does with a record that cannot be deserialized, or whose operators throw an exception.
 *
 * <p>Immutable.
 *
 * @see DirectKafkaDStream#onError
 */
public final class OnError {

    private static final OnError FAIL = new OnError(false, null);
    private static final OnError SKIP = new OnError(true, null);

    private final boolean isolates;
    private final @Nullable DeadLetterTopic deadLetters;

    private OnError(boolean isolates, @Nullable DeadLetterTopic deadLetters) {
        this.isolates = isolates;
        this.deadLetters = deadLetters;
    }

    /** Its batch fails; what a stream does unless it is told otherwise. */
    public static OnError fail() {
        return FAIL;
    }

    /** The batch goes on without it. It is counted, and told in the log by its partition and offset. */
    public static OnError skip() {
        return SKIP;
    }

    /**
     * The batch goes on without it, and it is sent to another topic: its key, value and headers, with headers that tell where it comes
     * from and what it has failed of, named as those of Spring's {@code DeadLetterPublishingRecoverer}. It has the same partition there if
     * the topic has it.
     *
     * @param producers such as Spring Boot makes of {@code spring.kafka.*}; their serializers have to take the stream's keys and values
     * @param topic has to be there at the start, unless brokers make topics by themselves; must not be one that the stream reads
     * @throws IllegalArgumentException if {@code topic} is blank
     */
    public static OnError deadLetter(ProducerFactory<?, ?> producers, String topic) {
        Functions.requireNotNull("producers", producers);
        if (topic == null || topic.isBlank()) {
            throw new IllegalArgumentException("'topic' must be the name of a topic, but was '" + topic + "'");
        }
        return new OnError(true, new DeadLetterTopic(producers, topic));
    }

    /**
     * As {@link #deadLetter(ProducerFactory, String)}, with the parameters of a producer.
     *
     * @param kafkaParams those of a producer: {@code bootstrap.servers}, {@code key.serializer} and so on
     * @throws IllegalArgumentException if {@code kafkaParams} is null, or {@code topic} blank
     */
    public static OnError deadLetter(Map<String, Object> kafkaParams, String topic) {
        return deadLetter(
                new DefaultKafkaProducerFactory<>(new HashMap<>(Functions.requireNotNull("kafkaParams", kafkaParams))),
                topic);
    }

    /** Whether a batch goes on without the record. */
    boolean isolates() {
        return isolates;
    }

    /** Where it goes; null if nowhere. */
    @Nullable
    DeadLetterTopic deadLetters() {
        return deadLetters;
    }

    /**
     * Where dead letters go.
     *
     * @param producers know the brokers, and how keys and values are written
     */
    record DeadLetterTopic(ProducerFactory<?, ?> producers, String name) {}
}
