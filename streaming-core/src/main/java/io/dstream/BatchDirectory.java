package io.dstream;

import io.dstream.rdd.LocalPath;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The directory that a batch is saved to. */
final class BatchDirectory {

    private BatchDirectory() {}

    /**
     * Its name: {@code prefix-milliseconds.suffix}.
     *
     * @param prefix may begin with directories; if it is null or empty the name begins with the milliseconds
     * @param suffix if it is null or empty the name ends with the milliseconds
     * @throws IllegalArgumentException if they make no path of the local file system
     */
    static Path of(@Nullable String prefix, @Nullable String suffix, Instant time) {
        String begin = isEmpty(prefix) ? "" : prefix + "-";
        String end = isEmpty(suffix) ? "" : "." + suffix;
        return LocalPath.of("prefix", begin + time.toEpochMilli() + end);
    }

    /**
     * Makes sure that there will be a name in every batch.
     *
     * @throws IllegalArgumentException as of {@link #of}
     */
    static void requirePath(@Nullable String prefix, @Nullable String suffix) {
        of(prefix, suffix, Instant.EPOCH);
    }

    private static boolean isEmpty(@Nullable String part) {
        return part == null || part.isEmpty();
    }
}
