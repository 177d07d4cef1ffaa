package io.dstream.kafka;

import io.dstream.function.Functions;
import java.util.Objects;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Keeps offsets in Redis: a hash for each topic and group, with a field for each partition, a set of the group's topics, and a key with the
 * epoch. One script compares the epoch and sets the offsets.
 *
 * <pre>{@code
 * ConsumerStrategy<String, String> strategy = ConsumerStrategy.subscribe(List.of("orders"), consumers)
 *         .withOffsetStore(RedisOffsetStore.of(connectionFactory));
 * }</pre>
 *
 * <p>The keys of a group have the group as their hash tag, so in a cluster they are on one node. What Redis has acknowledged it may lose when
 * a node is lost, as its persistence and replication are configured: the batch log of an instance that goes on knows better, and a
 * new one reads some records again.
 *
 * <p>Immutable. Needs {@code org.springframework.data:spring-data-redis}.
 */
public final class RedisOffsetStore implements OffsetStore {

    private static final String PREFIX = "dstream:offsets";

    private final RedisConnectionFactory connections;
    private final String prefix;

    private RedisOffsetStore(RedisConnectionFactory connections, String prefix) {
        this.connections = connections;
        this.prefix = prefix;
    }

    /**
     * A store whose keys begin with {@value #PREFIX}.
     *
     * @param connections such as Spring Boot makes of {@code spring.data.redis.*}
     */
    public static RedisOffsetStore of(RedisConnectionFactory connections) {
        return new RedisOffsetStore(Objects.requireNonNull(connections, "'connections' must not be null"), PREFIX);
    }

    /**
     * Has keys begin otherwise.
     *
     * @param newPrefix not blank, without braces
     * @throws IllegalArgumentException if it is null or blank, or has braces
     */
    public RedisOffsetStore prefix(String newPrefix) {
        if (Functions.requireNotNull("newPrefix", newPrefix).isBlank()
                || newPrefix.contains("{")
                || newPrefix.contains("}")) {
            throw new IllegalArgumentException(
                    "'newPrefix' must be a text without braces, which mark the hash tag, but was '" + newPrefix + "'");
        }
        return new RedisOffsetStore(connections, newPrefix);
    }

    @Override
    public String description() {
        return "Redis, keys '" + prefix + ":…'";
    }

    @Override
    public OffsetStoreSession open(OffsetStoreContext context) {
        return RedisOffsetSession.open(connections, prefix, context);
    }
}
