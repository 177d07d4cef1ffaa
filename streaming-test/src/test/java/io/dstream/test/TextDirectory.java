package io.dstream.test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;

/** A directory that a file stream reads, where files appear with a modification time that the test chooses. */
final class TextDirectory {

    /**
     * A time at which nobody writes to the file any more, on clocks that begin in 1970; before that, the JDK sets whole seconds
     * only.
     */
    static final Instant LONG_AGO = Instant.EPOCH.minusSeconds(3_600);

    private final Path path;

    TextDirectory(Path path) {
        this.path = path;
    }

    @Override
    public String toString() {
        return path.toString();
    }

    Path path(String name) {
        return path.resolve(name);
    }

    /** A file that was modified long ago. */
    Path put(String name, String text) {
        return put(name, text, LONG_AGO);
    }

    Path put(String name, String text, Instant modified) {
        return put(name, text.getBytes(StandardCharsets.UTF_8), modified);
    }

    /** Moves a file in, as a writer does that wants nobody to see half of it; its directory is made if it is missing. */
    Path put(String name, byte[] content, Instant modified) {
        try {
            Path target = path(name);
            Files.createDirectories(target.getParent());
            Path written = Files.write(target.resolveSibling(".being-written"), content);
            Files.setLastModifiedTime(written, FileTime.from(modified));
            Files.deleteIfExists(target);
            return Files.move(written, target);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return compressed.toByteArray();
    }
}
