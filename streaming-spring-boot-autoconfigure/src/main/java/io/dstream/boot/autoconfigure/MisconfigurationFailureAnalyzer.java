package io.dstream.boot.autoconfigure;

import io.dstream.function.MisconfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells why an input or an output cannot be used, and what to change. */
final class MisconfigurationFailureAnalyzer extends AbstractFailureAnalyzer<MisconfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, MisconfigurationException cause) {
        String end = cause.remedy().contains("\n") ? "" : "."; // which nobody wants to copy
        return new FailureAnalysis(cause.problem() + ".", cause.remedy() + end, cause);
    }
}
