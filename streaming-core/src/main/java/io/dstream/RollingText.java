package io.dstream;

import io.dstream.function.StreamingException;
import io.dstream.rdd.RDD;
import io.dstream.rdd.TextFiles;
import io.dstream.storage.RollingFile;
import io.dstream.storage.RollingPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Appends batches to a rolling file, as lines of text.
 *
 * <p>Used by the batch thread.
 */
final class RollingText implements AutoCloseable {

    private final Path directory;
    private final RollingFile file;

    RollingText(Path directory, RollingPolicy policy) {
        this.directory = directory;
        this.file = new RollingFile(directory, policy);
    }

    void append(RDD<?> rdd, Instant time) {
        List<byte[]> lines = linesOf(rdd);
        try {
            file.append(time, lines);
        } catch (IOException failure) {
            throw new StreamingException(
                    "Cannot append batch " + time + " in '" + directory + "': " + failure, failure);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static <T> List<byte[]> linesOf(RDD<T> rdd) {
        return rdd.mapRows((index, rows) -> List.of(TextFiles.linesOf(rows)).iterator())
                .collect();
    }
}
