package io.dstream.boot.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells what a trial of a new version has found, without a stack trace. */
final class RefusedCheckpointFailureAnalyzer extends AbstractFailureAnalyzer<RefusedCheckpointException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RefusedCheckpointException cause) {
        return new FailureAnalysis(
                "Pipelines would not start, because their code does not fit their checkpoints:\n\n    "
                        + String.join("\n\n    ", cause.reasons()),
                "Do what the reasons say, or run the code that fits. Nothing was written; the old code can go on.",
                cause);
    }
}
