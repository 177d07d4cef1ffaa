package io.dstream.boot.autoconfigure;

import io.dstream.storage.DirectoryInUseException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells who has a pipeline's directory, and how to go on. */
final class DirectoryInUseFailureAnalyzer extends AbstractFailureAnalyzer<DirectoryInUseException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DirectoryInUseException cause) {
        return new FailureAnalysis(
                cause.getMessage() + ".",
                "End the other application, or set 'streaming.checkpoint.directory' of this one to a directory of its own: two"
                        + " pipelines of the same name must not go on from the same checkpoint.",
                cause);
    }
}
