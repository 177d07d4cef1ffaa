package io.dstream.kafka;

import io.dstream.function.StreamingException;

/** A stream was to go on at an offset that its topic does not have any more, and is not to pass over what is lost. */
public final class OffsetsLostException extends StreamingException {

    private static final long serialVersionUID = 1L;

    private static final String REMEDY =
            ". Set streaming.kafka.lost-offsets (KafkaSettings.withLostOffsets) to earliest or latest"
                    + " to go on without it";

    OffsetsLostException(String problem) {
        super(problem + REMEDY, null);
    }
}
