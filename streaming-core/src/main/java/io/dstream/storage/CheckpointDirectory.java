package io.dstream.storage;

import io.dstream.time.StreamThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;

/**
 * The directory in which a pipeline writes down what survives its end. It has one user at a time, among all processes.
 *
 * <p>Thread-safe.
 */
public final class CheckpointDirectory implements AutoCloseable {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private final String pipeline;
    private final FileDisk disk;
    private final DirectoryLock lock;

    private CheckpointDirectory(String pipeline, FileDisk disk, DirectoryLock lock) {
        this.pipeline = pipeline;
        this.disk = disk;
        this.lock = lock;
    }

    /**
     * Takes the directory of a pipeline, which is made when it is missing, for its owner alone.
     *
     * @param parent where each pipeline has a directory of its name
     * @param pipeline the pipeline's name: letters, digits, {@code .}, {@code _} and {@code -}, beginning with a letter or digit
     * @throws DirectoryInUseException if another process, or another context in this one, has it
     * @throws UnusableDirectoryException if it cannot be made or used
     * @throws IllegalArgumentException if {@code pipeline} is not of this form
     */
    public static CheckpointDirectory open(Path parent, String pipeline) {
        if (!NAME.matcher(pipeline).matches()) {
            throw new IllegalArgumentException("'pipeline' must be letters, digits, '.', '_' and '-', beginning with a"
                    + " letter or digit, but was '" + pipeline + "'");
        }
        Path directory = parent.resolve(pipeline);
        try {
            FileDisk disk = FileDisk.of(directory);
            return new CheckpointDirectory(pipeline, disk, DirectoryLock.take(directory));
        } catch (IOException failure) {
            throw new UnusableDirectoryException(directory, failure);
        }
    }

    /**
     * Opens the log of the pipeline's batches, and reads it. Nothing is written to it before a run begins. To be closed before the
     * directory.
     *
     * @param codec for keys, states, rows and accumulators
     * @param retain for how many commits something is kept that the definition does not have any more, at least 0
     * @param percents is told how much was read: half of it when this returns, the rest when states and rows are
     * @throws DamagedFileException if a file is not as it was written
     * @throws io.dstream.function.StreamingException if a file is that of another pipeline, or of a later version
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if {@code retain} is negative
     */
    public BatchLog batchLog(Codec<Object> codec, int retain, IntConsumer percents) throws IOException {
        LogSettings settings = LogSettings.retaining(retain);
        return FileBatchLog.open(
                disk,
                pipeline,
                codec,
                settings,
                new ReadingProgress(FileBatchLog.size(disk, pipeline), percents),
                snapshot ->
                        StreamThread.daemon(pipeline + "-snapshots", snapshot).start());
    }

    /**
     * Opens the log of the blocks of the pipeline's inputs, and reads it. To be closed before the directory.
     *
     * @throws DamagedFileException if a file is not as it was written
     * @throws io.dstream.function.StreamingException if a file is that of another pipeline, or of a later version
     * @throws IOException if a file cannot be read
     */
    public WriteAheadLog writeAheadLog() throws IOException {
        return WriteAheadLog.open(disk, pipeline);
    }

    /** Lets others take the directory. Closing it again does nothing. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
