package io.dstream.kafka;

import io.dstream.function.StreamingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits offsets to the group of a stream, for tools that look at its lag, and for starts without a checkpoint directory. One
 * request at a time is under way; what comes meanwhile goes with the next one, and what fails is tried again with it. Nothing waits
 * for an answer but the end. Requests are a second apart at least, however short batches are, unless somebody waits to be called back.
 *
 * <p>Thread-safe.
 */
final class GroupOffsets {

    private static final Logger log = LoggerFactory.getLogger(GroupOffsets.class);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final StreamStatus status;
    private final Optional<String> group;
    private final Cluster cluster;
    private final int timeoutMillis;

    // Mutable state, guarded by this
    private Map<TopicPartition, Long> pending = new HashMap<>();
    private List<Told> callbacks = new ArrayList<>();
    private boolean underWay;

    // Mutable state of the thread that flushes
    private @Nullable KafkaFuture<Void> lastAnswer;
    private Instant nextRequest = Instant.MIN; // in time of batches

    /**
     * @param group where to commit; nowhere if it is empty
     * @param timeoutMillis how long the end may wait for an answer
     */
    GroupOffsets(StreamStatus status, Optional<String> group, Cluster cluster, int timeoutMillis) {
        this.status = status;
        this.group = group;
        this.cluster = cluster;
        this.timeoutMillis = timeoutMillis;
    }

    /** Has offsets be committed with the next {@link #flush}, in place of others of their partitions. */
    synchronized void put(Map<TopicPartition, Long> offsets) {
        pending.putAll(offsets);
    }

    /** Has offsets be committed with the next {@link #flush}, but where there are later ones. */
    synchronized void put(Map<TopicPartition, Long> offsets, OffsetCommitCallback callback) {
        offsets.forEach((partition, offset) -> pending.merge(partition, offset, Math::max));
        callbacks.add(new Told(offsets, callback));
    }

    /** Begins to commit behind a batch, unless a request is under way or was just made; called by one thread. */
    void flush(Instant batchTime) {
        if (isWaitedFor() || !batchTime.isBefore(nextRequest)) {
            nextRequest = batchTime.plus(PAUSE);
            commit();
        }
    }

    private synchronized boolean isWaitedFor() {
        return !callbacks.isEmpty();
    }

    private void commit() {
        Request request = next();
        if (request == null) {
            return;
        }
        if (group.isEmpty()) {
            ended(request, new IllegalStateException("The consumers of the stream have no group.id"));
            return;
        }
        try {
            KafkaFuture<Void> answer = cluster.commit(group.get(), metadata(request.offsets()));
            lastAnswer = answer.whenComplete((nothing, failure) -> ended(request, failure));
        } catch (StreamingException away) {
            ended(request, away);
        }
    }

    /** Commits what is left, and waits for the answers unless nobody would give them; called by that thread too. */
    void close() throws InterruptedException {
        if (status.isAway()) {
            return;
        }
        boolean answered = await(lastAnswer);
        commit();
        if (answered) {
            await(lastAnswer);
        }
    }

    private synchronized @Nullable Request next() {
        if (underWay || (pending.isEmpty() && callbacks.isEmpty())) {
            return null;
        }
        Request request = new Request(pending, callbacks);
        pending = new HashMap<>();
        callbacks = new ArrayList<>();
        underWay = true;
        return request;
    }

    private boolean await(@Nullable KafkaFuture<Void> answer) throws InterruptedException {
        try {
            if (answer != null) {
                answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
            }
            return true;
        } catch (ExecutionException | TimeoutException failure) {
            return false; // it was told when it came
        }
    }

    /** Called by a thread of the client, or by that which flushes. */
    private void ended(Request request, @Nullable Throwable failure) {
        if (failure == null) {
            status.committed();
        } else if (group.isPresent() && status.notCommitted(failure)) {
            log.warn(
                    "Input {} cannot commit its offsets to group '{}', and goes on: {}. If there are other consumers in the"
                            + " group, give the stream a group of its own",
                    status.name(),
                    group.get(),
                    failure.toString());
        }
        synchronized (this) {
            underWay = false;
            if (failure != null && group.isPresent()) {
                request.offsets().forEach(pending::putIfAbsent);
            }
        }
        request.callbacks().forEach(one -> one.tell(failure));
    }

    private static Map<TopicPartition, OffsetAndMetadata> metadata(Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
        offsets.forEach((partition, offset) -> all.put(partition, new OffsetAndMetadata(offset)));
        return all;
    }

    /** What is committed together. */
    private record Request(Map<TopicPartition, Long> offsets, List<Told> callbacks) {}

    /** Who wants to be told of a request. */
    private record Told(Map<TopicPartition, Long> offsets, OffsetCommitCallback callback) {

        void tell(@Nullable Throwable failure) {
            try {
                callback.onComplete(metadata(offsets), asException(failure));
            } catch (RuntimeException mistake) {
                log.warn("A callback for committed offsets has failed", mistake);
            }
        }

        @SuppressWarnings("NullAway") // null tells that there was no failure
        private static Exception asException(@Nullable Throwable failure) {
            return failure instanceof Exception || failure == null
                    ? (Exception) failure
                    : new IllegalStateException(failure);
        }
    }
}
