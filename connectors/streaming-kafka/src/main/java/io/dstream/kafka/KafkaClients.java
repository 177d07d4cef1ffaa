package io.dstream.kafka;

import io.dstream.input.SourceUnavailableException;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
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

    private static final String MAX_POLL_RECORDS =
            "5000"; // 500, Kafka's default, cuts what was fetched into small pieces
    private static final String RECEIVE_BUFFER =
            "-1"; // as the system sees fit; with 64 KB, Kafka's default, it takes many small reads

    private final ConsumerFactory<K, V> consumers;
    private final ClientConfig config;
    private final String user;
    private final String clientId;

    /**
     * @param user names whoever uses the clients, in their ids
     */
    KafkaClients(ConsumerFactory<K, V> consumers, String user) {
        this.consumers = consumers;
        this.config = ClientConfig.ofConsumers(consumers.getConfigurationProperties());
        this.user = user;
        this.clientId =
                config.text(ConsumerConfig.CLIENT_ID_CONFIG).map(id -> id + "-").orElse("dstream-") + user;
    }

    String user() {
        return user;
    }

    String bootstrapServers() {
        return config.bootstrapServers();
    }

    ClientConfig config() {
        return config;
    }

    Optional<String> group() {
        return config.text(ConsumerConfig.GROUP_ID_CONFIG);
    }

    /** {@code earliest}, {@code latest}, {@code none} or {@code by_duration:} with a duration. */
    String offsetReset() {
        return config.text(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG)
                .orElse("latest")
                .toLowerCase(Locale.ROOT);
    }

    /**
     * What of the records of transactions is read.
     *
     * @throws KafkaStreamException if the configuration has none of Kafka's levels
     */
    IsolationLevel isolation() {
        String level = config.text(ConsumerConfig.ISOLATION_LEVEL_CONFIG).orElse("read_uncommitted");
        return Stream.of(IsolationLevel.values())
                .filter(known -> known.name().equalsIgnoreCase(level))
                .findFirst()
                .orElseThrow(() -> config.wrong(
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted or read_committed", null));
    }

    int timeoutMillis() {
        return config.number(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ClientConfig.TIMEOUT_MILLIS);
    }

    /**
     * Tells what of the configuration has no effect.
     *
     * @param commit when offsets are committed
     */
    void warnOfOverrides(String commit) {
        if (config.text(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG)
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
     * @throws SourceUnavailableException if no name of the brokers is known
     */
    Consumer<K, V> consumer(String role) {
        Properties own = new Properties();
        own.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        own.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        own.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false"); // a topic that was deleted stays so
        setUnlessConfigured(own, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        return consumer(role, own);
    }

    /**
     * A consumer that shares out partitions with the other members of its group, and commits what it is told.
     *
     * @param role what it is for, in its id, and in that of the member if the configuration gives one
     * @throws KafkaStreamException if its configuration is refused
     * @throws SourceUnavailableException if no name of the brokers is known
     */
    Consumer<K, V> member(String role) {
        Properties own = new Properties();
        own.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        own.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        config.text(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG)
                .ifPresent(id -> own.setProperty(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, id + "-" + role));
        return consumer(role, own);
    }

    private void setUnlessConfigured(Properties own, String key, String value) {
        if (!config.values().containsKey(key)) {
            own.setProperty(key, value);
        }
    }

    private Consumer<K, V> consumer(String role, Properties own) {
        setUnlessConfigured(own, ConsumerConfig.RECEIVE_BUFFER_CONFIG, RECEIVE_BUFFER);
        try {
            return consumers.createConsumer(null, clientId + "-", role, own);
        } catch (KafkaException refusal) {
            throw config.notMade("consumer", refusal, SourceUnavailableException::new);
        }
    }

    /**
     * A client for everything but records.
     *
     * @throws KafkaStreamException if its configuration is refused
     * @throws SourceUnavailableException if no name of the brokers is known
     */
    Admin admin() {
        try {
            return config.admin(clientId + "-admin", timeoutMillis());
        } catch (KafkaException refusal) {
            throw config.notMade("client", refusal, SourceUnavailableException::new);
        }
    }
}
