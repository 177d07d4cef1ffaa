package io.dstream.storage;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files in a directory to which batches are appended, each once: one at a time is in progress, and when it is large or old
 * enough it is finished and never touched again.
 *
 * <p>The file in progress is {@code .in-progress}, and {@code .committed} says how much of it counts; what a crash has left
 * beyond that is cut off. A finished file is called by the times of its first and last batch in milliseconds, such as
 * {@code 1504668485000-1504672084000.txt}.
 *
 * <p>A directory is used by one rolling file at a time, also among processes: from its first append until it is closed; after
 * that it may append again. Used by one thread at a time.
 */
public final class RollingFile implements AutoCloseable {

    private final Path directory;
    private final Path inProgress;
    private final Path committed;
    private final RollingPolicy policy;

    // Mutable state
    private @Nullable FileChannel lock; // held while it is in use
    private @Nullable RollingProgress progress; // null: to be read, and the file to be cut off there

    /** One in this directory, which is made when it is missing. */
    public RollingFile(Path directory, RollingPolicy policy) {
        this.directory = directory;
        this.inProgress = directory.resolve(".in-progress");
        this.committed = directory.resolve(".committed");
        this.policy = policy;
    }

    /**
     * Appends a batch, unless it is the one that was appended last; when it returns that is safe on the disk.
     *
     * @param batchTime not before that of the last batch
     * @param content the bytes, in this order; a batch without any is not remembered
     * @throws IllegalStateException if the directory is in use, or has later batches already
     * @throws IOException if it cannot be written; the batch may be appended again
     */
    public void append(Instant batchTime, List<byte[]> content) throws IOException {
        acquire();
        RollingProgress before = progress == null ? recovered() : progress;
        progress = null; // until it is certain again
        RollingProgress after = before.last().equals(batchTime) ? before : appended(batchTime, content, before);
        progress = after.length() < policy.maxBytes() ? after : rolled(after);
    }

    /** Lets others use the directory; the file in progress stays. Closing it again does nothing. */
    @Override
    public void close() throws IOException {
        progress = null;
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }

    private RollingProgress appended(Instant batchTime, List<byte[]> content, RollingProgress before)
            throws IOException {
        RollingProgress begun = isOld(before, batchTime) ? rolled(before) : before;
        long bytes = content.stream().mapToLong(part -> part.length).sum();
        if (bytes == 0) {
            return begun;
        }
        requireNotPast(batchTime, begun);
        write(content, begun.length());
        return committed(begun.appended(batchTime, bytes));
    }

    private boolean isOld(RollingProgress before, Instant batchTime) {
        return before.hasFile() && Duration.between(before.first(), batchTime).compareTo(policy.maxAge()) >= 0;
    }

    private void write(List<byte[]> content, long position) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(inProgress.toFile(), "rw")) {
            file.setLength(position);
            file.seek(position);
            for (byte[] part : content) {
                file.write(part);
            }
            file.getFD().sync();
        }
    }

    /** Finishes the file in progress. If this is cut off after the move, {@link #recovered} does the rest. */
    private RollingProgress rolled(RollingProgress before) throws IOException {
        Path finished = directory.resolve(before.finishedName());
        if (Files.exists(finished)) {
            throw new IOException(finished + " exists already; it must not be replaced");
        }
        Files.move(inProgress, finished, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory();
        return committed(before.rolled());
    }

    /** Makes the progress count, in one step. */
    private RollingProgress committed(RollingProgress reached) throws IOException {
        Path next = directory.resolve(".committed.tmp");
        try (FileOutputStream out = new FileOutputStream(next.toFile())) {
            out.write(reached.toText().getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
        Files.move(next, committed, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceDirectory();
        return reached;
    }

    /** What counts, with everything else cut off. */
    private RollingProgress recovered() throws IOException {
        RollingProgress reached = Files.exists(committed) ? read() : RollingProgress.NONE;
        if (!reached.hasFile()) {
            return reached;
        }
        if (!Files.exists(inProgress) && Files.exists(directory.resolve(reached.finishedName()))) {
            return committed(reached.rolled());
        }
        cutOff(reached.length());
        return reached;
    }

    private RollingProgress read() throws IOException {
        try {
            return RollingProgress.of(Files.readString(committed));
        } catch (IOException failure) {
            throw new IOException("Cannot read " + committed + ": " + failure.getMessage(), failure);
        }
    }

    private void cutOff(long length) throws IOException {
        long size = Files.exists(inProgress) ? Files.size(inProgress) : 0;
        if (size < length) {
            throw new IOException(inProgress + " has lost committed lines: it has " + size + " bytes, but " + length
                    + " were committed. Restore it, or delete it together with " + committed);
        }
        try (RandomAccessFile file = new RandomAccessFile(inProgress.toFile(), "rw")) {
            file.setLength(length);
        }
    }

    private void requireNotPast(Instant batchTime, RollingProgress reached) {
        if (batchTime.isBefore(reached.last())) {
            throw new IllegalStateException("The batch " + batchTime + " cannot be appended to " + directory
                    + ", which has batches up to " + reached.last()
                    + " already: if the clock was set back, wait until it"
                    + " is past that, else give another directory");
        }
    }

    private void acquire() throws IOException {
        if (lock == null) {
            Files.createDirectories(directory);
            FileChannel channel =
                    FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(channel)) {
                channel.close();
                throw new IllegalStateException("The directory " + directory
                        + " is in use by another output, pipeline or" + " process; give each a directory of its own");
            }
            lock = channel;
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock acquired = channel.tryLock();
            return acquired != null;
        } catch (OverlappingFileLockException heldInThisProcess) {
            return false;
        }
    }

    /** Makes the names in the directory safe. */
    private void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException windows) {
            // where a directory cannot be opened, its names are safe anyway
        }
    }
}
