package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.nio.file.Path;

/** A directory cannot be made, or not be used: it is a file, or the process may not write to it. */
public final class UnusableDirectoryException extends StreamingException {

    private static final long serialVersionUID = 1L;

    private final String directory;

    UnusableDirectoryException(Path directory, IOException cause) {
        super("The directory " + directory.toAbsolutePath() + " cannot be made or used: " + cause, cause);
        this.directory = directory.toAbsolutePath().toString();
    }

    /** The directory, absolute. */
    public Path directory() {
        return Path.of(directory);
    }
}
