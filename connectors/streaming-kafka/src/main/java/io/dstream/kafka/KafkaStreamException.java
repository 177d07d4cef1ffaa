package io.dstream.kafka;

import io.dstream.function.StreamingException;
import org.jspecify.annotations.Nullable;

/** A stream cannot be read, or written, as it was asked for: a mistake in its configuration, or in that of the cluster. */
public final class KafkaStreamException extends StreamingException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String remedy;

    KafkaStreamException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem + ". " + remedy, cause);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** What is wrong, in a sentence without its end. */
    public String problem() {
        return problem;
    }

    /** What to do about it, likewise. */
    public String remedy() {
        return remedy;
    }
}
