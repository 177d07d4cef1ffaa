package io.dstream.boot.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells what is wrong with a pipeline, and what to do about it. */
final class InvalidPipelineFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPipelineException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidPipelineException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.remedy(), cause);
    }
}
