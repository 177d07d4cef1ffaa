package io.dstream.rdd;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A path of the local file system, as users write it. */
public final class LocalPath {

    /** What would silently become a directory called {@code hdfs:}. */
    private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*");

    private LocalPath() {}

    /**
     * The path.
     *
     * @param argument names the argument in errors
     * @throws IllegalArgumentException if it is empty, a URI or no path
     */
    public static Path of(String argument, String path) {
        if (path.isEmpty() || URI.matcher(path).matches()) {
            throw refused(argument, path, null);
        }
        try {
            return Path.of(path);
        } catch (InvalidPathException invalid) {
            throw refused(argument, path, invalid);
        }
    }

    private static IllegalArgumentException refused(
            String argument, String path, @Nullable InvalidPathException cause) {
        return new IllegalArgumentException(
                "'" + argument + "' must be a path of the local file system, such as /data/counts, but made '" + path
                        + "'",
                cause);
    }
}
