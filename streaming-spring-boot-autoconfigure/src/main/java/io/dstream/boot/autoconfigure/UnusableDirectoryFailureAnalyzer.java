package io.dstream.boot.autoconfigure;

import io.dstream.storage.UnusableDirectoryException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells which directory it is, and by which property. */
final class UnusableDirectoryFailureAnalyzer extends AbstractFailureAnalyzer<UnusableDirectoryException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnusableDirectoryException cause) {
        return new FailureAnalysis(
                cause.getMessage() + ".",
                "Set 'streaming.checkpoint.directory' to a directory that the application may make and write to, or let it"
                        + " write to this one.",
                cause);
    }
}
