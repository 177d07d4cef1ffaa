package io.dstream.kafka;

import io.dstream.function.StreamingException;
import io.dstream.output.SinkConflictException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offsets of one run of a stream in its offset store. The store is opened when it is there, and by whoever needs it first.
 *
 * <p>Thread-safe: the ticker thread and the batch thread may open it, and the thread that stops the pipeline closes it.
 */
final class StoredOffsets {

    private static final Logger log = LoggerFactory.getLogger(StoredOffsets.class);

    private final @Nullable OffsetStore store; // null: offsets are in the batch log alone
    private final OffsetStoreContext context;
    private final Subscription subscription;
    private final Map<TopicPartition, Set<Long>> logged;

    private final ReentrantLock lock = new ReentrantLock();

    // Mutable state, guarded by the lock
    private @Nullable OffsetStoreSession session;
    private final Map<TopicPartition, Long> saved = new HashMap<>();

    private volatile @Nullable Map<TopicPartition, Long> initial; // what was saved when it was opened
    private volatile boolean isClosed;

    /**
     * @param logged the ranges of the last batch that the batch log knows as committed, and of those that are repeated
     */
    StoredOffsets(
            @Nullable OffsetStore store,
            OffsetStoreContext context,
            Subscription subscription,
            List<OffsetRange> logged) {
        this.store = store;
        this.context = context;
        this.subscription = subscription;
        this.logged = endsOf(logged);
    }

    private static Map<TopicPartition, Set<Long>> endsOf(List<OffsetRange> ranges) {
        Map<TopicPartition, Set<Long>> ends = new HashMap<>();
        for (OffsetRange range : ranges) {
            ends.computeIfAbsent(range.topicPartition(), unknown -> new HashSet<>())
                    .addAll(List.of(range.fromOffset(), range.untilOffset()));
        }
        return ends;
    }

    /** Whether the store commits to the group itself, which nobody else must do then. */
    boolean areThoseOfTheGroup() {
        return store instanceof KafkaGroupOffsetStore;
    }

    /**
     * Opens the store, unless it is open.
     *
     * @return what was saved when it was opened; empty if there is no store
     * @throws SinkConflictException if the batch log knows others
     */
    Map<TopicPartition, Long> open() {
        Map<TopicPartition, Long> known = initial;
        return known == null ? openFirst() : known;
    }

    private Map<TopicPartition, Long> openFirst() {
        lock();
        try {
            Map<TopicPartition, Long> found = initial;
            if (found == null) {
                found = store == null ? Map.of() : openNow(store);
                saved.putAll(found);
                initial = found;
            }
            return found;
        } finally {
            unlock();
        }
    }

    private Map<TopicPartition, Long> openNow(OffsetStore opened) {
        try {
            if (session == null) {
                session = opened.open(context);
            }
        } catch (Exception failure) {
            throw unchecked(failure);
        }
        Map<TopicPartition, Long> found = new HashMap<>(session.offsets());
        found.keySet().removeIf(partition -> !subscription.contains(partition));
        found.forEach((partition, offset) -> requireKnown(opened, partition, offset));
        log.info("Input {} has offsets of {} partitions in {}", context, found.size(), opened.description());
        return Map.copyOf(found);
    }

    private void requireKnown(OffsetStore opened, TopicPartition partition, long offset) {
        Set<Long> known = logged.get(partition);
        if (known != null && !known.contains(offset)) {
            throw new SinkConflictException("Input " + context + " goes on with " + partition + " at offset " + offset
                    + " as " + opened.description()
                    + " says, but the checkpoint directory has batches that begin or end at "
                    + known.stream().sorted().toList()
                    + ": another instance has gone on since, or the directory is an older copy."
                    + " Start with the directory that belongs to the saved offsets, or with an empty one, which goes on at"
                    + " them");
        }
    }

    /** Saves where a batch ends, if that has changed. */
    void save(Map<TopicPartition, Long> ends) {
        saveWhere(ends, (before, end) -> !end.equals(before));
    }

    /** Saves where a batch of the run before ends, unless a later one is saved. */
    void saveAgain(Map<TopicPartition, Long> ends) {
        saveWhere(ends, (before, end) -> before == null || before < end);
    }

    private void saveWhere(Map<TopicPartition, Long> ends, BiPredicate<@Nullable Long, Long> moves) {
        open();
        lock();
        try {
            Map<TopicPartition, Long> moved = new HashMap<>();
            ends.forEach((partition, end) -> {
                if (moves.test(saved.get(partition), end)) {
                    moved.put(partition, end);
                }
            });
            if (session != null && !moved.isEmpty()) {
                save(session, moved);
                saved.putAll(moved);
            }
        } finally {
            unlock();
        }
    }

    private static void save(OffsetStoreSession open, Map<TopicPartition, Long> moved) {
        try {
            open.save(moved);
        } catch (Exception failure) {
            throw unchecked(failure);
        }
    }

    /**
     * Saves where a batch ends in a transaction of somebody else, who may undo it; {@link #save} has to follow.
     *
     * @throws IllegalStateException if the store is no database
     */
    void saveIn(Connection connection, Map<TopicPartition, Long> ends) throws SQLException {
        open();
        lock();
        try {
            if (session == null) {
                throw new IllegalStateException(
                        "Input " + context + " has no offset store, but is to save its offsets in a transaction of a"
                                + " database. Give its ConsumerStrategy a JdbcOffsetStore by withOffsetStore");
            }
            session.saveIn(connection, ends);
        } finally {
            unlock();
        }
    }

    /** Closes the session, or leaves that to the thread that uses it: the store may hang, and a stop does not wait for it. */
    void close() {
        isClosed = true;
        closeIfNobodyUsesIt();
    }

    /** A thread that was left behind must not open the store again, and so fence its successor. */
    private void lock() {
        lock.lock();
        if (isClosed && store != null) {
            unlock();
            throw new IllegalStateException("Input " + context + " is stopped");
        }
    }

    private void unlock() {
        lock.unlock();
        if (isClosed) {
            closeIfNobodyUsesIt();
        }
    }

    private void closeIfNobodyUsesIt() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (session != null) {
                session.close();
                session = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** An interrupt stays one. */
    private static RuntimeException unchecked(Exception failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return StreamingException.unchecked(failure);
    }
}
