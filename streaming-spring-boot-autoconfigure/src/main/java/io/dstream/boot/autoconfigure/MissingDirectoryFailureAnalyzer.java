package io.dstream.boot.autoconfigure;

import io.dstream.storage.MissingDirectoryException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells that a write-ahead log needs a directory, by the properties of both. */
final class MissingDirectoryFailureAnalyzer extends AbstractFailureAnalyzer<MissingDirectoryException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, MissingDirectoryException cause) {
        return new FailureAnalysis(
                "Pipeline '" + cause.pipeline() + "' is to have a write-ahead log, because"
                        + " 'streaming.write-ahead-log.enabled' is true, but it has no checkpoint directory to write it to.",
                "Set 'streaming.checkpoint.directory' to a directory that survives the application, or"
                        + " 'streaming.write-ahead-log.enabled' to false.",
                cause);
    }
}
