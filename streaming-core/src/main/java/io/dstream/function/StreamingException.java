package io.dstream.function;

import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A failure of the engine, or a checked exception of a user's function on its way through code that cannot declare it. */
public class StreamingException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int MAX_CAUSES = 100;

    public StreamingException(String message) {
        super(message);
    }

    public StreamingException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * A failure and what has caused it, the outermost first; the first hundred, because a chain of causes may be a ring.
     *
     * @param failure any failure
     */
    public static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(MAX_CAUSES);
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
