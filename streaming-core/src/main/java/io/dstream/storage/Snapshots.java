package io.dstream.storage;

import io.dstream.storage.LoggedRun.Part;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces sealed segments of a batch log by snapshots, one at a time, so that a log is not much longer than what it comes to. They
 * are made of files alone: batches do not wait for them.
 *
 * <p>Thread-safe.
 */
final class Snapshots implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

    private final Disk disk;
    private final JournalFiles files;
    private final Snapshot snapshot;
    private final Journal journal;
    private final Codec<Object> codec;
    private final LogSettings settings;
    private final Executor executor;

    // Mutable state, guarded by this
    private long number; // of the last snapshot; 0 if there is none
    private long length; // of it, in bytes
    private @Nullable List<SealedSegment> considered;
    private Set<Part> defined = Set.of(); // by the run that writes
    private boolean running;
    private boolean closed;

    /**
     * @param number of the last snapshot, 0 if there is none
     * @param length of it in bytes
     * @param executor makes snapshots
     */
    Snapshots(
            Disk disk,
            JournalFiles files,
            Journal journal,
            Codec<Object> codec,
            LogSettings settings,
            long number,
            long length,
            Executor executor) {
        this.disk = disk;
        this.files = files;
        this.snapshot = new Snapshot(disk, files.pipeline());
        this.journal = journal;
        this.codec = codec;
        this.settings = settings;
        this.number = number;
        this.length = length;
        this.executor = executor;
    }

    /** Is told of the parts of the run that writes, which snapshots keep however long they were absent before. */
    synchronized void begin(Collection<Part> parts) {
        defined = Set.copyOf(parts);
    }

    /** Begins a snapshot if there are segments enough for one; to be called when something was written. */
    void makeIfWorthwhile() {
        List<SealedSegment> sealed = journal.sealed();
        if (begin(sealed)) {
            executor.execute(() -> make(sealed));
        }
    }

    /** Waits for the end of a snapshot that is made, which is soon; begins none after that. */
    @Override
    public void close() {
        boolean interrupted = false;
        synchronized (this) {
            closed = true;
            while (running) {
                try {
                    wait();
                } catch (InterruptedException interruption) {
                    interrupted = true; // nobody may write to the directory after this
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean begin(List<SealedSegment> sealed) {
        if (closed || running || sealed.isEmpty() || sealed == considered) { // the same list until it changes
            return false;
        }
        considered = sealed;
        long bytes = sealed.stream().mapToLong(SealedSegment::length).sum();
        running = bytes >= Math.max(settings.snapshotBytes(), length) || sealed.size() >= settings.snapshotSegments();
        return running;
    }

    /** If it fails, it is tried again with the next segment. */
    private void make(List<SealedSegment> sealed) {
        long upTo = sealed.get(sealed.size() - 1).number();
        try {
            LogContents contents = read(sealed);
            long made = snapshot.write(upTo, contents, codec, settings.retain(), defined(), this::isClosed);
            replace(upTo, made);
        } catch (IOException | RuntimeException failure) {
            if (!isClosed()) {
                log.warn(
                        "The log of pipeline '{}' cannot be shortened, and grows until that succeeds: {}",
                        files.pipeline(),
                        failure.toString());
            }
        } finally {
            end();
        }
    }

    private LogContents read(List<SealedSegment> sealed) throws IOException {
        LogContents contents = new LogContents(place -> disk.locate(place.file()));
        long last = number();
        if (last > 0) {
            snapshot.read(last, contents, bytes -> {});
        }
        new JournalReader<>(disk, files, contents, bytes -> {}).read(sealed);
        return contents;
    }

    private void replace(long upTo, long made) throws IOException {
        long replaced = number();
        synchronized (this) {
            number = upTo;
            length = made;
        }
        journal.forgetUpTo(upTo);
        if (replaced > 0) {
            disk.delete(snapshot.name(replaced));
        }
    }

    private synchronized Set<Part> defined() {
        return defined;
    }

    private synchronized long number() {
        return number;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void end() {
        running = false;
        notifyAll();
    }
}
