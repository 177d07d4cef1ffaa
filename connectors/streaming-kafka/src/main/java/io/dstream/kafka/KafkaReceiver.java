package io.dstream.kafka;

import io.dstream.input.SourceUnavailableException;
import io.dstream.rdd.Pair;
import io.dstream.rdd.StorageLevel;
import io.dstream.receiver.Receiver;
import io.dstream.receiver.ReceiverSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ConsumerFactory;

/**
 * Reads topics as members of the consumers' group. What is read is stored, and then its offsets are committed: each record is stored at
 * least once.
 */
final class KafkaReceiver<K, V> extends Receiver<Pair<K, V>> {

    private static final Logger log = LoggerFactory.getLogger(KafkaReceiver.class);

    /**
     * How many records are stored together at most: few enough for limits of a hundred a second or more to be kept, and for
     * batches to be filled evenly.
     */
    private static final int BLOCK = 1_000;

    private static final String THREADS = "dstream-"; // how names of threads begin

    private final ConsumerFactory<K, V> consumers;
    private final SortedMap<String, Integer> topics;
    private final GroupMember.Blocks blocks;

    // Mutable state
    private volatile List<GroupMember<K, V>> members = List.of(); // of the last start

    /**
     * @param consumers makes the members
     * @param topics how many members read each
     * @param storageLevel where records are kept
     * @param settings how long records are gathered, and how fast they may come
     * @throws IllegalArgumentException if there is no topic, one has no name or less than one member, or the level is NONE
     */
    KafkaReceiver(
            ConsumerFactory<K, V> consumers,
            Map<String, Integer> topics,
            StorageLevel storageLevel,
            ReceiverSettings settings) {
        super(storageLevel);
        Subscription.toTopics(topics.keySet());
        topics.forEach(KafkaReceiver::requireMembers);
        this.consumers = consumers;
        this.topics = new TreeMap<>(topics);
        Long maxRate = settings.maxRate();
        int size = maxRate == null ? BLOCK : (int) Math.min(BLOCK, maxRate);
        this.blocks = new GroupMember.Blocks(size, settings.blockInterval());
    }

    private static void requireMembers(String topic, @Nullable Integer members) {
        if (members == null || members < 1) {
            throw new IllegalArgumentException(
                    "'topics' must have at least 1 consumer for each topic, but had " + members + " for " + topic);
        }
    }

    @Override
    protected String kind() {
        return "kafkaReceiver";
    }

    /**
     * Makes a consumer, which does not connect, unless no name of the brokers is known.
     *
     * @throws KafkaStreamException if it cannot be made, or has no group
     */
    @Override
    protected void checkConfiguration() {
        KafkaClients<K, V> clients = new KafkaClients<>(consumers, "check");
        if (clients.group().isEmpty()) {
            throw new KafkaStreamException(
                    "The consumers of a stream made by createStream have no group",
                    "Set spring.kafka.consumer.group-id, or 'group.id' among the parameters given to the stream",
                    null);
        }
        clients.warnOfOverrides("when records are stored");
        try {
            clients.member("check").close();
        } catch (SourceUnavailableException away) {
            log.warn("A receiver starts without its brokers: {}", away.getMessage());
        }
    }

    @Override
    protected void onStart() throws InterruptedException {
        List<GroupMember<K, V>> started = newMembers();
        members = started;
        if (isStopped()) {
            return;
        }
        try {
            started.forEach(GroupMember::start);
            for (GroupMember<K, V> member : started) {
                member.awaitEnd();
            }
        } finally {
            started.forEach(GroupMember::interrupt);
        }
    }

    @Override
    protected void onStop() {
        members.forEach(GroupMember::end);
    }

    private List<GroupMember<K, V>> newMembers() {
        String name = Thread.currentThread().getName();
        KafkaClients<K, V> clients =
                new KafkaClients<>(consumers, name.startsWith(THREADS) ? name.substring(THREADS.length()) : name);
        List<GroupMember<K, V>> made = new ArrayList<>();
        topics.forEach((topic, number) -> {
            for (int i = 0; i < number; i++) {
                made.add(new GroupMember<>(topic, topic + "-" + i, clients, blocks, new Storing()));
            }
        });
        return made;
    }

    /** What members ask of the receiver. */
    private final class Storing implements GroupMember.Storage<K, V> {

        @Override
        public void store(List<Pair<K, V>> records) throws InterruptedException {
            KafkaReceiver.this.store(records);
        }

        @Override
        public void report(String message, Exception cause) {
            reportError(message, cause);
        }

        @Override
        public void fail(String message, Throwable cause) {
            restart(message, cause);
        }
    }
}
