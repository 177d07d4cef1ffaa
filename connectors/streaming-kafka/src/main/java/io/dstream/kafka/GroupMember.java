package io.dstream.kafka;

import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.time.StreamClock;
import io.dstream.time.StreamThread;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer of a receiver, on a thread of its own, that is a member of its group. It gathers what it reads into blocks, has them stored
 * one after the other by another thread, and commits the offsets behind them.
 *
 * <p>It polls all the time, also while a block waits to be stored, with its partitions paused once the next block is gathered: so the
 * group never takes it for dead, and it holds two blocks and what one poll brings at most. A partition that it has to give up is
 * given up with what was stored of it committed, and what was not stored forgotten.
 */
final class GroupMember<K, V> implements ConsumerRebalanceListener {

    private static final Logger log = LoggerFactory.getLogger(GroupMember.class);
    private static final StreamClock CLOCK = StreamClock.system(); // sessions of the group are in real time
    private static final Duration POLL = Duration.ofMillis(100);

    /** How long a block may take to be stored, and the end of the consumer, when it is told to end or to give up partitions. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final String topic;
    private final String role;
    private final KafkaClients<K, V> clients;
    private final Blocks blocks;
    private final Storage<K, V> storage;
    private final Duration timeout;
    private final StreamThread thread;
    private final BlockStorer<K, V> storer;

    // Mutable state
    private volatile boolean ended; // it was told to
    private volatile @Nullable Consumer<K, V> consumer;
    private final Deque<ConsumerRecord<K, V>> gathered = new ArrayDeque<>(); // this and all below of the thread alone
    private Instant due = Instant.MAX; // when what is gathered is to be stored
    private @Nullable ReadBlock<K, V> current; // that is being stored
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>(); // behind what is stored
    private Instant nextCommit = Instant.MIN;
    private @Nullable RecordDeserializationException unreadable; // ends the member once all before it is stored
    private Instant nextCheck = Instant.MAX; // that brokers answer, unless records come before

    /**
     * How records are gathered.
     *
     * @param size how many records a block has at most
     * @param interval how long a record waits for others
     */
    record Blocks(int size, Duration interval) {}

    /** Where records go, and whom is told of trouble. */
    interface Storage<K, V> {

        /** Returns when they are stored; waits as long as there is no room for them. */
        void store(List<Pair<K, V>> records) throws InterruptedException;

        void report(String message, Exception cause);

        /** Ends all members and starts anew after a while. */
        void fail(String message, Throwable cause);
    }

    /**
     * @param topic the one that it reads
     * @param role its part in the receiver, in the names of thread and client
     */
    GroupMember(String topic, String role, KafkaClients<K, V> clients, Blocks blocks, Storage<K, V> storage) {
        this.topic = topic;
        this.role = role;
        this.clients = clients;
        this.blocks = blocks;
        this.storage = storage;
        this.timeout = Duration.ofMillis(clients.timeoutMillis());
        this.thread = StreamThread.daemon(clients.user() + "-" + role, this::run);
        this.storer = new BlockStorer<>(clients.user() + "-" + role + "-store", storage);
    }

    void start() {
        thread.start();
    }

    /** Tells it to end; does not wait for that. */
    void end() {
        ended = true;
        Consumer<K, V> made = consumer;
        if (made != null) {
            made.wakeup();
        }
    }

    void awaitEnd() throws InterruptedException {
        thread.join();
    }

    void interrupt() {
        thread.interrupt();
    }

    private void run() {
        try {
            Consumer<K, V> made = clients.member(role);
            consumer = made;
            try {
                storer.start();
                begin(made);
                while (!ended) {
                    step(made);
                }
            } finally {
                finish(made);
            }
        } catch (WakeupException | InterruptException | InterruptedException end) {
            log.debug("{} was told to end", thread.getName());
        } catch (Throwable failure) {
            storage.fail("Topic '" + topic + "' cannot be read on", failure);
        }
    }

    private void begin(Consumer<K, V> made) {
        try {
            if (made.partitionsFor(topic, timeout).isEmpty()) {
                throw new StreamingException("There is no topic '" + topic + "' in Kafka at "
                        + clients.bootstrapServers() + "; create it, or change the stream's topics");
            }
        } catch (RetriableException away) {
            throw new StreamingException("Kafka at " + clients.bootstrapServers() + " does not answer", away);
        }
        made.subscribe(List.of(topic), this);
        putOffCheck();
    }

    private void step(Consumer<K, V> made) throws InterruptedException {
        takeStored();
        handOver();
        if (!uncommitted.isEmpty() && !CLOCK.now().isBefore(nextCommit)) {
            commit(made, timeout);
        }
        if (isHeldBack()) {
            awaitStored(POLL);
            poll(made, Duration.ZERO);
        } else {
            poll(made, patience());
        }
        checkBrokers(made);
    }

    /** Nothing is read as long as the next block waits for the one before, or the next record cannot be read. */
    private boolean isHeldBack() {
        return gathered.size() >= blocks.size() || unreadable != null;
    }

    private Duration patience() {
        if (current != null || gathered.isEmpty()) {
            return POLL;
        }
        Duration left = Duration.between(CLOCK.now(), due);
        return left.isNegative() ? Duration.ZERO : left.compareTo(POLL) < 0 ? left : POLL;
    }

    private void poll(Consumer<K, V> made, Duration patience) {
        if (isHeldBack()) {
            made.pause(made.assignment());
        } else {
            made.resume(made.paused());
        }
        try {
            made.poll(patience).forEach(this::gather);
        } catch (RecordDeserializationException failure) {
            unreadable = failure;
        }
    }

    private void gather(ConsumerRecord<K, V> record) {
        if (gathered.isEmpty()) {
            due = CLOCK.now().plus(blocks.interval());
        }
        gathered.add(record);
        putOffCheck();
    }

    private void takeStored() {
        ReadBlock<K, V> block = current;
        if (block != null && block.stored().isSet()) {
            uncommitted.putAll(block.offsets());
            current = null;
        }
    }

    /** Has the next block stored, if that is due and the last one is. */
    private void handOver() {
        if (current != null) {
            return;
        }
        if (gathered.isEmpty() && unreadable != null) {
            throw undeserializable(unreadable);
        }
        if (!gathered.isEmpty() && (isHeldBack() || !CLOCK.now().isBefore(due))) {
            ReadBlock<K, V> next = ReadBlock.take(gathered, blocks.size());
            current = next;
            due = CLOCK.now().plus(blocks.interval());
            storer.store(next);
        }
    }

    private static StreamingException undeserializable(RecordDeserializationException failure) {
        return new StreamingException(
                "The record of " + failure.topicPartition() + " at offset " + failure.offset()
                        + " cannot be deserialized: " + failure.getCause()
                        + ". Use Spring's ErrorHandlingDeserializer to go on behind it",
                failure);
    }

    private void awaitStored(Duration patience) throws InterruptedException {
        ReadBlock<K, V> block = current;
        if (block != null) {
            CLOCK.await(block.stored(), CLOCK.now().plus(patience));
        }
    }

    /** What cannot be committed at the moment is tried again. */
    private void commit(Consumer<K, V> made, Duration patience) {
        if (uncommitted.isEmpty()) {
            return;
        }
        try {
            made.commitSync(Map.copyOf(uncommitted), patience);
            uncommitted.clear();
        } catch (RebalanceInProgressException soon) {
            log.debug("{} commits after the rebalance", thread.getName());
        } catch (RetriableException away) {
            storage.report("Offsets cannot be committed at the moment, which is tried again", away);
        } catch (CommitFailedException late) {
            uncommitted.clear();
            storage.report("Offsets were not committed: their records are read again", late);
        }
        nextCommit = CLOCK.now().plus(blocks.interval());
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (isHeldBack()) {
            Objects.requireNonNull(consumer).pause(partitions);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        try {
            awaitStored(GRACE);
        } catch (InterruptedException end) {
            throw new InterruptException(end);
        }
        takeStored();
        commit(Objects.requireNonNull(consumer), timeout);
        onPartitionsLost(partitions);
    }

    /** Another member goes on with them. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        gathered.removeIf(record -> partitions.contains(ReadBlock.partitionOf(record)));
        uncommitted.keySet().removeAll(partitions);
        if (current != null) {
            current.offsets().keySet().removeAll(partitions);
        }
    }

    /** A consumer whose brokers are away says nothing of that: it gives no records, as one that has none to give. */
    private void checkBrokers(Consumer<K, V> made) {
        if (CLOCK.now().isBefore(nextCheck) || isHeldBack()) {
            return;
        }
        try {
            made.endOffsets(List.of(new TopicPartition(topic, 0)), timeout);
        } catch (RetriableException away) {
            storage.report(
                    "Kafka at " + clients.bootstrapServers() + " does not answer, or has no topic '" + topic
                            + "' any more",
                    away);
        }
        putOffCheck();
    }

    private void putOffCheck() {
        nextCheck = CLOCK.now().plus(timeout);
    }

    /** Commits what was stored, and forgets the rest, which is read again. */
    private void finish(Consumer<K, V> made) {
        Thread.interrupted(); // the consumer is to be closed in peace
        ended = true;
        try {
            awaitStored(GRACE);
            storer.end();
            takeStored();
            commitAtEnd(made);
        } catch (KafkaException | InterruptedException failure) {
            log.warn(
                    "{}: the last offsets are not committed, their records are read again: {}",
                    thread.getName(),
                    failure.toString());
        } finally {
            current = null;
            gathered.clear();
            uncommitted.clear();
            Thread.interrupted();
            made.close(CloseOptions.timeout(GRACE));
        }
    }

    private void commitAtEnd(Consumer<K, V> made) {
        try {
            commit(made, GRACE);
        } catch (WakeupException meantForThePoll) {
            commit(made, GRACE);
        }
    }
}
