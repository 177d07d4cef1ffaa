package io.dstream.output;

import io.dstream.function.StreamingException;

/**
 * An output must not be written any more by this run: another instance has taken it over, or it has batches that this run does not know.
 * The pipeline halts, whatever its failure policy is: to try again would not help, and to skip would lose what belongs to the other.
 */
public class SinkConflictException extends StreamingException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message pipeline and output, what was found, and what to do
     */
    public SinkConflictException(String message) {
        super(message);
    }
}
