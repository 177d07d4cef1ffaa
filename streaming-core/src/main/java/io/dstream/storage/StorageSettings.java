package io.dstream.storage;

import java.nio.file.Path;

/**
 * Where rows are kept that do not stay in memory.
 *
 * @param directory in which directories are made for files, which nobody else can read and which are deleted when they are not
 *     needed any more. What a process that was killed has left there, {@code dstream-*}, may be deleted
 * @param maxMemory how many bytes of memory, by estimate, rows of the storage level MEMORY_AND_DISK may take that are
 *     persisted, at least 1; further ones are in files
 */
public record StorageSettings(Path directory, long maxMemory) {

    private static final int SHARE_OF_HEAP = 4;

    public StorageSettings {
        if (maxMemory < 1) {
            throw new IllegalArgumentException("'maxMemory' must be at least 1, but was " + maxMemory);
        }
    }

    /** The directory for temporary files, {@code java.io.tmpdir}, and a quarter of the heap. */
    public static StorageSettings defaults() {
        return new StorageSettings(
                Path.of(System.getProperty("java.io.tmpdir")),
                Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    public StorageSettings withDirectory(Path newDirectory) {
        return new StorageSettings(newDirectory, maxMemory);
    }

    public StorageSettings withMaxMemory(long newMaxMemory) {
        return new StorageSettings(directory, newMaxMemory);
    }
}
