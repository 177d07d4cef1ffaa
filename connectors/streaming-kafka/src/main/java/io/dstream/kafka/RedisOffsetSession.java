package io.dstream.kafka;

import io.dstream.function.StreamingException;
import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkConflictException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.ReturnType;

/**
 * The offsets of a group in Redis, for one epoch.
 *
 * <p>Immutable.
 */
final class RedisOffsetSession implements OffsetStoreSession {

    /** Raises the epoch. Returns it, then each topic with its hash. All keys are of one hash tag. */
    private static final String OPEN = """
            local found = {redis.call('incr', KEYS[1])}
            for _, topic in ipairs(redis.call('smembers', KEYS[2])) do
              found[#found + 1] = topic
              found[#found + 1] = redis.call('hgetall', KEYS[3] .. topic)
            end
            return found
            """;

    /** Sets triples of topic, partition and offset if the epoch is that of the first argument. Returns the epoch there is, in a list. */
    private static final String SAVE = """
            local epoch = redis.call('get', KEYS[1])
            if epoch ~= ARGV[1] then
              return {epoch or '0'}
            end
            for i = 2, #ARGV, 3 do
              redis.call('hset', KEYS[3] .. ARGV[i], ARGV[i + 1], ARGV[i + 2])
              redis.call('sadd', KEYS[2], ARGV[i])
            end
            return {epoch}
            """;

    private final RedisConnectionFactory connections;
    private final OffsetStoreContext context;
    private final List<String> keys;
    private final long epoch;
    private final Map<TopicPartition, Long> offsets;

    private RedisOffsetSession(
            RedisConnectionFactory connections,
            OffsetStoreContext context,
            List<String> keys,
            long epoch,
            Map<TopicPartition, Long> offsets) {
        this.connections = connections;
        this.context = context;
        this.keys = keys;
        this.epoch = epoch;
        this.offsets = Map.copyOf(offsets);
    }

    /** As {@link OffsetStore#open}. */
    static RedisOffsetSession open(RedisConnectionFactory connections, String prefix, OffsetStoreContext context) {
        String group = prefix + ":{" + context.group() + "}:";
        List<String> keys = List.of(group + "epoch", group + "topics", group + "topic:");
        List<Object> found = run(connections, context, OPEN, keys, List.of());
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (int i = 1; i + 1 < found.size(); i += 2) {
            List<?> fields = (List<?>) found.get(i + 1);
            for (int j = 0; j + 1 < fields.size(); j += 2) {
                offsets.put(
                        new TopicPartition(text(found.get(i)), Integer.parseInt(text(fields.get(j)))),
                        Long.parseLong(text(fields.get(j + 1))));
            }
        }
        return new RedisOffsetSession(connections, context, keys, (Long) found.get(0), offsets);
    }

    @Override
    public Map<TopicPartition, Long> offsets() {
        return offsets;
    }

    @Override
    public void save(Map<TopicPartition, Long> newOffsets) {
        List<String> arguments = new ArrayList<>(List.of(Long.toString(epoch)));
        newOffsets.forEach((partition, offset) -> arguments.addAll(
                List.of(partition.topic(), Integer.toString(partition.partition()), Long.toString(offset))));
        String now = text(run(connections, context, SAVE, keys, arguments).get(0));
        if (Long.parseLong(now) != epoch) {
            throw new SinkConflictException("The offsets of input " + context + " in Redis, key '" + keys.get(0)
                    + "', belong to an instance that was started later, or to another stream of the group: their epoch is "
                    + now + ", that of this one " + epoch
                    + ". This one writes nothing more; stop it, or start it again to take them back; two streams need two"
                    + " groups");
        }
    }

    private static List<Object> run(
            RedisConnectionFactory connections,
            OffsetStoreContext context,
            String script,
            List<String> keys,
            List<String> arguments) {
        byte[][] all = new byte[keys.size() + arguments.size()][];
        for (int i = 0; i < all.length; i++) {
            String text = i < keys.size() ? keys.get(i) : arguments.get(i - keys.size());
            all[i] = text.getBytes(StandardCharsets.UTF_8);
        }
        try (RedisConnection connection = connections.getConnection()) {
            List<Object> result = connection
                    .scriptingCommands()
                    .eval(script.getBytes(StandardCharsets.UTF_8), ReturnType.MULTI, keys.size(), all);
            if (result == null) {
                throw new StreamingException("Redis gave no answer with the offsets of input " + context, null);
            }
            return result;
        } catch (DataAccessException failure) {
            throw translated(context, failure);
        }
    }

    private static RuntimeException translated(OffsetStoreContext context, DataAccessException failure) {
        String told = String.valueOf(failure.getMostSpecificCause().getMessage());
        if (isAway(failure, told)) {
            return new SourceUnavailableException(
                    "Redis with the offsets of input " + context + " is away or busy: " + told, failure);
        }
        return new KafkaStreamException(
                "The offsets of input " + context + " cannot be kept in Redis: " + told,
                "Let its user run scripts (eval) with the commands incr, get, hset, hgetall, sadd and smembers on the keys of"
                        + " the store, or correct the connection factory",
                failure);
    }

    /** What a server tells that starts, ends, waits for its replicas or takes no writes now. */
    private static boolean isAway(DataAccessException failure, String told) {
        boolean refused = told.contains("NOAUTH") || told.contains("WRONGPASS") || told.contains("NOPERM");
        return !refused
                && (failure instanceof DataAccessResourceFailureException
                        || failure instanceof TransientDataAccessException
                        || told.matches(
                                ".*\\b(LOADING|BUSY|CLUSTERDOWN|TRYAGAIN|MASTERDOWN|NOREPLICAS|READONLY|MISCONF|OOM)\\b.*")
                        || (failure instanceof RedisSystemException && told.contains("onnect")));
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }
}
