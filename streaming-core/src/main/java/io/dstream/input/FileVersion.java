package io.dstream.input;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A file as it is at some time: with another size or modification time it counts as another file. Ordered by modification time,
 * then by path.
 *
 * @param path absolute
 * @param size in bytes
 * @param modified when it was last modified, as far as the file system tells
 */
record FileVersion(String path, long size, Instant modified) implements Comparable<FileVersion>, Serializable {

    private static final Comparator<FileVersion> ORDER =
            Comparator.comparing(FileVersion::modified).thenComparing(FileVersion::path);

    /** A file as it is now; null if there is none, or something that is no file, or a link that leads nowhere. */
    static @Nullable FileVersion of(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Directories.attributes(file);
            return attributes == null || !attributes.isRegularFile() ? null : of(file.toString(), attributes);
        } catch (FileSystemException failure) {
            if (Files.isSymbolicLink(file)) { // such as one to itself, which must not hold up the others
                return null;
            }
            throw failure;
        }
    }

    private static FileVersion of(String path, BasicFileAttributes attributes) {
        return new FileVersion(
                path, attributes.size(), attributes.lastModifiedTime().toInstant());
    }

    /** Size and time as the value of a position. */
    String format() {
        return size + " " + modified;
    }

    /**
     * Reads a value that {@link #format} has written; what is behind it is not looked at.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static FileVersion parse(String path, String value) {
        String[] parts = value.split(" ", -1);
        try {
            return new FileVersion(path, Long.parseLong(parts[0]), Instant.parse(parts[1]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException | DateTimeException invalid) {
            throw new IllegalArgumentException(
                    "The position '" + path
                            + "' must be a size and a time, such as '120 2017-09-06T03:28:05Z', but was '" + value
                            + "'",
                    invalid);
        }
    }

    @Override
    public int compareTo(FileVersion other) {
        return ORDER.compare(this, other);
    }
}
