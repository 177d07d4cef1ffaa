package io.dstream.function;

import org.jspecify.annotations.Nullable;

/** A failure of the engine, or a checked exception of a user's function on its way through code that cannot declare it. */
public class StreamingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StreamingException(String message) {
        super(message);
    }

    public StreamingException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * What to throw for a failure where no checked exception can be declared.
     *
     * @param failure any failure; an {@link Error} is thrown from here
     * @return the failure itself if it is unchecked, else a StreamingException with its message and with it as cause
     */
    public static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        return new StreamingException(failure.getClass().getSimpleName() + ": " + failure.getMessage(), failure);
    }
}
