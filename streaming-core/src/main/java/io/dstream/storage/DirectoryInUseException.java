package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** A directory cannot be used because another process, or another context in this one, does. */
public final class DirectoryInUseException extends StreamingException {

    private static final long serialVersionUID = 1L;

    private final String directory;
    private final long process;

    DirectoryInUseException(Path directory, OptionalLong process) {
        super("The directory " + directory + " is in use" + by(process)
                + "; end that first, or give each a directory of" + " its own");
        this.directory = directory.toString();
        this.process = process.orElse(-1);
    }

    /** The directory. */
    public Path directory() {
        return Path.of(directory);
    }

    /** The id of the process that uses it, which may be this one; empty if it is not known. */
    public OptionalLong process() {
        return process < 0 ? OptionalLong.empty() : OptionalLong.of(process);
    }

    private static String by(OptionalLong process) {
        if (process.isEmpty()) {
            return " by another process";
        }
        long id = process.getAsLong();
        return id == ProcessHandle.current().pid() ? " by this process (" + id + ")" : " by process " + id;
    }
}
