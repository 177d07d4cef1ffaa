package io.dstream.storage;

import io.dstream.function.StreamingException;

/** A pipeline is to have a write-ahead log, but no checkpoint directory in which it could be. */
public final class MissingDirectoryException extends StreamingException {

    private static final long serialVersionUID = 1L;

    private final String pipeline;

    public MissingDirectoryException(String pipeline) {
        super(
                "Pipeline '" + pipeline
                        + "' is to have a write-ahead log, but it has no checkpoint directory to write it to:"
                        + " set StreamingConfig.withCheckpointDirectory, or leave out withWriteAheadLog",
                null);
        this.pipeline = pipeline;
    }

    public String pipeline() {
        return pipeline;
    }
}
