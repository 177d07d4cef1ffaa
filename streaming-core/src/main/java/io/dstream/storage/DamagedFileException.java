package io.dstream.storage;

import io.dstream.function.StreamingException;
import org.jspecify.annotations.Nullable;

/** A file that was safe on the disk is not as it was written, or not there any more; nothing is made of what is left of it. */
public final class DamagedFileException extends StreamingException {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;

    DamagedFileException(String file, long offset, String how) {
        this(file, offset, how, null);
    }

    DamagedFileException(String file, long offset, String how, @Nullable Throwable cause) {
        super(
                "The file " + file + " is damaged at byte " + offset + ": " + how
                        + ". Restore its directory from a copy," + " or move the directory away to begin with nothing",
                cause);
        this.file = file;
        this.offset = offset;
    }

    /** The path of the file. */
    public String file() {
        return file;
    }

    /** The byte at which the damage begins, from 0. */
    public long offset() {
        return offset;
    }
}
