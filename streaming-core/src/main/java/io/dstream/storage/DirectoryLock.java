package io.dstream.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a directory for one user, among the processes of a machine and within this one.
 *
 * <p>There are two files to lock. On Linux, whoever closes a file takes away all locks that its process has on it, so who is
 * refused takes the lock of the holder away if both are in one process. Within a process the first file decides, whose lock
 * Java remembers itself; the second is opened only by who has the first, so nobody takes its lock away.
 */
final class DirectoryLock implements Closeable {

    /** Locked first; has the id of the process in it. */
    static final String FIRST = "lock";

    /** Locked second. */
    static final String SECOND = "lock-process";

    /** Which byte is locked: one that is not there, because some systems let nobody read what is locked. */
    private static final long LOCKED = Long.MAX_VALUE - 1;

    private static final int MAX_TEXT = 20; // digits of a process id

    private final FileChannel first;
    private final FileChannel second;

    private DirectoryLock(FileChannel first, FileChannel second) {
        this.first = first;
        this.second = second;
    }

    /**
     * Takes a directory that exists.
     *
     * @throws DirectoryInUseException if it is in use
     */
    static DirectoryLock take(Path directory) throws IOException {
        FileChannel first = locked(directory, FIRST);
        try {
            FileChannel second = locked(directory, SECOND);
            writeProcess(first);
            return new DirectoryLock(first, second);
        } catch (IOException | RuntimeException failure) {
            first.close();
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        try (first) {
            second.close();
        }
    }

    private static FileChannel locked(Path directory, String name) throws IOException {
        FileChannel channel = FileChannel.open(
                directory.resolve(name),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                FileDisk.ownerOnly(directory, "rw-------"));
        try {
            if (!isLocked(channel)) {
                throw new DirectoryInUseException(directory, process(directory));
            }
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock(LOCKED, 1, false);
            return lock != null;
        } catch (OverlappingFileLockException heldInThisProcess) {
            return false;
        }
    }

    private static void writeProcess(FileChannel channel) throws IOException {
        String id = Long.toString(ProcessHandle.current().pid());
        channel.truncate(0).write(ByteBuffer.wrap(id.getBytes(StandardCharsets.US_ASCII)));
    }

    private static OptionalLong process(Path directory) {
        try {
            String text = Files.readString(directory.resolve(FIRST));
            return text.length() <= MAX_TEXT ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
        } catch (IOException | NumberFormatException unknown) {
            return OptionalLong.empty();
        }
    }
}
