package io.dstream.kafka;

import io.dstream.function.MisconfigurationException;
import org.jspecify.annotations.Nullable;

/** A stream cannot be read, or written, as it was asked for: a mistake in its configuration, or in that of the cluster. */
public final class KafkaStreamException extends MisconfigurationException {

    private static final long serialVersionUID = 1L;

    KafkaStreamException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
