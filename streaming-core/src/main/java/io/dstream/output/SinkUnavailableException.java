package io.dstream.output;

import io.dstream.function.StreamingException;
import org.jspecify.annotations.Nullable;

/**
 * The system behind an output is away, or busy with somebody else: nothing is wrong with the batch, which waits and is tried again until
 * the system is back.
 */
public class SinkUnavailableException extends StreamingException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message which system is away, and what was tried
     * @param cause what the attempt met; null if there is nothing more to tell
     */
    public SinkUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
