package io.dstream.storage;

import io.dstream.storage.JournalState.Tail;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups of records in segment files. A group that was written is safe; one that was not is there wholly or not at all.
 *
 * <p>Threads that write at the same time share a force: one of them, the leader, writes the groups of all that wait (group
 * commit). When a write or a force fails, the segment is abandoned where it was safe last, because nobody knows what a disk has
 * after that; the next group goes into a new segment, which says up to where the one before counts.
 *
 * <p>Thread-safe. An interrupt does not end a call.
 */
final class Journal implements Closeable {

    /** The type of the record that ends a journal which was closed. */
    static final byte CLOSED = 0;

    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private final Disk disk;
    private final JournalFiles files;
    private final long segmentBytes;
    private final BiConsumer<RecordPlace, RecordPlace> moved;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition led = lock.newCondition(); // a leader has ended

    // Mutable state, guarded by lock
    private List<Group> waiting = new ArrayList<>();
    private boolean leading;

    // Mutable state, of the leader; what is volatile is read by others
    private volatile boolean closed;
    private volatile List<SealedSegment> sealed;
    private volatile List<SealedSegment> replaceable; // of these, those before a segment that is safe
    private volatile long unsealedBytes;
    private @Nullable SegmentWriter current; // null: to be made
    private @Nullable Tail tail; // of the last run, to be written again
    private @Nullable String marker; // the file that tells the newest segment
    private long nextNumber;
    private final Set<String> leftovers; // files to be deleted when there is a new segment
    private final Set<Long> dropped = new TreeSet<>(); // segments that the next one does not count

    /**
     * Continues a journal. Nothing is written until there is a group.
     *
     * @param segmentBytes length from which on a segment gets no more groups
     * @param state as it was read
     * @param moved is told of records of the last run that are elsewhere from now on, before the first group is written
     */
    Journal(
            Disk disk,
            JournalFiles files,
            long segmentBytes,
            JournalState state,
            BiConsumer<RecordPlace, RecordPlace> moved) {
        this.disk = disk;
        this.files = files;
        this.segmentBytes = segmentBytes;
        this.moved = moved;
        this.sealed = state.sealed();
        this.replaceable = sealed;
        this.tail = state.tail();
        this.unsealedBytes = tail == null ? 0 : tail.end();
        this.marker = state.marker();
        this.nextNumber = state.nextNumber();
        this.leftovers = new TreeSet<>(state.leftovers());
    }

    /**
     * Writes records that count together or not at all, and returns when they are safe.
     *
     * @param group at least one record
     * @param placed is given the number of their segment before that can be sealed
     * @throws IOException if they cannot be written; whoever wants them written calls again
     * @throws IllegalStateException if the journal is closed
     */
    void write(List<JournalRecord> group, LongConsumer placed) throws IOException {
        Group own = new Group(group, placed);
        List<Group> toLead = await(own);
        if (!toLead.isEmpty()) {
            lead(toLead);
        }
        own.requireWritten(this);
    }

    /**
     * The segments that get no more groups and come before another that is safe, in order. So something else may take their place;
     * what takes that of the last segment could not be told from a journal whose last segment is lost.
     *
     * @return the same list until it changes
     */
    List<SealedSegment> sealed() {
        return replaceable;
    }

    /** How many bytes count, in all segments. */
    long bytes() {
        return bytesOf(sealed) + unsealedBytes;
    }

    /**
     * Lets go of sealed segments. They are deleted once there is a new segment that does not count them, which is made now if
     * they are as long together as one becomes.
     *
     * @throws IOException if it cannot be made; they are let go later
     */
    void drop(Collection<Long> numbers) throws IOException {
        exclusively(() -> {
            dropped.addAll(numbers);
            if (bytesOf(sealed(segment -> dropped.contains(segment.number()))) >= segmentBytes) {
                seal();
                begin(List.of());
            }
        });
    }

    /** Deletes segments up to one, because something else that is safe has replaced them. */
    void forgetUpTo(long number) throws IOException {
        exclusively(() -> {
            List<SealedSegment> replaced = sealed(segment -> segment.number() <= number);
            sealed = sealed(segment -> segment.number() > number);
            replaceable = replaceable.stream()
                    .filter(segment -> segment.number() > number)
                    .toList();
            replaced.forEach(segment -> delete(files.name(segment.number())));
        });
    }

    /**
     * Ends the journal; closing it again does nothing.
     *
     * @throws IOException if the end cannot be written; what was written before is safe
     */
    @Override
    public void close() throws IOException {
        exclusively(() -> {
            closed = true; // whoever waits to lead sees it
            SegmentWriter last = current;
            current = null;
            if (last != null) {
                end(last);
            }
        });
    }

    /** Makes it known that the last group and the last segment were safe; so nobody takes their loss for a power cut. */
    private void end(SegmentWriter last) throws IOException {
        try (last) {
            last.addGroup(List.of(new JournalRecord(CLOSED, new byte[0])));
            last.force();
            disk.forceNames();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "The " + files.kind() + " of pipeline '" + files.pipeline() + "' is closed");
        }
    }

    /** Waits until a leader has written a group, or until the calling thread is to be the leader of all that wait. */
    private List<Group> await(Group own) {
        lock.lock();
        try {
            requireOpen();
            waiting.add(own);
            while (leading && !own.done) {
                led.awaitUninterruptibly();
            }
            if (own.done) {
                return List.of();
            }
            requireOpen();
            leading = true;
            List<Group> groups = waiting;
            waiting = new ArrayList<>();
            return groups;
        } finally {
            lock.unlock();
        }
    }

    private void lead(List<Group> groups) {
        Throwable failure = null;
        try {
            writeAll(groups);
        } catch (IOException | RuntimeException | Error notWritten) {
            failure = notWritten;
        }
        endLead(groups, failure);
    }

    private void endLead(List<Group> groups, @Nullable Throwable failure) {
        lock.lock();
        try {
            groups.forEach(group -> group.end(failure));
            leading = false;
            led.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Does something as the leader. */
    private void exclusively(Step step) throws IOException {
        lock.lock();
        try {
            while (leading) {
                led.awaitUninterruptibly();
            }
            leading = true;
        } finally {
            lock.unlock();
        }
        try {
            step.run();
        } finally {
            endLead(List.of(), null);
        }
    }

    private void writeAll(List<Group> groups) throws IOException {
        if (current != null && current.durable() >= segmentBytes) {
            seal();
        }
        if (current == null) {
            begin(groups);
        } else {
            append(groups, current);
        }
    }

    private void append(List<Group> groups, SegmentWriter segment) throws IOException {
        try {
            add(groups, segment);
            segment.force();
        } catch (IOException | RuntimeException | Error failure) {
            seal();
            throw failure;
        }
        place(groups, segment);
    }

    /** Makes a segment, with what is to be written again of the last run and with the groups. */
    private void begin(List<Group> groups) throws IOException {
        long number = nextNumber++;
        List<SealedSegment> earlier = earlier();
        SegmentWriter segment = new SegmentWriter(disk.create(files.name(number)), number);
        Map<RecordPlace, RecordPlace> moves;
        try {
            segment.addHeader(header(number, groups, earlier));
            moves = tail == null ? Map.of() : again(tail).addTo(segment, files.name(number));
            add(groups, segment);
            segment.force();
            disk.forceNames();
        } catch (IOException | RuntimeException | Error failure) {
            close(segment);
            delete(files.name(number));
            throw failure;
        }
        moves.forEach(moved);
        replace(earlier, segment);
        mark(number);
        place(groups, segment);
    }

    private static void add(List<Group> groups, SegmentWriter segment) throws IOException {
        for (Group group : groups) {
            segment.addGroup(group.records);
        }
    }

    private void place(List<Group> groups, SegmentWriter segment) {
        unsealedBytes = segment.durable();
        groups.forEach(group -> group.placed.accept(segment.number()));
    }

    /** The segments that count beside a new one. */
    private List<SealedSegment> earlier() {
        List<SealedSegment> earlier = new ArrayList<>(sealed(segment -> !dropped.contains(segment.number())));
        if (tail != null && tail.durable() > 0) {
            earlier.add(new SealedSegment(tail.segment(), tail.durable()));
        }
        return earlier;
    }

    private SegmentHeader header(long number, List<Group> groups, List<SealedSegment> earlier) throws IOException {
        long content = tail == null ? 0 : again(tail).length();
        for (Group group : groups) {
            content += SegmentWriter.lengthOf(group.records);
        }
        SegmentHeader header = new SegmentHeader(number, 0, files.kind(), files.pipeline(), earlier);
        return header.withFirstLength(header.length() + content);
    }

    private RewrittenTail again(Tail last) {
        return new RewrittenTail(disk, files.name(last.segment()), last);
    }

    /** Now that a new segment is safe, what it does not count can go. */
    private void replace(List<SealedSegment> earlier, SegmentWriter segment) {
        if (tail != null && tail.durable() == 0) {
            leftovers.add(files.name(tail.segment()));
        }
        dropped.forEach(number -> leftovers.add(files.name(number)));
        leftovers.forEach(this::delete);
        leftovers.clear();
        dropped.clear();
        tail = null;
        sealed = List.copyOf(earlier);
        replaceable = sealed;
        current = segment;
    }

    /** Tells that a segment is the newest that is safe. Without that, only its loss would not be noticed. */
    private void mark(long number) {
        String name = files.marker(number);
        try {
            if (marker == null) {
                disk.create(name).close();
            } else {
                disk.rename(marker, name);
            }
            marker = name;
        } catch (IOException failure) {
            log.warn("{} cannot be made: {}", disk.locate(name), failure.toString());
        }
    }

    /** Adds no more to the current segment; what of it was safe counts. */
    private void seal() {
        SegmentWriter full = current;
        if (full != null) {
            current = null;
            close(full);
            List<SealedSegment> all = new ArrayList<>(sealed);
            all.add(new SealedSegment(full.number(), full.durable()));
            sealed = List.copyOf(all);
            unsealedBytes = 0;
        }
    }

    /** What was forced is safe, whatever this says. */
    private void close(SegmentWriter segment) {
        try {
            segment.close();
        } catch (IOException failure) {
            log.debug("{} cannot be closed", disk.locate(files.name(segment.number())), failure);
        }
    }

    /** If it cannot be deleted now, it counts for nothing at the next start and is deleted then. */
    private void delete(String name) {
        try {
            disk.delete(name);
        } catch (IOException failure) {
            log.warn("{} is not needed any more, but cannot be deleted: {}", disk.locate(name), failure.toString());
        }
    }

    private List<SealedSegment> sealed(Predicate<SealedSegment> condition) {
        return sealed.stream().filter(condition).toList();
    }

    private static long bytesOf(List<SealedSegment> segments) {
        return segments.stream().mapToLong(SealedSegment::length).sum();
    }

    /** A step of a leader. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** Records on their way to the disk. */
    private static final class Group {

        private final List<JournalRecord> records;
        private final LongConsumer placed;

        // Mutable state, guarded by the lock of the journal
        private boolean done;
        private @Nullable Throwable failure;

        Group(List<JournalRecord> records, LongConsumer placed) {
            this.records = records;
            this.placed = placed;
        }

        void end(@Nullable Throwable cause) {
            failure = cause;
            done = true;
        }

        /** Every thread gets an exception of its own. */
        void requireWritten(Journal journal) throws IOException {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw new IOException(
                        "The " + journal.files.kind() + " cannot be written to " + journal.disk.locate("") + ": "
                                + failure,
                        failure);
            }
        }
    }
}
