package io.dstream.kafka;

import io.dstream.function.StreamingException;
import io.dstream.input.SourceUnavailableException;
import io.dstream.kafka.Cluster.Bounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads ranges with one consumer, on a thread of its own, and holds the consumer back where nothing is waited for. Offsets
 * without a record, which compaction and transactions leave, are passed over.
 *
 * <p>Anybody may {@link #request}; everything else happens on its thread, which ends by {@link #stop} and an interrupt.
 *
 * @param <R> type of the rows
 */
final class Fetcher<K, V, R> implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Fetcher.class);
    private static final Duration POLL = Duration.ofMillis(250);

    private final StreamStatus status;
    private final Supplier<Consumer<K, V>> consumers;
    private final Cluster cluster;
    private final Losses losses;
    private final RowMaker<K, V, R> rowMaker;
    private final boolean isolates; // records that cannot be deserialized
    private final long patience; // in polls
    private final LinkedBlockingQueue<Fetch<R>> requests = new LinkedBlockingQueue<>();
    private final Set<String> gone = ConcurrentHashMap.newKeySet(); // topics

    private final Set<TopicPartition> known = ConcurrentHashMap.newKeySet();

    // Mutable state
    private volatile boolean stopped;
    private volatile boolean ended;
    private @Nullable Consumer<K, V> consumer; // from here on, of the thread alone
    private final Map<TopicPartition, Lane<K, V, R>> lanes = new TreeMap<>(Subscription.ORDER);
    private int idlePolls;

    /**
     * @param first the consumer to begin with; null if none could be made yet
     * @param consumers makes another one when there is none, or it has failed
     * @param isolates whether a record that cannot be deserialized is given as one that cannot be read; else it fails its range
     * @param timeoutMillis how long nothing may come before the brokers count as away
     */
    Fetcher(
            StreamStatus status,
            @Nullable Consumer<K, V> first,
            Supplier<Consumer<K, V>> consumers,
            Cluster cluster,
            Losses losses,
            RowMaker<K, V, R> rowMaker,
            boolean isolates,
            int timeoutMillis) {
        this.status = status;
        this.consumer = first;
        this.consumers = consumers;
        this.cluster = cluster;
        this.losses = losses;
        this.rowMaker = rowMaker;
        this.isolates = isolates;
        this.patience = Math.max(1, timeoutMillis / POLL.toMillis());
    }

    Losses losses() {
        return losses;
    }

    /** Asks for a range, which is done at some time; at once, by a failure, if the fetcher has ended. */
    void request(Fetch<R> fetch) {
        requests.add(fetch);
        if (ended) {
            failRequests();
        }
    }

    /** Is told where a partition is read from, before there is something to read. */
    void expect(OffsetRange range) {
        if (known.add(range.topicPartition())) {
            Fetch<R> nothing = new Fetch<>(range);
            nothing.complete();
            requests.add(nothing);
        }
    }

    /** Is told that topics are not read any more, or are others by now. */
    void forget(Collection<String> topics) {
        gone.addAll(topics);
        known.removeIf(partition -> topics.contains(partition.topic()));
    }

    /** Has its thread end when it is interrupted. */
    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                acceptRequests();
                fetch();
            }
        } catch (InterruptedException | InterruptException end) {
            log.debug("The fetcher of input {} was interrupted", status.name());
        } finally {
            ended = true;
            Thread.interrupted(); // the consumer is to be closed in peace
            failAll(ended());
            failRequests();
            closeConsumer();
        }
    }

    private void acceptRequests() throws InterruptedException {
        while (busy().isEmpty()) {
            accept(requests.take());
        }
        Fetch<R> next = requests.poll();
        while (next != null) {
            accept(next);
            next = requests.poll();
        }
    }

    private void accept(Fetch<R> fetch) {
        lanes.entrySet()
                .removeIf(lane ->
                        gone.contains(lane.getKey().topic()) && lane.getValue().current() == null);
        gone.clear();
        lanes.computeIfAbsent(fetch.partition(), partition -> new Lane<>(rowMaker, () -> stopped))
                .add(fetch);
        idlePolls = 0;
    }

    /** Of what was read ahead, so that no more is read as long as that is enough. */
    private void handOutWhatIsThere() {
        lanes.values().forEach(Lane::handOutWhatIsThere);
        forgetInterrupt();
    }

    /** That of a message handler, which ends nothing; if it was to end the thread, that is seen next. */
    private static void forgetInterrupt() {
        boolean unused = Thread.interrupted();
    }

    /** Hands out what is there, and reads for a moment if more is waited for. */
    private void fetch() throws InterruptedException {
        try {
            handOutWhatIsThere();
            if (busy().isEmpty()) {
                return;
            }
            Consumer<K, V> current = consumer();
            direct(current);
            boolean progress = handOut(current, current.poll(POLL));
            idlePolls = progress ? 0 : idlePolls + 1;
            if (idlePolls >= patience) {
                giveUp();
            }
        } catch (OffsetOutOfRangeException failure) {
            failure.partitions().forEach(this::outOfRange);
        } catch (RecordDeserializationException failure) {
            unreadable(failure);
        } catch (InterruptException end) {
            throw end;
        } catch (RuntimeException failure) {
            failAll(failure);
            beginAnew();
        } catch (Error failure) { // such as too little memory, which may be there when the batch is tried again
            failAll(new StreamingException(
                    "Input " + status.name() + " has failed to read from Kafka: " + failure, failure));
            beginAnew();
        }
    }

    /** With another consumer, which is nowhere. */
    private void beginAnew() {
        closeConsumer();
        lanes.clear();
        known.clear();
    }

    private Consumer<K, V> consumer() {
        Consumer<K, V> current = consumer;
        if (current == null) {
            current = consumers.get();
            consumer = current;
        }
        return current;
    }

    /** Has the consumer read what is waited for, and little else. */
    private void direct(Consumer<K, V> current) {
        if (!current.assignment().equals(lanes.keySet())) {
            current.assign(lanes.keySet());
        }
        lanes.forEach((partition, lane) -> {
            if (lane.isElsewhere()) {
                current.seek(partition, lane.target());
                lane.moveTo(lane.target());
            }
            if (lane.isHungry()) {
                current.resume(List.of(partition));
            } else {
                current.pause(List.of(partition));
            }
        });
    }

    private boolean handOut(Consumer<K, V> current, ConsumerRecords<K, V> records) {
        boolean progress = !records.isEmpty();
        for (TopicPartition partition : records.partitions()) {
            lane(partition).read(records.records(partition));
        }
        for (TopicPartition partition : busy()) {
            progress |= lane(partition).handOut(current.position(partition));
        }
        forgetInterrupt();
        return progress;
    }

    private Lane<K, V, R> lane(TopicPartition partition) {
        return Objects.requireNonNull(lanes.get(partition), partition::toString);
    }

    private List<TopicPartition> busy() {
        List<TopicPartition> busy = new ArrayList<>();
        lanes.forEach((partition, lane) -> {
            if (lane.current() != null) {
                busy.add(partition);
            }
        });
        return busy;
    }

    /** Nothing has come for long: topics are gone, or brokers are away. */
    private void giveUp() throws InterruptedException {
        idlePolls = 0;
        try {
            Collection<String> topics =
                    busy().stream().map(TopicPartition::topic).collect(Collectors.toSet());
            Map<String, Cluster.Topic> found = cluster.describe(topics);
            for (TopicPartition partition : busy()) {
                if (found.containsKey(partition.topic())) {
                    fail(
                            partition,
                            new SourceUnavailableException(
                                    "Kafka gives no records of " + partition + " to input " + status.name(), null));
                } else {
                    end(partition, "there is no topic '" + partition.topic() + "' any more");
                }
            }
        } catch (StreamingException away) {
            status.away(away);
            failAll(away);
        }
    }

    private void outOfRange(TopicPartition partition) {
        Lane<K, V, R> lane = lane(partition);
        Fetch<R> fetch = lane.current();
        if (fetch == null) {
            lane.moveAway(); // it was reading ahead
            return;
        }
        try {
            Bounds there = cluster.bounds(List.of(partition), Map.of()).getOrDefault(partition, new Bounds(0, 0));
            lane.moveAway();
            if (losses.arePassedOver()
                    && there.earliest() > fetch.next()
                    && there.earliest() < fetch.range().untilOffset()) {
                losses.passOver(fetch, there.earliest(), "the topic begins at " + there.earliest());
            } else if (there.earliest() > fetch.next() || there.latest() <= fetch.next()) {
                losses.end(fetch, "the topic has offsets " + there.earliest() + " to " + there.latest());
            }
        } catch (StreamingException away) {
            fail(partition, away);
        } catch (InterruptedException end) {
            throw new InterruptException(end);
        }
    }

    private void unreadable(RecordDeserializationException failure) {
        if (!isolates) {
            fail(failure.topicPartition(), undeserializable(failure));
            return;
        }
        Lane<K, V, R> lane = lane(failure.topicPartition());
        consumer().seek(failure.topicPartition(), failure.offset() + 1);
        lane.read(List.of(new UnreadableRecord<>(failure)));
        boolean unused = lane.handOut(failure.offset() + 1);
        idlePolls = 0;
    }

    private static StreamingException undeserializable(RecordDeserializationException failure) {
        return new StreamingException(
                "The record of " + failure.topicPartition() + " at offset " + failure.offset()
                        + " cannot be deserialized: " + failure.getCause(),
                failure);
    }

    private void end(TopicPartition partition, String reason) {
        lane(partition).forEachWaiting(fetch -> losses.end(fetch, reason));
    }

    private void fail(TopicPartition partition, Exception reason) {
        lane(partition).forEachWaiting(fetch -> fetch.fail(reason));
    }

    private void failAll(Exception reason) {
        busy().forEach(partition -> fail(partition, reason));
    }

    private void failRequests() {
        Fetch<R> request = requests.poll();
        while (request != null) {
            request.fail(ended());
            request = requests.poll();
        }
    }

    private IllegalStateException ended() {
        return new IllegalStateException("Input " + status.name() + " has ended");
    }

    private void closeConsumer() {
        Consumer<K, V> current = consumer;
        consumer = null;
        if (current == null) {
            return;
        }
        try {
            current.close(CloseOptions.timeout(Duration.ZERO));
        } catch (RuntimeException failure) {
            log.warn("The consumer of input {} cannot be closed: {}", status.name(), failure.toString());
        }
    }
}
