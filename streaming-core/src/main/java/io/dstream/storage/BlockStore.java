package io.dstream.storage;

import io.dstream.function.StreamingException;
import io.dstream.rdd.StorageLevel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps rows as a storage level says, for as long as the process runs. Its files are in a directory of its own, which nobody
 * but the process's user can read, and are deleted with the rows or when the store is closed.
 *
 * <p>Thread-safe.
 */
public final class BlockStore implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BlockStore.class);

    /** What rows kept together take in memory beside the rows, by estimate: so that many small ones are bounded too. */
    private static final long OVERHEAD = 200;

    private final String name;
    private final Path parent;
    private final Bounds bounds;
    private final Codec<Object> codec;

    // Mutable state
    private final AtomicLong bytesInMemory = new AtomicLong();
    private final AtomicLong rowsInMemory = new AtomicLong();
    private final AtomicLong bytesOnDisk = new AtomicLong();
    private final AtomicLong kept = new AtomicLong(); // rows kept together, wherever they are
    private final AtomicLong forced = new AtomicLong(); // those in memory whatever their level
    private final Set<Class<?>> encodable = ConcurrentHashMap.newKeySet(); // of which a row was encoded
    private @Nullable Path directory; // made with the first file; guarded by this, as is the next one
    private boolean closed;

    /**
     * How much there is room for. Room is asked for before rows are added, so the last ones may go beyond it.
     *
     * @param bytesInMemory estimated bytes of rows in memory
     * @param rowsInMemory rows in memory by reference
     * @param bytesOnDisk bytes of files
     */
    public record Bounds(long bytesInMemory, long rowsInMemory, long bytesOnDisk) {}

    /** Gives rows to a consumer. */
    @FunctionalInterface
    public interface Filling<T> {
        void into(Consumer<T> rows) throws Exception;
    }

    /**
     * @param name part of the name of the directory
     * @param parent where the directory is made, once a file is needed
     * @param bounds how much there is room for
     * @param codec for rows in files and in bytes
     */
    public BlockStore(String name, Path parent, Bounds bounds, Codec<Object> codec) {
        this.name = name;
        this.parent = parent;
        this.bounds = bounds;
        this.codec = codec;
    }

    /** Whether there is room for more rows of a level; not if some are in memory whatever their level, and there is none left. */
    public boolean hasRoom(StorageLevel level) {
        return (forced.get() == 0 || hasMemory()) && hasRoomOf(level);
    }

    private boolean hasRoomOf(StorageLevel level) {
        return switch (level) {
            case NONE -> true;
            case MEMORY_ONLY, MEMORY_ONLY_SER -> hasMemory();
            case MEMORY_AND_DISK -> hasMemory() || hasDisk();
            case DISK_ONLY -> hasDisk();
        };
    }

    /** The estimated bytes of rows in memory. */
    public long bytesInMemory() {
        return bytesInMemory.get();
    }

    /** The bytes of files. */
    public long bytesOnDisk() {
        return bytesOnDisk.get();
    }

    /**
     * Keeps rows, whether or not there is room.
     *
     * @param rows not modified afterwards
     * @param bytes their estimated size in memory
     * @throws IOException if they cannot be written to a file, naming the directory and the remedy; nothing is kept then
     * @throws StreamingException if one of them cannot be encoded, naming the class and the remedy
     */
    public <T> StoredRows<T> put(List<T> rows, long bytes, StorageLevel level) throws IOException {
        if (isByReference(level)) {
            return new ListedRows<>(rows, bytes, this);
        }
        return written(level, consumer -> rows.forEach(consumer));
    }

    /**
     * Keeps rows in memory that cannot be kept where they are to be, whether or not there is room. Until they are released, there is
     * room for further rows of any level only if there is memory for them.
     *
     * @param rows not modified afterwards
     * @param bytes their estimated size in memory
     */
    public <T> StoredRows<T> putInMemory(List<T> rows, long bytes) {
        return new ForcedRows<>(rows, bytes, this);
    }

    /**
     * Keeps rows as they are computed, whether or not there is room.
     *
     * @param filling gives the rows, on the calling thread
     * @throws IOException as {@link #put}
     * @throws StreamingException as {@link #put}
     * @throws Exception what {@code filling} throws; nothing is kept then
     */
    public <T> StoredRows<T> fill(StorageLevel level, Filling<T> filling) throws Exception {
        try (RowsWriter<T> writer = writer(level)) {
            filling.into(row -> {
                try {
                    writer.add(row);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
            return writer.finish();
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    /**
     * Makes sure that rows of a class can be encoded, by encoding the first one.
     *
     * @throws StreamingException if it cannot be, naming the class and the remedy
     */
    public void requireEncodable(@Nullable Object row) {
        if (row != null && !encodable.contains(row.getClass())) {
            codec.encode(row);
            encodable.add(row.getClass());
        }
    }

    /** Whether this very row can be encoded, for which it is. */
    public boolean isEncodable(Object row) {
        try {
            codec.encode(row);
            return true;
        } catch (StreamingException | StackOverflowError notEncodable) {
            return false;
        }
    }

    /**
     * Makes sure that files can be written, if the level may ask for that.
     *
     * @throws IOException if they cannot, naming the directory and the remedy
     */
    public void requireWritable(StorageLevel level) throws IOException {
        if (level.usesDisk()) {
            Files.delete(newFile());
        }
    }

    /** Deletes all files; what was kept cannot be read any more. */
    @Override
    public void close() {
        Path made = closedDirectory();
        if (made != null) {
            delete(made);
        }
    }

    private boolean hasMemory() {
        return hasMemory(0, 0);
    }

    /** Whether there is memory for more than these bytes and rows. */
    boolean hasMemory(long bytes, long rows) {
        return bytesInMemory.get() + overhead() + bytes < bounds.bytesInMemory()
                && rowsInMemory.get() + rows <= bounds.rowsInMemory();
    }

    private boolean hasDisk() {
        return bytesOnDisk.get() < bounds.bytesOnDisk() && overhead() < bounds.bytesInMemory();
    }

    private long overhead() {
        return kept.get() * OVERHEAD;
    }

    void addKept(int count) {
        kept.addAndGet(count);
    }

    void addForced(int count) {
        forced.addAndGet(count);
    }

    void addMemory(long bytes, long rows) {
        bytesInMemory.addAndGet(bytes);
        rowsInMemory.addAndGet(rows);
    }

    void addDisk(long bytes) {
        bytesOnDisk.addAndGet(bytes);
    }

    Codec<Object> codec() {
        return codec;
    }

    /** An empty file that only the process's user can read. */
    synchronized Path newFile() throws IOException {
        if (closed) {
            throw new IOException("Rows cannot be kept in files any more: the store of '" + name + "' is closed");
        }
        try {
            return Files.createTempFile(directory(), "rows-", "");
        } catch (IOException failure) {
            throw unwritable(failure);
        }
    }

    /** It may have been removed meanwhile, by whoever tidies up the directory of temporary files. */
    private Path directory() throws IOException {
        Path made = directory;
        if (made == null || !Files.isDirectory(made)) {
            made = Files.createTempDirectory(parent, "dstream-" + name + "-");
            directory = made;
        }
        return made;
    }

    IOException unwritable(IOException failure) {
        return new IOException(
                "Rows of '" + name + "' cannot be written to a file in " + parent + " (" + failure
                        + "); make room there, or set streaming.storage.directory to another directory",
                failure);
    }

    private boolean isByReference(StorageLevel level) {
        return level == StorageLevel.MEMORY_ONLY || (level == StorageLevel.MEMORY_AND_DISK && hasMemory());
    }

    private <T> StoredRows<T> written(StorageLevel level, Filling<T> filling) throws IOException {
        try {
            return fill(level, filling);
        } catch (IOException | RuntimeException failure) {
            throw failure;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private <T> RowsWriter<T> writer(StorageLevel level) throws IOException {
        return switch (level) {
            case NONE -> throw new IllegalArgumentException("Rows of the storage level NONE are not kept");
            case MEMORY_ONLY -> new ListWriter<>(this, false);
            case MEMORY_ONLY_SER -> new BytesWriter<>(this);
            case MEMORY_AND_DISK -> new SpillingWriter<>(this);
            case DISK_ONLY -> new FileWriter<>(this);
        };
    }

    private synchronized @Nullable Path closedDirectory() {
        Path made = directory;
        closed = true;
        directory = null;
        return made;
    }

    private static void delete(Path directory) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (NoSuchFileException gone) {
            log.debug("The directory {} is gone already", directory);
        } catch (IOException failure) {
            log.warn("The directory {} cannot be deleted: {}", directory, failure.toString());
        }
    }
}
