package io.dstream.storage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a file system.
 *
 * <p>An interrupt of a thread does not reach its files: a channel would be closed by it, under all threads that share a log.
 */
final class FileDisk implements Disk {

    private final Path directory;

    private FileDisk(Path directory) {
        this.directory = directory;
    }

    /**
     * A directory, which is made when it is missing, with those around it, for its owner alone.
     *
     * @throws IOException if it cannot be made
     */
    static FileDisk of(Path directory) throws IOException {
        make(directory.toAbsolutePath());
        return new FileDisk(directory);
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    @Override
    public Output create(String name) throws IOException {
        Path file = Files.createFile(directory.resolve(name), ownerOnly(directory, "rw-------"));
        return new FileOutput(new RandomAccessFile(file.toFile(), "rw"));
    }

    @Override
    public Input open(String name) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return new FileInput(new RandomAccessFile(file.toFile(), "r"));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(
                directory.resolve(from),
                directory.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void forceNames() throws IOException {
        force(directory);
    }

    @Override
    public String locate(String name) {
        return directory.resolve(name).toString();
    }

    private static void make(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        @Nullable Path parent = directory.getParent();
        if (parent != null) {
            make(parent);
        }
        try {
            Files.createDirectory(directory, ownerOnly(directory, "rwx------"));
        } catch (FileAlreadyExistsException madeMeanwhile) {
            if (!Files.isDirectory(directory)) {
                throw madeMeanwhile;
            }
        }
        if (parent != null) {
            force(parent);
        }
    }

    /** With what to make something that is for its owner alone, where that can be said. */
    static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** A directory is forced by a channel alone, so what an interrupt has cut off is done again. */
    private static void force(Path directory) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (!isForced(directory)) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean isForced(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
            return true;
        } catch (ClosedByInterruptException interruption) {
            return false;
        } catch (AccessDeniedException windows) {
            if (Files.isDirectory(directory)) {
                return true; // where a directory cannot be opened, its names are safe anyway
            }
            throw windows;
        }
    }

    private record FileOutput(RandomAccessFile file) implements Output {

        /** The JDK takes as much native memory for a call as it has bytes; a file system does long writes best in few. */
        private static final int PIECE = 1024 * 1024;

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; done += PIECE) {
                file.write(bytes, offset + done, Math.min(PIECE, length - done));
            }
        }

        @Override
        public void force() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private record FileInput(RandomAccessFile file) implements Input {

        @Override
        public long size() throws IOException {
            return file.length();
        }

        @Override
        public void read(long position, byte[] into, int offset, int length) throws IOException {
            file.seek(position);
            file.readFully(into, offset, length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
