package io.dstream.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/**
 * Where a pipeline's batches are written down: every run opens the log anew, and finds in it what the runs before have left.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface BatchLogs {

    /**
     * Opens the log, and reads it. It is closed by the run.
     *
     * @param percents is told how much was read
     * @throws DirectoryInUseException if another process, or another context in this one, has it open
     * @throws UnusableDirectoryException if its directory cannot be made or used
     * @throws DamagedFileException if a file is not as it was written
     * @throws io.dstream.function.StreamingException if a file is that of another pipeline, or of a later version
     * @throws IOException if it cannot be read
     */
    BatchLog open(IntConsumer percents) throws IOException;

    /** Where the log is, for people; empty if it is in memory. */
    default String place() {
        return "";
    }

    /** Whether there is a log already; else {@link #open} makes it. */
    default boolean exist() {
        return true;
    }

    /** A log that lives as long as this object: it keeps batch times increasing over restarts within one process. */
    static BatchLogs inMemory() {
        BatchLog log = new MemoryBatchLog();
        return percents -> log;
    }

    /**
     * Files in the directory of a pipeline.
     *
     * @param parent where each pipeline has a directory of its name
     * @param pipeline the pipeline's name
     * @param codec for keys, states, rows and accumulators
     * @param retain for how many commits something is kept that the definition does not have any more, at least 0
     * @param writeAhead whether the blocks of inputs are written that cannot be read again from where they came
     */
    static BatchLogs inDirectory(Path parent, String pipeline, Codec<Object> codec, int retain, boolean writeAhead) {
        return new DirectoryLogs(parent, pipeline, codec, retain, writeAhead);
    }
}
