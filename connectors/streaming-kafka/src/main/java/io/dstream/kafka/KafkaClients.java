package io.dstream.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ConsumerFactory;

/**
 * Makes the clients of a stream, all with the configuration of its consumers but for what the stream decides itself.
 *
 * <p>Immutable.
 */
final class KafkaClients<K, V> {

    private static final Logger log = LoggerFactory.getLogger(KafkaClients.class);

    /** How long a request may take, unless the user has said so, before the brokers count as away. */
    private static final int TIMEOUT_MILLIS = 10_000;

    private static final String MAX_POLL_RECORDS =
            "5000"; // 500, Kafka's default, cuts what was fetched into small pieces

    private final ConsumerFactory<K, V> consumers;
    private final Map<String, Object> config;
    private final String user;
    private final String clientId;

    /**
     * @param user names whoever uses the clients, in their ids
     */
    KafkaClients(ConsumerFactory<K, V> consumers, String user) {
        this.consumers = consumers;
        this.config = Map.copyOf(withoutNulls(consumers.getConfigurationProperties()));
        this.user = user;
        this.clientId =
                text(ConsumerConfig.CLIENT_ID_CONFIG).map(id -> id + "-").orElse("dstream-") + user;
    }

    String user() {
        return user;
    }

    String bootstrapServers() {
        return serversIn(config);
    }

    static String serversIn(Map<String, Object> config) {
        Object servers = config.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG);
        return servers instanceof List<?> list
                ? String.join(",", list.stream().map(String::valueOf).toList())
                : String.valueOf(servers);
    }

    Map<String, Object> config() {
        return config;
    }

    Optional<String> group() {
        return text(ConsumerConfig.GROUP_ID_CONFIG);
    }

    /** {@code earliest}, {@code latest}, {@code none} or {@code by_duration:} with a duration. */
    String offsetReset() {
        return text(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG).orElse("latest").toLowerCase(Locale.ROOT);
    }

    IsolationLevel isolation() {
        return text(ConsumerConfig.ISOLATION_LEVEL_CONFIG)
                .map(level -> IsolationLevel.valueOf(level.toUpperCase(Locale.ROOT)))
                .orElse(IsolationLevel.READ_UNCOMMITTED);
    }

    int timeoutMillis() {
        return text(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG)
                .map(Integer::valueOf)
                .orElse(TIMEOUT_MILLIS);
    }

    /**
     * Tells what of the configuration has no effect.
     *
     * @param commit when offsets are committed
     */
    void warnOfOverrides(String commit) {
        if (text(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG)
                .filter("true"::equalsIgnoreCase)
                .isPresent()) {
            log.warn(
                    "{}: 'enable.auto.commit' is off in spite of its configuration: offsets are committed {}",
                    clientId,
                    commit);
        }
    }

    /**
     * A consumer that is given its partitions and offsets, and decides nothing itself.
     *
     * @param role what it is for, in its id
     * @throws KafkaStreamException if its configuration is refused
     */
    Consumer<K, V> consumer(String role) {
        Properties own = new Properties();
        own.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        own.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        own.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false"); // a topic that was deleted stays so
        if (!config.containsKey(ConsumerConfig.MAX_POLL_RECORDS_CONFIG)) {
            own.setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        }
        return consumer(role, own);
    }

    /**
     * A consumer that shares out partitions with the other members of its group, and commits what it is told.
     *
     * @param role what it is for, in its id, and in that of the member if the configuration gives one
     * @throws KafkaStreamException if its configuration is refused
     */
    Consumer<K, V> member(String role) {
        Properties own = new Properties();
        own.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        own.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        text(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG)
                .ifPresent(id -> own.setProperty(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, id + "-" + role));
        return consumer(role, own);
    }

    private Consumer<K, V> consumer(String role, Properties own) {
        try {
            return consumers.createConsumer(null, clientId + "-", role, own);
        } catch (KafkaException refusal) {
            throw refused("consumer", refusal);
        }
    }

    /**
     * A client for everything but records.
     *
     * @throws KafkaStreamException if its configuration is refused
     */
    Admin admin() {
        Map<String, Object> own = new HashMap<>(config);
        Set<String> ofAdmins = AdminClientConfig.configNames();
        own.keySet().removeIf(key -> ConsumerConfig.configNames().contains(key) && !ofAdmins.contains(key));
        own.put(AdminClientConfig.CLIENT_ID_CONFIG, clientId + "-admin");
        own.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis());
        own.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMillis());
        try {
            return Admin.create(own);
        } catch (KafkaException refusal) {
            throw refused("client", refusal);
        }
    }

    private static KafkaStreamException refused(String client, KafkaException refusal) {
        Throwable reason = refusal.getCause() == null ? refusal : refusal.getCause();
        return new KafkaStreamException(
                "A Kafka " + client + " cannot be made: " + reason.getMessage(),
                "Correct the configuration of its consumers: spring.kafka.* or the parameters given to the stream",
                refusal);
    }

    private Optional<String> text(String key) {
        @Nullable Object value = config.get(key);
        return Optional.ofNullable(value).map(Object::toString).filter(text -> !text.isBlank());
    }

    private static Map<String, Object> withoutNulls(Map<String, Object> config) {
        Map<String, Object> all = new HashMap<>(config);
        all.values().removeIf(value -> value == null);
        return all;
    }
}
