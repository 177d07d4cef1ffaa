package io.dstream.receiver;

import io.dstream.rdd.StorageLevel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a socket stream reads its server, where that differs from other socket streams of the pipeline.
 *
 * @param storageLevel where records are kept until their batch has ended; not {@link StorageLevel#NONE}
 * @param readTimeout how long the server may send nothing, at least 1 ms, before it is connected anew; null if that is as in the
 *     {@link ReceiverSettings}
 */
public record SocketOptions(
        StorageLevel storageLevel, @Nullable Duration readTimeout) {

    public SocketOptions {
        if (storageLevel == StorageLevel.NONE) {
            throw new IllegalArgumentException("'storageLevel' must be a level that keeps records, but was NONE");
        }
        if (readTimeout != null && readTimeout.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("'readTimeout' must be at least 1 ms, but was " + readTimeout);
        }
    }

    /** In memory, with the read time-out of the settings. */
    public static SocketOptions defaults() {
        return new SocketOptions(StorageLevel.MEMORY_ONLY, null);
    }

    /**
     * Changes where records are kept until their batch has ended.
     *
     * @param newStorageLevel not {@link StorageLevel#NONE}
     */
    public SocketOptions withStorageLevel(StorageLevel newStorageLevel) {
        return new SocketOptions(newStorageLevel, readTimeout);
    }

    /**
     * Changes how long a server may send nothing.
     *
     * @param newReadTimeout at least 1 ms
     */
    public SocketOptions withReadTimeout(Duration newReadTimeout) {
        return new SocketOptions(storageLevel, newReadTimeout);
    }
}
