package io.dstream.kafka;

import io.dstream.function.StreamingException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration that a user has given to consumers or producers, what else is read out of it, and how clients are made of it and closed.
 *
 * <p>Immutable.
 */
final class ClientConfig {

    private static final Logger log = LoggerFactory.getLogger(ClientConfig.class);

    /** How long a request may take, unless the user has said so, before the brokers count as away. */
    static final int TIMEOUT_MILLIS = 10_000;

    /** That {@link #noNameIsKnown}, for people. */
    static final String NO_NAME = "no name of its brokers is known to the network";

    private final Map<String, Object> values;
    private final String whose;
    private final Set<String> names;
    private final String remedy;

    /**
     * @param whose clients they are, for people
     * @param names what there is for such clients
     */
    private ClientConfig(Map<String, ?> values, String whose, Set<String> names, String remedy) {
        Map<String, Object> known = new HashMap<>(values);
        known.values().removeIf(value -> value == null);
        this.values = Map.copyOf(known);
        this.whose = whose;
        this.names = names;
        this.remedy = remedy;
    }

    /** That of the consumers of a stream. */
    static ClientConfig ofConsumers(Map<String, ?> values) {
        return new ClientConfig(
                values,
                "consumers",
                ConsumerConfig.configNames(),
                "Correct the configuration of its consumers: spring.kafka.* or the parameters given to the stream");
    }

    /**
     * That of producers.
     *
     * @param remedy what to do if it is refused
     */
    static ClientConfig ofProducers(Map<String, ?> values, String remedy) {
        return new ClientConfig(values, "producers", ProducerConfig.configNames(), remedy);
    }

    /** As it was given, without what is null. */
    Map<String, Object> values() {
        return values;
    }

    String bootstrapServers() {
        Object servers = values.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG);
        return servers instanceof List<?> list
                ? String.join(",", list.stream().map(String::valueOf).toList())
                : String.valueOf(servers);
    }

    /** Whether both name the same broker; one that has two names is taken for two. */
    boolean sharesServers(ClientConfig other) {
        return !Collections.disjoint(servers(), other.servers());
    }

    private List<String> servers() {
        return Stream.of(bootstrapServers().split(","))
                .map(String::strip)
                .filter(server -> !server.isEmpty())
                .toList();
    }

    Optional<String> text(String key) {
        @Nullable Object value = values.get(key);
        return Optional.ofNullable(value)
                .map(Object::toString)
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    /**
     * As much of a number as an int holds; some of Kafka's are longer.
     *
     * @param otherwise if there is none
     * @throws KafkaStreamException if it is no number
     */
    int number(String key, int otherwise) {
        Optional<String> text = text(key);
        try {
            return text.map(Long::valueOf)
                    .map(value -> (int) Math.min(value, Integer.MAX_VALUE))
                    .orElse(otherwise);
        } catch (NumberFormatException refusal) {
            throw wrong(key, "a number", refusal);
        }
    }

    /** What to throw if a value is none of those that there are. */
    KafkaStreamException wrong(String key, String expected, @Nullable Throwable refusal) {
        return new KafkaStreamException(
                "'" + key + "' of the " + whose + " must be " + expected + ", but was '"
                        + text(key).orElse("") + "'",
                remedy,
                refusal);
    }

    /**
     * A client for everything but records, with what the configuration has for such ones.
     *
     * @param timeoutMillis how long a request may take
     * @throws KafkaException if it cannot be made; {@link #notMade} says what to throw then
     */
    Admin admin(String clientId, int timeoutMillis) {
        Map<String, Object> own = new HashMap<>(values);
        Set<String> ofAdmins = AdminClientConfig.configNames();
        own.keySet().removeIf(key -> names.contains(key) && !ofAdmins.contains(key));
        own.put(AdminClientConfig.CLIENT_ID_CONFIG, clientId);
        own.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis);
        own.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMillis);
        return Admin.create(own);
    }

    /**
     * What to throw if a client cannot be made.
     *
     * @param client what it was to be, in the words of "consumer"
     * @param away makes what to throw if no name of the brokers is known to the network: they are away, unless the names are wrong
     * @return that, or a {@link KafkaStreamException} if the configuration is refused
     */
    StreamingException notMade(
            String client, KafkaException refusal, BiFunction<String, Throwable, ? extends StreamingException> away) {
        if (noNameIsKnown(refusal)) {
            return away.apply(
                    "Kafka at " + bootstrapServers() + " is away: " + NO_NAME + ", so a " + client
                            + " cannot be made. That is tried again; correct the name if it is wrong",
                    refusal);
        }
        Throwable reason = refusal.getCause() == null ? refusal : refusal.getCause();
        return new KafkaStreamException(
                "A Kafka " + client + " cannot be made: " + reason.getMessage(), remedy, refusal);
    }

    /** Whether a client was not made because no name of its brokers is known to the network; the clients tell it by their text alone. */
    static boolean noNameIsKnown(KafkaException refusal) {
        return StreamingException.causes(refusal)
                .anyMatch(cause -> String.valueOf(cause.getMessage()).contains("No resolvable bootstrap"));
    }

    /** Closes a producer; what it has not sent within the time is not sent any more. */
    static void close(Producer<?, ?> producer, Duration timeout) {
        try {
            producer.close(timeout);
        } catch (KafkaException failure) { // an interrupt; its thread ends by itself
            log.debug("A producer was not seen to end", failure);
        }
    }
}
