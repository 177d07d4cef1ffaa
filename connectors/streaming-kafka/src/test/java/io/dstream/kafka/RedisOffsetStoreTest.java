package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.lettuce.core.ClientOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import redis.embedded.RedisServer;

/** Offsets in Redis. */
class RedisOffsetStoreTest extends OffsetStoreContract {

    private static final TopicPartition PARTITION = new TopicPartition("orders", 7);
    private static final int PORTS = 5; // that are tried

    @TempDir
    private static Path directory;

    private static int port;
    private static RedisServer server;
    private static LettuceConnectionFactory connections;

    @BeforeAll
    static void startServer() throws IOException {
        server = newServer(PORTS);
        connections = connect(new RedisStandaloneConfiguration("127.0.0.1", port));
    }

    /** On a port that is free; somebody else may be faster. */
    private static RedisServer newServer(int attempts) throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try {
            return newServer();
        } catch (IOException taken) {
            if (attempts == 1) {
                throw taken;
            }
            return newServer(attempts - 1);
        }
    }

    private static RedisServer newServer() throws IOException {
        RedisServer started = RedisServer.newRedisServer()
                .port(port)
                .bind("127.0.0.1")
                .setting("appendonly yes")
                .setting("appendfsync always")
                .setting("dir " + directory)
                .build();
        started.start();
        return started;
    }

    private static LettuceConnectionFactory connect(RedisStandaloneConfiguration configuration) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(
                configuration,
                LettuceClientConfiguration.builder()
                        .commandTimeout(Duration.ofSeconds(2))
                        .clientOptions(ClientOptions.builder()
                                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                                .build())
                        .build());
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }

    @AfterAll
    static void endServer() throws IOException {
        connections.destroy();
        server.stop();
    }

    @Override
    protected OffsetStore store() {
        return RedisOffsetStore.of(connections);
    }

    @Override
    protected void goAway() throws IOException {
        server.stop();
    }

    @Override
    protected void comeBack() throws IOException {
        server = newServer();
    }

    @Test
    void thereIsAHashForEachTopicAndAKeyWithTheEpoch() throws Exception {
        open(store(), "shop").save(Map.of(PARTITION, 10L));
        open(RedisOffsetStore.of(connections).prefix("mine"), "shop").save(Map.of(PARTITION, 11L));
        try (RedisConnection connection = connections.getConnection()) {
            assertThat(hash(connection, "dstream:offsets:{shop}:topic:orders")).isEqualTo(Map.of("7", "10"));
            assertThat(connection.stringCommands().get(bytes("dstream:offsets:{shop}:epoch")))
                    .isEqualTo(bytes("1"));
            assertThat(hash(connection, "mine:{shop}:topic:orders")).isEqualTo(Map.of("7", "11"));
        }
    }

    private static Map<String, String> hash(RedisConnection connection, String key) {
        Map<String, String> found = new TreeMap<>();
        connection.hashCommands().hGetAll(bytes(key)).forEach((field, value) -> found.put(text(field), text(value)));
        return found;
    }

    @Test
    void whoHasAWrongPasswordIsRefused() {
        RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration("127.0.0.1", port);
        configuration.setUsername("nobody");
        configuration.setPassword("wrong");
        LettuceConnectionFactory wrong = connect(configuration);
        try {
            assertThatExceptionOfType(KafkaStreamException.class)
                    .isThrownBy(() -> open(RedisOffsetStore.of(wrong), newGroup()))
                    .withMessageContaining("WRONGPASS")
                    .withMessageContaining("or correct the connection factory");
        } finally {
            wrong.destroy();
        }
    }

    @Test
    void aKeyOfAnotherKindIsToldAtTheStart() throws Exception {
        try (RedisConnection connection = connections.getConnection()) {
            connection.listCommands().rPush(bytes("dstream:offsets:{taken}:epoch"), bytes("x"));
        }
        assertThatExceptionOfType(KafkaStreamException.class)
                .isThrownBy(() -> open(store(), "taken"))
                .withMessageContaining("WRONGTYPE");
    }

    @Test
    void whatIsNoPrefixIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisOffsetStore.of(connections).prefix("a{b}"))
                .withMessage("'newPrefix' must be a text without braces, which mark the hash tag, but was 'a{b}'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisOffsetStore.of(connections).prefix(" "));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisOffsetStore.of(connections).prefix(null))
                .withMessage("'newPrefix' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> RedisOffsetStore.of(null))
                .withMessageContaining("'connections'");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
