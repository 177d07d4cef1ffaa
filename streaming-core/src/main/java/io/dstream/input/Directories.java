package io.dstream.input;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** What is in directories that others change meanwhile. */
final class Directories {

    private static final char REPLACEMENT = '\ufffd'; // for bytes that are no text

    private Directories() {}

    /**
     * Visits what is in a directory and has no name of a hidden or temporary file, in no order.
     *
     * @throws NoSuchFileException if there is no such directory
     * @throws java.nio.file.NotDirectoryException if it is none
     */
    static void visit(Path directory, Visitor visitor) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (!isHidden(entry)) {
                    requireName(entry);
                    visitor.visit(entry);
                }
            }
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
    }

    /** A path is kept as text, so a name that has none could never be opened. */
    private static void requireName(Path entry) throws IOException {
        if (entry.toString().indexOf(REPLACEMENT) >= 0) {
            throw new IOException(
                    "the name of '" + entry + "' is no text in this process's encoding; rename it, or start the"
                            + " process in a locale such as LANG=C.UTF-8");
        }
    }

    /** Its attributes, or those of what it links to; null if there is nothing. */
    static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    static boolean isDirectory(Path path) throws IOException {
        BasicFileAttributes attributes = attributes(path);
        return attributes != null && attributes.isDirectory();
    }

    /** Looks at the text of the path, which is needed anyway, because a name would be one object more for each of many files. */
    private static boolean isHidden(Path path) {
        String text = path.toString();
        int name = 1 + text.lastIndexOf(File.separatorChar);
        return text.startsWith("_", name) || text.startsWith(".", name);
    }

    /** Gets what is in a directory. */
    @FunctionalInterface
    interface Visitor {
        void visit(Path entry) throws IOException;
    }
}
